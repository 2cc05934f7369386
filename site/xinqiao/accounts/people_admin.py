"""The administrator's screens for people and their duties, inside Wagtail's admin."""

from collections.abc import Callable
from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import Button, HeaderButton
from wagtail.admin.widgets.boolean_radio_select import BooleanRadioSelect
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.users.views import users as wagtail_users

from xinqiao.accounts.access import may, reach
from xinqiao.accounts.appointments import AppointmentRefused, appoint, end_appointment, withdraw_appointment
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.enums import Role
from xinqiao.accounts.factors import changed_by_administrator, entered_by_administrator
from xinqiao.accounts.groups import sync_groups
from xinqiao.accounts.models import Appointment, User
from xinqiao.accounts.people_forms import (
    REFUSALS,
    REFUSED_FIELDS,
    AppointmentForm,
    EndForm,
    PersonCreationForm,
    PersonEditForm,
)
from xinqiao.accounts.reachable import people_within
from xinqiao.audit.trail import record


class PeopleFilterSet(WagtailFilterSet):
    is_active = django_filters.BooleanFilter(label=_("May log in"), widget=BooleanRadioSelect)

    def __init__(self, *args: Any, is_searching: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    class Meta:
        model = User
        fields: list[str] = []


class PeopleIndexView(wagtail_users.IndexView):
    page_title = pgettext_lazy("those who log in", "People")
    add_item_label = _("Enter a person")

    @cached_property
    def columns(self) -> list[Column]:
        named = self._get_title_column_class(wagtail_users.UserColumn)
        return [
            named(
                "name",
                accessor=str,
                label=pgettext_lazy("person", "Name"),
                sort_key="display_name",
                get_url=self.get_edit_url,
                classname="name",
            ),
            Column("username", label=_("Login name"), sort_key="username", width="20%"),
            Column("duties", accessor=_duties_of, label=_("Duties today"), width="30%"),
            BooleanColumn("is_active", label=_("May log in"), sort_key="is_active", width="10%"),
            DateColumn("last_login", label=_("Last login"), sort_key="last_login", width="15%"),
        ]

    @cached_property
    def search_fields(self) -> set[str]:
        return {"username", "display_name", "email"}

    def get_base_queryset(self) -> QuerySet[User]:
        within = people_within(self.request.user).values("pk")
        return super().get_base_queryset().filter(pk__in=within).prefetch_related("appointments")

    def order_queryset(self, queryset: QuerySet[User]) -> QuerySet[User]:
        return queryset.order_by(self.ordering or "username", "pk")


class PersonCreateView(wagtail_users.CreateView):
    page_title = _("Enter a person")
    success_message = _("%(object)s was entered. Now give the person a duty.")

    def save_instance(self) -> User:
        person = super().save_instance()
        record(actor=self.request.user, action="person.enter", target=person)
        entered_by_administrator(by=self.request.user, user=person)
        return person

    def get_success_url(self) -> str:
        return f"{AppointmentViewSet.add_address()}?user={self.object.username}"


class _PersonWithinReach:
    """For what is told about one person. A person of another school does not exist for this administrator."""

    def get_base_object_queryset(self) -> QuerySet[User]:
        return people_within(self.request.user)


class PersonHistoryView(_PersonWithinReach, wagtail_users.HistoryView):
    """What was changed about a person."""


class PersonUsageView(_PersonWithinReach, generic.UsageView):
    """What refers to a person: nothing that Wagtail knows of."""


class PersonEditView(wagtail_users.EditView):
    success_message = _("%(object)s was saved.")

    def get_queryset(self) -> QuerySet[User]:
        return people_within(self.request.user)

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        give = HeaderButton(
            _("Give a duty"), url=f"{AppointmentViewSet.add_address()}?user={self.object.username}", icon_name="plus"
        )
        lost = HeaderButton(
            _("Remove a lost second factor"), url=reverse("reset_factor", args=[self.object.pk]), icon_name="key"
        )
        return [give, lost, *super().header_more_buttons]

    def save_instance(self) -> User:
        changed = sorted(self.form.changed_data)
        person = super().save_instance()
        # What was changed, never to what: a password is among it.
        record(actor=self.request.user, action="person.change", target=person, details={"fields": changed})
        changed_by_administrator(by=self.request.user, user=person, fields=changed)
        sync_groups(person)
        return person


class PeopleViewSet(wagtail_users.UserViewSet):
    filterset_class = PeopleFilterSet
    menu_label = pgettext_lazy("those who log in", "People")
    menu_order = 610
    add_to_admin_menu = True
    add_to_settings_menu = False
    index_view_class = PeopleIndexView
    add_view_class = PersonCreateView
    edit_view_class = PersonEditView
    history_view_class = PersonHistoryView
    usage_view_class = PersonUsageView
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[PersonCreationForm] | type[PersonEditForm]:
        return PersonEditForm if for_update else PersonCreationForm


class DutiesPolicy(BasePermissionPolicy):
    """Asks the table of capabilities. Wagtail's own rights would let a duty be rewritten or removed past its functions."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return may(user, Capability.ADMINISTER)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return may(user, Capability.ADMINISTER)


register_permission_policy(Appointment, DutiesPolicy(Appointment))


class AppointmentFilterSet(WagtailFilterSet):
    role = django_filters.ChoiceFilter(label=_("Duty"), choices=Role.choices)

    class Meta:
        model = Appointment
        fields = ["role"]


class AppointmentIndexView(generic.IndexView):
    page_title = _("Duties")
    add_item_label = _("Give a duty")

    def get_base_queryset(self) -> QuerySet[Appointment]:
        schools = reach(self.request.user, Capability.ADMINISTER).schools
        return Appointment.objects.filter(school__in=schools).select_related("user", "grade", "school_class__grade")

    def get_list_more_buttons(self, instance: Appointment) -> list[Button]:
        if instance.withdrawn_at is not None:
            return []
        return [
            Button(_("End"), url=self.get_edit_url(instance), icon_name="date", priority=10),
            Button(_("Withdraw at once"), url=self.get_delete_url(instance), icon_name="cross", priority=20),
        ]


class _InReach:
    """A duty at another school does not exist for this administrator."""

    def get_page_subtitle(self) -> str:
        return f"{self.object.user} · {self.object.get_role_display()}"

    def get_usage_url(self) -> None:
        """What refers to a duty is no question of a person's."""

    def get_queryset(self) -> QuerySet[Appointment]:
        schools = reach(self.request.user, Capability.ADMINISTER).schools
        return Appointment.objects.filter(school__in=schools).select_related(
            "user", "school", "grade", "school_class__grade"
        )

    def _refused(self, form: Any, error: AppointmentRefused) -> HttpResponse:
        # Wagtail tells of its own refusals by this; ours stands beside its field.
        self.produced_error_message = None
        return self.form_invalid(_with_refusal(form, error))


class AppointmentCreateView(generic.CreateView):
    page_title = _("Give a duty")
    success_message = _("The duty was given.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "by": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        return {"user": self.request.GET.get("user", "")}

    def save_instance(self) -> Appointment:
        given = {**self.form.cleaned_data, "role": Role(self.form.cleaned_data["role"])}
        return appoint(by=self.request.user, **given)

    def form_valid(self, form: AppointmentForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except AppointmentRefused as error:
            self.produced_error_message = None
            return self.form_invalid(_with_refusal(form, error))


class AppointmentEndView(_InReach, generic.EditView):
    page_title = _("End a duty")
    success_message = _("The duty's last day was set.")
    submit_button_label = _("Set the last day")

    def can_delete(self) -> bool:
        return False

    def save_instance(self) -> Appointment:
        return end_appointment(by=self.request.user, appointment=self.object, on=self.form.cleaned_data["ends_on"])

    def form_valid(self, form: EndForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except AppointmentRefused as error:
            return self._refused(form, error)


class AppointmentWithdrawView(_InReach, generic.DeleteView):
    page_title = _("Withdraw a duty at once")
    template_name = "accounts/admin/withdraw.html"
    success_message = _("The duty was withdrawn.")

    def delete_action(self) -> None:
        withdraw_appointment(by=self.request.user, appointment=self.object)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except AppointmentRefused as error:
            form.add_error(None, REFUSALS[type(error)])
            return self.render_to_response(self.get_context_data(form=form))


class _DutyWithinReach:
    """For what is told about one duty."""

    def get_base_object_queryset(self) -> QuerySet[Appointment]:
        return Appointment.objects.filter(school__in=reach(self.request.user, Capability.ADMINISTER).schools)


class AppointmentHistoryView(_DutyWithinReach, generic.HistoryView):
    """Who gave and ended it."""


class AppointmentUsageView(_DutyWithinReach, generic.UsageView):
    """What refers to it: nothing that Wagtail knows of."""


class AppointmentViewSet(ModelViewSet):
    """The list, giving, ending ("edit") and withdrawing ("delete"); a duty is never rewritten or removed."""

    model = Appointment
    icon = "group"
    menu_label = _("Duties")
    menu_name = "duties"
    menu_order = 620
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    list_per_page = 50
    ordering = ["-starts_on", "pk"]
    search_fields = ["user__username", "user__display_name"]
    filterset_class = AppointmentFilterSet
    index_view_class = AppointmentIndexView
    add_view_class = AppointmentCreateView
    edit_view_class = AppointmentEndView
    delete_view_class = AppointmentWithdrawView
    history_view_class = AppointmentHistoryView
    usage_view_class = AppointmentUsageView

    @cached_property
    def list_display(self) -> list[Column]:
        return [
            TitleColumn(
                "user",
                label=pgettext_lazy("person", "Name"),
                get_url=lambda a: _url("edit", a.pk),
                sort_key="user__display_name",
            ),
            Column("role", accessor="get_role_display", label=_("Duty"), sort_key="role"),
            Column("scope", accessor=_scope_of, label=_("Class or grade")),
            # Plain days: "two months ago" is no answer to "from when".
            Column(
                "starts_on", accessor=_day("starts_on"), label=pgettext_lazy("first day", "From"), sort_key="starts_on"
            ),
            Column("ends_on", accessor=_day("ends_on"), label=_("Until"), sort_key="ends_on"),
            Column("withdrawn", accessor=lambda a: _("Withdrawn") if a.withdrawn_at else "", label=""),
        ]

    def get_form_class(self, for_update: bool = False) -> type[AppointmentForm] | type[EndForm]:
        return EndForm if for_update else AppointmentForm

    @staticmethod
    def add_address() -> str:
        return _url("add")


def _with_refusal(form: Any, error: AppointmentRefused) -> Any:
    """The form with the refusal beside the field that it speaks of: Wagtail shows no error that belongs to none."""
    field = REFUSED_FIELDS[type(error)]
    form.add_error(field if field in form.fields else next(iter(form.fields)), REFUSALS[type(error)])
    return form


appointment_viewset = AppointmentViewSet("duties", url_prefix="duties")


def no_bulk_acts_on_people(request: Any, action_type: str, objects: Any, view: Any) -> None:
    """Wagtail's bulk acts would change people and groups past the functions that write the trail."""
    if view.model is User:
        raise PermissionDenied


def _url(view: str, *args: Any) -> str:
    return reverse(appointment_viewset.get_url_name(view), args=args)


def _duties_of(person: User) -> str:
    return _(", ").join(sorted(str(role.label) for role in person.roles()))


def _day(field: str) -> Callable[[Appointment], str]:
    return lambda appointment: date_format(day, "Y-m-d") if (day := getattr(appointment, field)) else ""


def _scope_of(appointment: Appointment) -> str:
    return str(appointment.school_class or appointment.grade or "")
