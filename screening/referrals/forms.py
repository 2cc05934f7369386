"""What is sent from a referral's page."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from screening.referrals.letter import too_long_by
from screening.referrals.models import LETTER_TEXTS
from xinqiao.consents.enums import BY_STAFF
from xinqiao.school.models import Guardian, Guardianship, Student


def _text(label: Any, rows: int, help_text: Any, *, required: bool = False, longest: int = 1200) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class LetterForm(forms.Form):
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    hospital = forms.CharField(
        label=_("Hospital and department"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    observed = _text(
        _("What was observed"),
        5,
        _("What could be seen and heard, with how often and since when. No score, no name of an illness."),
    )
    done_so_far = _text(
        _("What the school has done"), 3, _("In one or two sentences. What the family told you stays out.")
    )
    asked = _text(_("What we ask of you"), 3, _("What the school needs to know to help the child well."))

    def clean(self) -> dict[str, Any]:
        texts = [self.cleaned_data.get(name, "") for name in LETTER_TEXTS]
        lines = too_long_by(texts)
        if lines:
            self.add_error(
                None,
                ngettext(
                    "The letter must fit one page: please shorten it by %(lines)d line.",
                    "The letter must fit one page: please shorten it by %(lines)d lines.",
                    lines,
                )
                % {"lines": lines},
            )
        return self.cleaned_data


class _GuardianChoice(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Guardian.objects.none(), **kwargs)
        self.relations: dict[Any, str] = {}

    def label_from_instance(self, guardian: Guardian) -> str:
        return f"{self.relations.get(guardian.pk, '')} · {guardian.name}"


class ConsentForm(forms.Form):
    """Who of the child's guardians said what, how and when. A guardian whom a court restricted is not offered."""

    guardian = _GuardianChoice(label=_("Guardian who answered"), empty_label=_("Choose a person"))
    how = forms.ChoiceField(label=_("How it was said"), choices=[(how.value, how.label) for how in BY_STAFF])
    answered_at = forms.DateTimeField(
        label=_("When it was said"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    evidence = _text(
        _("Evidence"), 2, _("Where the signed paper lies, or who heard the call."), required=True, longest=500
    )

    def __init__(self, *args: Any, student: Student, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["guardian"]
        ties = list(Guardianship.objects.filter(student=student, restricted=False))
        field.relations = {tie.guardian_id: str(tie.get_relation_display()) for tie in ties}
        field.queryset = Guardian.objects.filter(pk__in=list(field.relations)).order_by("name")

    def clean_answered_at(self) -> datetime.datetime:
        if self.cleaned_data["answered_at"] > timezone.now() + datetime.timedelta(minutes=5):
            raise forms.ValidationError(_("This time lies in the future."))
        return self.cleaned_data["answered_at"]


class IssueForm(forms.Form):
    minimum_checked = forms.BooleanField(
        label=_("I read the letter. It holds no more than the hospital needs."),
        required=False,
    )


class EmergencyForm(IssueForm):
    emergency_reason = _text(
        _("Why the guardian cannot be waited for"),
        3,
        _("What is the danger, and how you tried to reach the guardian."),
        required=True,
    )
    second_told = forms.ModelChoiceField(
        queryset=None, label=_("Second person who is told"), help_text=_("They get a mail at once, without a name.")
    )

    def __init__(self, *args: Any, people, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["second_told"].queryset = people


class MoveForm(forms.Form):
    to_state = forms.ChoiceField(label=_("What came of it"))
    happened_on = forms.DateField(
        label=_("When it happened"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = _text(
        _("Note"),
        3,
        _("What the school must know: what helps, what to mind, when to go again. Needed for feedback and at the end."),
    )

    def __init__(self, *args: Any, states, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_state"].choices = [(state.value, state.label) for state in states]

    def clean_happened_on(self) -> datetime.date:
        if self.cleaned_data["happened_on"] > timezone.localdate():
            raise forms.ValidationError(_("This day lies in the future."))
        return self.cleaned_data["happened_on"]
