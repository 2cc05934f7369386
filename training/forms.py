"""Forms of the training pages: filter the completion list, assign a course, revoke a certificate, look a code up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from training.models.pages import CoursePage
from training.roster import ORDERS, STANDINGS
from xinqiao.accounts.enums import STAFF_ROLES, Role
from xinqiao.accounts.models import User

_ROLES = [(role.value, role.label) for role in Role if role in STAFF_ROLES]


class CompletionFilter(forms.Form):
    """All fields optional: an odd value in the address is ignored and shows everybody."""

    course = forms.ModelChoiceField(CoursePage.objects.none(), label=_("Course"), required=False, empty_label=None)
    q = forms.CharField(label=pgettext_lazy("training", "Name"), max_length=40, required=False)
    standing = forms.ChoiceField(label=_("How far"), choices=[("", _("All")), *STANDINGS], required=False)
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("All")), *_ROLES], required=False)
    order = forms.ChoiceField(label=_("Sort by"), choices=ORDERS, required=False)

    def __init__(self, *args: Any, courses: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = courses
        self.fields["q"].widget.input_type = "search"


class AssignForm(forms.Form):
    course = forms.ModelChoiceField(CoursePage.objects.none(), label=_("Course"), empty_label=None)
    due = forms.DateField(
        label=_("Due on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: as the course's own rule says. For those who take it already, this date replaces theirs."),
    )
    people = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Colleagues"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one colleague.")},
    )

    def __init__(self, *args: Any, courses: Any, people: Any, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["course"].queryset = courses
        self.fields["people"].queryset = people
        self.fields["due"].widget.attrs["min"] = today.isoformat()

    def clean_due(self) -> Any:
        due = self.cleaned_data["due"]
        if due is not None and due < self.today:
            raise forms.ValidationError(_("This day is past. Choose today or a later day."))
        return due


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept with the certificate. The verification page only says that it was revoked."),
    )


class LookupForm(forms.Form):
    code = forms.CharField(
        label=_("Certificate code"),
        max_length=40,
        help_text=_("It begins with XQ and stands under the QR code."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )
