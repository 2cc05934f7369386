"""The assessment's draft, and the level at its end. One form: what was written is kept whatever the second half says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from screening.levels import Determined

_LONGEST = 8000


def _text(label: Any, help_text: Any, rows: int) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class DraftForm(forms.Form):
    """Attributes:
    version: which save the person looked at.
    """

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    interview = _text(
        _("Conversation with the child"), _("The child's own words where you can; what you saw, not what you guess."), 8
    )
    family = _text(
        _("Family and life at home"), _("Only what is needed to help: who cares for the child, what changed."), 5
    )
    causes = _text(
        _("What may lie behind it"), _("Your thoughts so far. They are no diagnosis and never leave the school."), 5
    )


class LevelForm(forms.Form):
    level = forms.ChoiceField(
        label=_("Level"),
        choices=Determined.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a level.")},
    )
    reason = forms.CharField(
        label=_("Reason for this level"),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Please write the reason. It is kept with the record.")},
    )
    owner = forms.ModelChoiceField(
        queryset=None,
        required=False,
        label=_("Owner of the case"),
        help_text=_("Who answers for the next steps. A high-risk case needs one."),
        empty_label=_("Choose a person"),
    )

    def __init__(self, *args: Any, owners, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("level") == Determined.HIGH and not self.cleaned_data.get("owner"):
            self.add_error("owner", _("A high-risk case needs an owner."))
        return self.cleaned_data
