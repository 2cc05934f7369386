"""What an administrator enters on the pages of the duties."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xinqiao.accounts.appointments import NEEDS_CLASS, NEEDS_GRADE, AppointmentRefused
from xinqiao.accounts.duties.grid import SCHOOL_WIDE
from xinqiao.accounts.duties.importing import People
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import User
from xinqiao.accounts.people_forms import REFUSALS, REFUSED_FIELDS
from xinqiao.school.models import Grade, School, SchoolClass
from xinqiao.school.terms.forms import DateInput

MAX_FILE_BYTES = 4 * 1024 * 1024


class _WithPerson(forms.Form):
    person = forms.CharField(
        label=_("Who"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "list": "people"}),
        help_text=_("The login name, or the name where only one person is called so."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = People(by)

    def clean_person(self) -> User:
        text = self.cleaned_data["person"].strip()
        user, message = self.people.find(text, "")
        if user is None:
            user, message = self.people.find("", text)
        if user is None:
            raise forms.ValidationError(message)
        if not user.is_active:
            raise forms.ValidationError(_("This person may not log in any more. Allow it first under People."))
        return user

    def refuse(self, error: AppointmentRefused) -> None:
        """Say beside the field that it speaks of why nothing was changed."""
        field = {"user": "person"}.get(REFUSED_FIELDS[type(error)], REFUSED_FIELDS[type(error)])
        self.add_error(field if field in self.fields else None, REFUSALS[type(error)])


class GiveForm(_WithPerson):
    """A new duty."""

    role = forms.ChoiceField(
        label=_("Duty"),
        choices=[(role.value, role.label) for role in (Role.HOMEROOM, Role.TEACHER, Role.GRADE_LEADER, *SCHOOL_WIDE)],
    )
    school_class = forms.ModelChoiceField(
        SchoolClass.objects.none(), required=False, label=_("Class"), help_text=_("Only for a homeroom or subject teacher; one duty for each class.")
    )  # fmt: skip
    grade = forms.ModelChoiceField(
        Grade.objects.none(), required=False, label=_("Grade"), help_text=_("Only for a grade leader.")
    )
    starts_on = forms.DateField(label=pgettext_lazy("first day", "From"), widget=DateInput)
    ends_on = forms.DateField(
        label=_("Until"), required=False, widget=DateInput, help_text=_("The last day. Empty: until it is ended.")
    )
    field_order = ("person", "role", "school_class", "grade", "starts_on", "ends_on")

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        running = SchoolClass.objects.running().filter(grade__school=school)
        self.fields["school_class"].queryset = running.select_related("grade__school")
        self.fields["grade"].queryset = Grade.objects.filter(school=school)
        self.fields["starts_on"].initial = timezone.localdate

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        role = data.get("role")
        if role in NEEDS_CLASS and not data.get("school_class"):
            self.add_error("school_class", _("Choose the class."))
        if role in NEEDS_GRADE and not data.get("grade"):
            self.add_error("grade", _("Choose the grade."))
        # What the duty does not need says nothing: the fields are all there, with or without scripts.
        if role not in NEEDS_CLASS:
            data["school_class"] = None
        if role not in NEEDS_GRADE:
            data["grade"] = None
        return data


class EndDutyForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # It shares its page with the substitute's days.
        super().__init__(*args, auto_id="end_%s", **kwargs)

    ends_on = forms.DateField(
        label=_("Last day"),
        widget=DateInput,
        help_text=_("Access ends at the end of this day, in open sessions too."),
    )

    def refuse(self, error: AppointmentRefused) -> None:
        self.add_error("ends_on", REFUSALS[type(error)])


class SubstituteForm(_WithPerson):
    """Somebody who holds the same duty beside the one who is away."""

    starts_on = forms.DateField(label=pgettext_lazy("first day", "From"), widget=DateInput)
    ends_on = forms.DateField(
        label=_("Until"), widget=DateInput, help_text=_("The last day. The duty ends by itself at its midnight.")
    )


class DutyFileForm(forms.Form):
    file = forms.FileField(
        label=_("List of duties"),
        help_text=_("Excel (.xlsx, .xls) or CSV. Nothing is changed yet: first you see what would happen."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"empty": _("The file is empty."), "required": _("Choose a file first.")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(limit)s MB; a list of duties is far smaller.")
                % {"limit": MAX_FILE_BYTES // 1024 // 1024}
            )
        return file
