"""A term's duties: who holds which, where nobody does; giving, ending, a substitute, and taking all along into the next term."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinqiao.accounts.access import needs, reach
from xinqiao.accounts.appointments import AppointmentRefused, appoint, end_appointment, withdraw_appointment
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.duties.copying import (
    PlanChanged,
    State,
    copy_forward,
    fingerprint,
    next_term,
    plan_copy,
    school_year,
)
from xinqiao.accounts.duties.forms import EndDutyForm, GiveForm, SubstituteForm
from xinqiao.accounts.duties.grid import grid_of
from xinqiao.accounts.duties.models import DutyRun, DutyRunState
from xinqiao.accounts.duties.tables import term_workbook
from xinqiao.accounts.enums import STAFF_ROLES, Role
from xinqiao.accounts.models import Appointment
from xinqiao.accounts.people_forms import REFUSALS
from xinqiao.audit.trail import record
from xinqiao.school.models import School, Term

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHOWN_RUNS = 10


def private(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, private=True, no_store=True)
    return response


def schools_of(request: HttpRequest) -> list[School]:
    """The schools whose duties this person gives."""
    return list(School.objects.filter(pk__in=reach(request.user, Capability.ADMINISTER).schools).order_by("pk"))


def chosen_school(request: HttpRequest) -> School:
    """The one asked for, or the first."""
    schools = schools_of(request)
    asked = request.GET.get("school", "")
    found = next((each for each in schools if asked in ("", str(each.pk))), None)
    if found is None:
        raise Http404
    return found


def _chosen_term(request: HttpRequest, school: School) -> Term | None:
    asked = request.GET.get("term", "")
    if asked:
        return get_object_or_404(Term, school=school, pk=asked if asked.isdecimal() else 0)
    return Term.objects.filter(school=school).current() or Term.objects.filter(school=school).first()


@require_safe
@needs(Capability.ADMINISTER)
def appointments(request: HttpRequest) -> HttpResponse:
    """The grid of a term."""
    school = chosen_school(request)
    term = _chosen_term(request, school)
    search = request.GET.get("q", "")[:40]
    context: dict[str, Any] = {
        "school": school,
        "schools": schools_of(request),
        "terms": list(Term.objects.filter(school=school)),
        "term": term,
        "search": search,
        "runs": DutyRun.objects.filter(school=school)
        .exclude(state=DutyRunState.DROPPED)
        .select_related("made_by", "term")[:_SHOWN_RUNS],
    }
    if term is not None:
        context["grid"] = grid_of(school, term, timezone.localdate(), search)
        context["next_term"] = next_term(school, term)
    return private(render(request, "accounts/duties/appointments.html", context))


@require_safe
@needs(Capability.ADMINISTER)
def export(request: HttpRequest) -> HttpResponse:
    """The term's duties as a spreadsheet, in the form in which they can be imported."""
    school = chosen_school(request)
    term = _chosen_term(request, school)
    if term is None:
        raise Http404
    record(actor=request.user, action="duties.export", target=term)
    response = HttpResponse(term_workbook(school, term), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="duties-{term.starts_on:%Y-%m}.xlsx"'
    return private(response)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.ADMINISTER)
def give(request: HttpRequest) -> HttpResponse:
    """A new duty; the place is filled in where one came from a gap."""
    school = chosen_school(request)
    initial = {
        name: request.GET[name] for name in ("role", "school_class", "grade", "starts_on") if request.GET.get(name)
    }
    form = GiveForm(request.POST or None, by=request.user, school=school, initial=initial)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            duty = appoint(
                by=request.user,
                user=given["person"],
                role=Role(given["role"]),
                school=school,
                grade=given["grade"],
                school_class=given["school_class"],
                starts_on=given["starts_on"],
                ends_on=given["ends_on"],
            )
        except AppointmentRefused as error:
            form.refuse(error)
        else:
            messages.success(request, _("The duty was given."))
            return redirect("directory:appointment", duty.pk)
    context = {"form": form, "school": school}
    return private(render(request, "accounts/duties/give.html", context, status=422 if form.errors else 200))


# -- one duty ----------------------------------------------------------------------------------------------------------


def _duty(request: HttpRequest, appointment_id: int) -> Appointment:
    duties = Appointment.objects.filter(
        school__in=reach(request.user, Capability.ADMINISTER).schools, role__in=STAFF_ROLES
    )
    related = ("user", "school", "grade", "school_class__grade", "substitute_for__user")
    return get_object_or_404(duties.select_related(*related), pk=appointment_id)


