"""The school's calendar: a month with reasons, terms, breaks and single days, and how many school days from now."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinqiao.accounts.access import NotPermitted, may, needs, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.enums import STAFF_ROLES
from xinqiao.school.calendar import NATIONAL_YEARS, calendar_with_names
from xinqiao.school.models import School, SchoolBreak, SchoolDayOverride, Term
from xinqiao.school.terms import changes
from xinqiao.school.terms.forms import BreakForm, CountForm, DayForm, TermForm
from xinqiao.school.terms.month import hints, month_of, skipped

_REMOVED = "calendar_removed"
_FARTHEST_YEARS = 10


@require_safe
@login_required
def calendar(request: HttpRequest) -> HttpResponse:
    """What applies, for everybody who works at the school; whoever keeps the directory changes it from here."""
    school, schools = _staff_school(request)
    today = timezone.localdate()
    shown = calendar_with_names(school)
    terms = list(Term.objects.filter(school=school).order_by("starts_on"))
    can_change = may(request.user, Capability.MANAGE_DIRECTORY, school)
    asked = {"start": today.isoformat(), **request.GET.dict()} if "days" in request.GET else None
    counting = CountForm(asked, initial={"days": 7, "start": today})
    context = {
        "school": school,
        "schools": schools,
        "month": month_of(shown, _month_asked(request, today)),
        "today": today,
        "terms": terms,
        "breaks": list(SchoolBreak.objects.filter(school=school)),
        "own_days": list(SchoolDayOverride.objects.filter(school=school)),
        "hints": hints(terms, today),
        "last_national_year": NATIONAL_YEARS[-1],
        "can_change": can_change,
        "counting": counting,
        "removed": _removed(request, school) if can_change else None,
    }
    if counting.is_bound and counting.is_valid():
        start = counting.cleaned_data["start"] or today
        end = shown.add_school_days(start, counting.cleaned_data["days"])
        context |= {"start": start, "answer": shown.day(end), "skipped": skipped(shown, start, end)}
    response = render(request, "school/terms/calendar.html", context)
    patch_cache_control(response, private=True, no_store=True)
    return response


def _staff_school(request: HttpRequest) -> tuple[School, list[School]]:
    """The school whose calendar is read: one where this person works."""
    works_at = {a.school_id for a in request.user.current_appointments() if a.role in STAFF_ROLES}
    if not works_at:
        raise NotPermitted(Capability.LEARN)
    return _chosen(request, works_at)


def _managed_school(request: HttpRequest) -> School:
    return _chosen(request, reach(request.user, Capability.MANAGE_DIRECTORY).schools)[0]


def _chosen(request: HttpRequest, ids: Any) -> tuple[School, list[School]]:
    schools = list(School.objects.filter(pk__in=ids).order_by("pk"))
    asked = request.GET.get("school", "")
    for school in schools:
        if asked == str(school.pk):
            return school, schools
    if asked:
        raise Http404
    return schools[0], schools


def _month_asked(request: HttpRequest, today: datetime.date) -> datetime.date:
    try:
        first = datetime.datetime.strptime(request.GET.get("month", ""), "%Y-%m").date()
    except ValueError:
        return today.replace(day=1)
    return first if abs(first.year - today.year) <= _FARTHEST_YEARS else today.replace(day=1)


# -- changing ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_DIRECTORY)
def new_term(request: HttpRequest) -> HttpResponse:
    return _range_page(request, TermForm, _managed_school(request), _("Enter a term"), changes.save_term)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_DIRECTORY)
def term(request: HttpRequest, term_id: int) -> HttpResponse:
    found = get_object_or_404(_mine(request, Term), pk=term_id)
    return _range_page(
        request, TermForm, found.school, _("Change a term"), changes.save_term, there=found, keyword="term",
        remove=reverse("directory:calendar_term_remove", args=[found.pk]),
    )  # fmt: skip


@require_POST
@needs(Capability.MANAGE_DIRECTORY)
def remove_term(request: HttpRequest, term_id: int) -> HttpResponse:
    found = get_object_or_404(_mine(request, Term), pk=term_id)
    kept = {"what": "term", "name": found.name, "from": found.starts_on.isoformat(), "until": found.ends_on.isoformat()}
    try:
        _follow(request, found.school, lambda: changes.remove_term(by=request.user, term=found))
    except changes.TermInUse:
        messages.error(request, _("Rounds or duties belong to this term, so it stays. Its days can be changed."))
        return redirect("directory:calendar_term", found.pk)
    _keep(request, found.school, kept)
    return _back(found.school, found.starts_on)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_DIRECTORY)
def new_break(request: HttpRequest) -> HttpResponse:
    return _range_page(request, BreakForm, _managed_school(request), _("Enter a break"), changes.save_break)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_DIRECTORY)
def break_(request: HttpRequest, break_id: int) -> HttpResponse:
    found = get_object_or_404(_mine(request, SchoolBreak), pk=break_id)
    return _range_page(
        request, BreakForm, found.school, _("Change a break"), changes.save_break, there=found, keyword="the_break",
        remove=reverse("directory:calendar_break_remove", args=[found.pk]),
    )  # fmt: skip


@require_POST
@needs(Capability.MANAGE_DIRECTORY)
def remove_break(request: HttpRequest, break_id: int) -> HttpResponse:
    found = get_object_or_404(_mine(request, SchoolBreak), pk=break_id)
    kept = {
        "what": "break",
        "name": found.name,
        "from": found.starts_on.isoformat(),
        "until": found.ends_on.isoformat(),
    }
    _follow(request, found.school, lambda: changes.remove_break(by=request.user, the_break=found))
    _keep(request, found.school, kept)
    return _back(found.school, found.starts_on)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_DIRECTORY)
def day(request: HttpRequest) -> HttpResponse:
    """Say of one day that the school is open or closed; a make-up workday, a day off."""
    school = _managed_school(request)
    form = DayForm(request.POST or None, initial=_about_day(request, school))
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        _follow(
            request,
            school,
            lambda: changes.set_day(
                by=request.user,
                school=school,
                day=given["day"],
                is_open=given["is_open"] == "open",
                reason=given["reason"],
            ),
        )
        return _back(school, given["day"])
    context = {"form": form, "school": school, "heading": _("Say of one day whether the school is open")}
    if isinstance(asked := form.initial.get("day"), datetime.date):
        own = SchoolDayOverride.objects.filter(school=school, day=asked).first()
        context |= {
            "applies": calendar_with_names(school).day(asked),
            "remove": reverse("directory:calendar_day_remove", args=[own.pk]) if own else "",
        }
    return render(request, "school/terms/form.html", context, status=422 if form.errors else 200)


def _about_day(request: HttpRequest, school: School) -> dict[str, Any]:
    """What the form begins with: the day that was pressed, the other way round than it is now."""
    try:
        asked = datetime.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return {}
    own = SchoolDayOverride.objects.filter(school=school, day=asked).first()
    if own is not None:
        return {"day": asked, "is_open": "open" if own.is_school_day else "closed", "reason": own.reason}
    return {"day": asked, "is_open": "closed" if calendar_with_names(school).is_school_day(asked) else "open"}


@require_POST
@needs(Capability.MANAGE_DIRECTORY)
def remove_day(request: HttpRequest, own_id: int) -> HttpResponse:
    found = get_object_or_404(_mine(request, SchoolDayOverride), pk=own_id)
    kept = {"what": "day", "name": found.reason, "from": found.day.isoformat(), "open": found.is_school_day}
    _follow(request, found.school, lambda: changes.clear_day(by=request.user, own=found))
    _keep(request, found.school, kept)
    return _back(found.school, found.day)


@require_POST
@needs(Capability.MANAGE_DIRECTORY)
def restore(request: HttpRequest) -> HttpResponse:
    """Put back what was removed last."""
    school = _managed_school(request)
    kept = _removed(request, school)
    if kept is None:
        messages.info(request, _("There is nothing to put back."))
        return _back(school, timezone.localdate())
    first = datetime.date.fromisoformat(kept["from"])

    def put_back() -> None:
        if kept["what"] == "day":
            changes.set_day(by=request.user, school=school, day=first, is_open=kept["open"], reason=kept["name"])
            return
        save = changes.save_term if kept["what"] == "term" else changes.save_break
        until = datetime.date.fromisoformat(kept["until"])
        save(by=request.user, school=school, name=kept["name"], starts_on=first, ends_on=until)

    try:
        _follow(request, school, put_back)
    except changes.CalendarRefused:
        messages.error(request, _("The calendar has been changed since, so it cannot be put back as it was."))
    request.session.pop(_REMOVED, None)
    return _back(school, first)


# -- inside ------------------------------------------------------------------------------------------------------------


def _mine(request: HttpRequest, model: type) -> Any:
    schools = reach(request.user, Capability.MANAGE_DIRECTORY).schools
    return model.objects.filter(school__in=schools).select_related("school")


def _range_page(
    request: HttpRequest,
    form_class: type[TermForm] | type[BreakForm],
    school: School,
    heading: str,
    save: Callable[..., Any],
    *,
    there: Any = None,
    keyword: str = "",
    remove: str = "",
) -> HttpResponse:
    initial = {"name": there.name, "starts_on": there.starts_on, "ends_on": there.ends_on} if there else {}
    form = form_class(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        existing = {keyword: there} if there else {}
        try:
            _follow(request, school, lambda: save(by=request.user, school=school, **form.cleaned_data, **existing))
        except changes.CalendarRefused as error:
            form.refuse(error)
        else:
            return _back(school, form.cleaned_data["starts_on"])
    context = {"form": form, "school": school, "heading": heading, "remove": remove}
    return render(request, "school/terms/form.html", context, status=422 if form.errors else 200)


def _follow(request: HttpRequest, school: School, change: Callable[[], Any]) -> None:
    """Change, and say what that does to the usual clocks."""
    today = timezone.localdate()
    before = changes.next_days(school, today)
    change()
    request.session.pop(_REMOVED, None)
    school.__dict__.pop("_calendar", None)
    moved = [(n, before[n], then) for n, then in changes.next_days(school, today).items() if then != before[n]]
    if not moved:
        messages.success(request, _("The calendar was changed. Clocks that start today end as before."))
    for count, was, then in moved:
        messages.success(
            request,
            _("The calendar was changed: %(count)s school days from today is now %(then)s, before it was %(was)s.")
            % {"count": count, "then": date_format(then, "Y-m-d"), "was": date_format(was, "Y-m-d")},
        )


def _keep(request: HttpRequest, school: School, kept: dict[str, Any]) -> None:
    """What was removed stays at hand in this session, so that it can be put back as it was."""
    request.session[_REMOVED] = {**kept, "school": school.pk}


def _removed(request: HttpRequest, school: School) -> dict[str, Any] | None:
    kept = request.session.get(_REMOVED)
    return kept if kept and kept["school"] == school.pk else None


def _back(school: School, day: datetime.date) -> HttpResponse:
    return redirect(f"{reverse('directory:calendar')}?month={day:%Y-%m}&school={school.pk}")
