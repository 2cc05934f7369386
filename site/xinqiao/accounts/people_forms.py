"""What an administrator enters about a person and about a duty."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.widgets import AdminDateInput
from wagtail.users.forms import UserCreationForm, UserEditForm

from xinqiao.accounts.access import reach
from xinqiao.accounts.appointments import (
    NEEDS_CLASS,
    NEEDS_GRADE,
    AlreadyAppointed,
    AppointmentOver,
    AppointmentRefused,
    NoSubstitute,
    OwnAppointment,
    WrongDates,
    WrongScope,
)
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import User
from xinqiao.school.models import Grade, School, SchoolClass

REFUSALS: dict[type[AppointmentRefused], Any] = {
    WrongScope: _(
        "A homeroom or subject teacher needs a class of this school, a grade leader a grade, the others neither."
    ),
    AlreadyAppointed: _("This person holds this duty on some of these days already. End that one first."),
    OwnAppointment: _("You cannot give or take your own duties: ask another administrator."),
    WrongDates: _("The last day lies before the first one."),
    AppointmentOver: _("This duty has ended already."),
    NoSubstitute: _(
        "A substitute is somebody else than the one who is away, with a last day that lies within that person's duty."
    ),
}
"""What the page says for each refusal."""

REFUSED_FIELDS: dict[type[AppointmentRefused], str] = {
    WrongScope: "role",
    AlreadyAppointed: "role",
    OwnAppointment: "user",
    WrongDates: "ends_on",
    AppointmentOver: "ends_on",
    NoSubstitute: "ends_on",
}
"""And beside which field."""


class _PersonForm:
    """Shared by both forms: a login name, a name, mail; never groups or rights, which follow from duties."""

    def _arrange(self) -> None:
        self.fields["username"].label = _("Login name")
        self.fields["username"].help_text = _(
            "Letters, figures and @ . + - _ only. It is what the person types to log in."
        )
        self.fields["display_name"].required = True
        self.fields["display_name"].help_text = _("As colleagues and parents know the person.")
        self.fields["email"].required = False
        self.fields["email"].help_text = _(
            "Reminders and certificates go here. Without one they wait on the person's pages."
        )


class PersonCreationForm(_PersonForm, UserCreationForm):
    first_name = None
    last_name = None
    is_superuser = None

    class Meta:
        model = User
        fields = ["username", "display_name", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._arrange()


class PersonEditForm(_PersonForm, UserEditForm):
    first_name = None
    last_name = None
    # Declared so that Wagtail's form finds it to remove for oneself; it is removed for everybody.
    is_superuser = forms.BooleanField(required=False)

    class Meta:
        model = User
        fields = ["username", "display_name", "email", "is_active"]

    password_enabled = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # One's own password is changed under My account, where the present one is asked for.
        self.password_enabled = not kwargs.get("editing_self", False)
        super().__init__(*args, **kwargs)
        self.fields.pop("is_superuser", None)
        if "is_active" in self.fields:
            self.fields["is_active"].help_text = _(
                "Without it nobody can log in here. What the person did stays on the record."
            )
        self._arrange()


class AppointmentForm(forms.Form):
    """A new duty."""

    user = forms.ModelChoiceField(
        User.objects.filter(is_active=True),
        to_field_name="username",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        label=_("Login name"),
        help_text=_("The login name of the person who takes the duty."),
        error_messages={"invalid_choice": _("Nobody who may log in has this name. Look it up under People.")},
    )
    role = forms.ChoiceField(choices=Role.choices, label=_("Duty"))
    school = forms.ModelChoiceField(School.objects.none(), label=_("School"), empty_label=None)
    grade = forms.ModelChoiceField(
        Grade.objects.none(), required=False, label=_("Grade"), help_text=_("Only for a grade leader.")
    )
    school_class = forms.ModelChoiceField(
        SchoolClass.objects.none(),
        required=False,
        label=_("Class"),
        help_text=_("Only for a homeroom or subject teacher; one duty for each class."),
    )
    starts_on = forms.DateField(label=pgettext_lazy("first day", "From"), widget=AdminDateInput)
    ends_on = forms.DateField(
        label=_("Until"), required=False, widget=AdminDateInput, help_text=_("The last day. Empty: until it is ended.")
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        # Wagtail's screens hand every form an instance; a new duty has none.
        kwargs.pop("instance", None)
        super().__init__(*args, **kwargs)
        schools = reach(by, Capability.ADMINISTER).schools
        self.fields["school"].queryset = School.objects.filter(pk__in=schools)
        self.fields["grade"].queryset = Grade.objects.filter(school__in=schools)
        self.fields["school_class"].queryset = (
            SchoolClass.objects.running().filter(grade__school__in=schools).select_related("grade")
        )
        self.fields["starts_on"].initial = timezone.localdate

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "role" not in data:
            return data
        role = Role(data["role"])
        if role in NEEDS_CLASS and not data.get("school_class"):
            self.add_error("school_class", ValidationError(_("Choose the class.")))
        if role in NEEDS_GRADE and not data.get("grade"):
            self.add_error("grade", ValidationError(_("Choose the grade.")))
        return data


class EndForm(forms.Form):
    """The last day of a duty."""

    ends_on = forms.DateField(
        label=_("Last day"),
        widget=AdminDateInput,
        help_text=_("Access ends at the end of this day, in open sessions too."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        appointment = kwargs.pop("instance", None)
        super().__init__(*args, **kwargs)
        if appointment is not None:
            self.fields["ends_on"].initial = appointment.ends_on or timezone.localdate()