def _duty_page(request: HttpRequest, duty: Appointment, **forms: Any) -> HttpResponse:
    today = timezone.localdate()
    is_over = duty.withdrawn_at is not None or (duty.ends_on is not None and duty.ends_on < today)
    context = {
        "duty": duty,
        "is_over": is_over,
        "is_own": duty.user_id == request.user.pk,
        "substitutes": duty.substitutes.select_related("user").order_by("starts_on"),
        "ending": EndDutyForm(initial={"ends_on": duty.ends_on or today}),
        "substitute": SubstituteForm(by=request.user, initial={"starts_on": max(today, duty.starts_on)}),
        **forms,
    }
    return private(render(request, "accounts/duties/appointment.html", context, status=422 if forms else 200))


@require_safe
@needs(Capability.ADMINISTER)
def appointment(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """One duty, and what can be done with it."""
    return _duty_page(request, _duty(request, appointment_id))


@require_POST
@needs(Capability.ADMINISTER)
def end(request: HttpRequest, appointment_id: int) -> HttpResponse:
    duty = _duty(request, appointment_id)
    form = EndDutyForm(request.POST)
    if not form.is_valid():
        return _duty_page(request, duty, ending=form)
    try:
        end_appointment(by=request.user, appointment=duty, on=form.cleaned_data["ends_on"])
    except AppointmentRefused as error:
        form.refuse(error)
        return _duty_page(request, duty, ending=form)
    messages.success(request, _("The duty's last day was set."))
    return redirect("directory:appointment", duty.pk)


@require_POST
@needs(Capability.ADMINISTER)
def withdraw(request: HttpRequest, appointment_id: int) -> HttpResponse:
    duty = _duty(request, appointment_id)
    try:
        withdraw_appointment(by=request.user, appointment=duty)
        messages.success(request, _("The duty was withdrawn."))
    except AppointmentRefused as error:
        messages.error(request, REFUSALS[type(error)])
    return redirect("directory:appointment", duty.pk)


@require_POST
@needs(Capability.ADMINISTER)
def substitute(request: HttpRequest, appointment_id: int) -> HttpResponse:
    duty = _duty(request, appointment_id)
    form = SubstituteForm(request.POST, by=request.user)
    if not form.is_valid():
        return _duty_page(request, duty, substitute=form)
    given = form.cleaned_data
    try:
        appoint(
            by=request.user,
            user=given["person"],
            role=Role(duty.role),
            school=duty.school,
            grade=duty.grade,
            school_class=duty.school_class,
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            substitute_for=duty,
        )
    except AppointmentRefused as error:
        form.refuse(error)
        return _duty_page(request, duty, substitute=form)
    messages.success(request, _("The substitute holds the duty until %(day)s.") % {"day": given["ends_on"].isoformat()})
    return redirect("directory:appointment", duty.pk)


# -- into the next term ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.ADMINISTER)
def copy(request: HttpRequest) -> HttpResponse:
    """Who is taken along and who is not; each line can be changed before it is done."""
    school = chosen_school(request)
    source = _chosen_term(request, school)
    target = next_term(school, source) if source else None
    if source is None or target is None:
        messages.info(request, _("The next term has not been entered yet: enter it in the calendar first."))
        return redirect("directory:calendar")
    changed = False
    if request.method == "POST":
        chosen = {key: value for key, value in request.POST.items() if key.startswith("duty-")}
        try:
            run = copy_forward(
                by=request.user, school=school, source=source, target=target,
                chosen=chosen, seen=request.POST.get("seen", ""),
            )  # fmt: skip
        except (PlanChanged, AppointmentRefused):
            changed = True
        else:
            messages.success(request, _("The duties were taken along into %(term)s.") % {"term": target})
            return redirect("directory:appointments_run", run.pk)
    lines = plan_copy(by=request.user, school=school, source=source, target=target)
    context = {
        "school": school,
        "source": source,
        "target": target,
        "day_before": target.starts_on - datetime.timedelta(days=1),
        "is_new_year": school_year(target) > school_year(source),
        "lines": [line for line in lines if line.state is State.CHOICE],
        "others": [line for line in lines if line.state is not State.CHOICE],
        "seen": fingerprint(lines),
        "changed": changed,
    }
    return private(render(request, "accounts/duties/copy.html", context, status=409 if changed else 200))


def back_to(school: School, term: Term | None = None) -> HttpResponse:
    """To the grid."""
    address = f"{reverse('directory:appointments')}?school={school.pk}"
    return redirect(f"{address}&term={term.pk}" if term else address)
