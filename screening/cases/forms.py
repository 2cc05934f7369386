"""What is sent from a case's page."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from screening.cases.enums import Contact
from screening.levels import Level

_LONGEST = 8000
_NOTE_MISSING = {"required": _("Please write a sentence. It is kept with the record.")}


def _text(label: Any, rows: int, *, required: bool = False, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages=_NOTE_MISSING,
    )


class NotesForm(forms.Form):
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    plan = _text(_("Plan"), 6, help_text=_("Goals, who does what, how often, when you look at it again."))
    next_steps = _text(_("Next steps"), 4)
    class_support = _text(
        _("What the class can do"), 4, help_text=_("What teachers of the class do every day. No reasons, no story.")
    )


class StepForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput)
    done_at = forms.DateTimeField(
        label=_("When it happened"),
        help_text=_("Late is better than not written: the time of writing is kept beside it."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    note = _text(_("What was done, and with whom"), 2, required=True)

    def clean_done_at(self) -> datetime.datetime:
        if self.cleaned_data["done_at"] > timezone.now() + datetime.timedelta(minutes=5):
            raise forms.ValidationError(_("This time lies in the future."))
        return self.cleaned_data["done_at"]


class FollowUpForm(forms.Form):
    happened_on = forms.DateField(
        label=_("When it happened"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    contact = forms.ChoiceField(label=_("How"), help_text=_("Any contact counts."), choices=Contact.choices)
    note = _text(_("What you saw and agreed"), 3, required=True)

    def clean_happened_on(self) -> datetime.date:
        if self.cleaned_data["happened_on"] > timezone.localdate():
            raise forms.ValidationError(_("This day lies in the future."))
        return self.cleaned_data["happened_on"]


class PlanFollowUpForm(forms.Form):
    due_on = forms.DateField(label=_("On which day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean_due_on(self) -> datetime.date:
        if self.cleaned_data["due_on"] < timezone.localdate():
            raise forms.ValidationError(_("This day lies in the past."))
        return self.cleaned_data["due_on"]


class ChangeLevelForm(forms.Form):
    to_level = forms.ChoiceField(label=_("New level"))
    reason = _text(_("Reason"), 3, required=True)

    def __init__(self, *args: Any, now_at: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_level"].choices = [("", _("Choose a level"))] + [
            (level.value, level.label) for level in Level if level != now_at
        ]


class AnswerForm(forms.Form):
    comment = _text(_("Comment"), 3, help_text=_("Needed when you give it back."))


class CloseForm(forms.Form):
    reason = _text(
        _("Why can the case be closed?"),
        3,
        required=True,
        help_text=_("What became better, who keeps an eye on the child now."),
    )


class OwnerForm(forms.Form):
    owner = forms.ModelChoiceField(queryset=None, label=_("New owner"), empty_label=None)

    def __init__(self, *args: Any, owners, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners
