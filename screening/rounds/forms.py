"""What is sent from the class form, a child's page, and the round's own forms."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from screening.instruments.answers import AnswerError, Answers, from_codes
from screening.instruments.schema import Definition
from screening.rounds.enums import Considered
from xinqiao.school.models import SchoolClass

PREFIX = "s-"


class ChildForm(forms.Form):
    """One child's signs. Each sign is a field `s-<code>` with the option's number; nothing sent means nothing seen."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    considered = forms.ChoiceField(
        choices=[("", ""), (Considered.CONFIRMED, ""), (Considered.ABSENT, "")], required=False
    )
    note = forms.CharField(
        label=_("A sentence for the counselor (may stay empty; only the counselor reads it)"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: QueryDict | None = None, *, definition: Definition, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.definition = definition
        self.answers: Answers = ()

    def clean(self) -> dict[str, Any]:
        chosen = {
            name.removeprefix(PREFIX): value for name, value in self.data.items() if name.startswith(PREFIX) and value
        }
        try:
            options = {code: int(value) for code, value in chosen.items()}
            # A sign chosen as "not seen" is the same as one not chosen: the teacher's word comes with the submission.
            self.answers = from_codes(self.definition, {code: option or None for code, option in options.items()})
        except (AnswerError, ValueError):
            raise forms.ValidationError(_("Please choose one of the answers shown.")) from None
        return self.cleaned_data

    @property
    def note_given(self) -> str | None:
        """None where the script left the note out because it was not touched."""
        return self.cleaned_data["note"] if "note" in self.data else None


class AmendForm(ChildForm):
    reason = forms.CharField(
        label=_("Why is it changed?"),
        help_text=_("The first version stays in the record beside this one."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def day_input() -> forms.DateInput:
    """The browser's own calendar, which takes the day in ISO form only, whatever the language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class RoundForm(forms.Form):
    """A new round for the term."""

    opens_on = forms.DateField(label=_("Teachers can fill it in from"), widget=day_input())
    due_on = forms.DateField(
        label=_("Due"),
        help_text=_("Teachers are reminded by mail from three school days before."),
        widget=day_input(),
    )
    classes = forms.ModelMultipleChoiceField(
        SchoolClass.objects.none(),
        label=_("Classes"),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "class-choice"}),
    )

    def __init__(self, *args: Any, classes, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["classes"].queryset = classes

    def clean(self) -> dict[str, Any]:
        opens, due = self.cleaned_data.get("opens_on"), self.cleaned_data.get("due_on")
        if isinstance(opens, datetime.date) and isinstance(due, datetime.date) and due < opens:
            self.add_error("due_on", _("The due day lies before the first day."))
        return self.cleaned_data


class DueDayForm(forms.Form):
    due_on = forms.DateField(label=_("New due day"), widget=day_input())
