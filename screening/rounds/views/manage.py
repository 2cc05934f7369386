"""The counselor's acts on a round: a new one, another due day, reminding, closing."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from screening.errors import Refused
from screening.instruments.observation import DEFINITION, KEY
from screening.instruments.publish import publish_version
from screening.rounds.forms import DueDayForm, RoundForm
from screening.rounds.manage import classes_in_open_rounds, close_round, move_due_day, open_round
from screening.rounds.models import ClassPass, Round
from screening.rounds.remind import nudge
from xinqiao.accounts.access import needs, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.school.calendar import calendar_of
from xinqiao.school.models import School, SchoolClass, Term

USUAL_SCHOOL_DAYS = 5


@needs(Capability.MANAGE_ROUNDS)
@require_http_methods(["GET", "POST"])
def new_round(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    school = get_object_or_404(
        School.objects.filter(pk__in=reach(request.user, Capability.MANAGE_ROUNDS).schools).order_by("pk")[:1]
    )
    term = Term.objects.filter(school=school).current(today)
    within = SchoolClass.objects.within(request.user, Capability.MANAGE_ROUNDS)
    classes = within.running(today).filter(grade__school=school).select_related("grade")
    taken = classes_in_open_rounds(school)
    form = RoundForm(
        request.POST or None,
        classes=classes,
        initial={
            "opens_on": today,
            "due_on": calendar_of(school).add_school_days(today, USUAL_SCHOOL_DAYS),
            "classes": [each for each in classes if each.pk not in taken],
        },
    )
    if request.method == "POST" and term is not None and form.is_valid():
        try:
            open_round(
                user=request.user,
                term=term,
                instrument_version=publish_version(key=KEY, definition=DEFINITION),
                opens_on=form.cleaned_data["opens_on"],
                due_on=form.cleaned_data["due_on"],
                classes=form.cleaned_data["classes"],
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The round is open. Homeroom teachers find it on their screening page."))
            return redirect("screening:overview")
    return render(request, "screening_rounds/new_round.html", {"form": form, "term": term, "taken": bool(taken)})


@needs(Capability.MANAGE_ROUNDS)
@require_POST
def due_day(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    round_ = get_object_or_404(Round.objects.managed_by(request.user), pk=round_id)
    form = DueDayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please choose a day."))
    else:
        try:
            move_due_day(user=request.user, round_=round_, due_on=form.cleaned_data["due_on"])
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The due day is moved."))
    return redirect("screening:overview")


@needs(Capability.MANAGE_ROUNDS)
@require_POST
def close(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Ends a round. Where classes have not submitted, it asks once: what they marked will count nowhere."""
    round_ = get_object_or_404(Round.objects.managed_by(request.user), pk=round_id)
    waiting = ClassPass.objects.waiting().filter(round=round_).count()
    if waiting and not request.POST.get("sure"):
        messages.error(
            request,
            ngettext(
                "Not closed: %(count)d class has not submitted. Tick that you close it all the same.",
                "Not closed: %(count)d classes have not submitted. Tick that you close it all the same.",
                waiting,
            )
            % {"count": waiting},
        )
        return redirect("screening:overview")
    try:
        close_round(user=request.user, round_=round_)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The round is closed."))
    return redirect("screening:overview")


@needs(Capability.READ_COUNTS)
@require_POST
def remind(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    rounds = Round.objects.filter(school__in=reach(request.user, Capability.READ_COUNTS).schools)
    round_ = get_object_or_404(rounds.select_related("school", "term"), pk=round_id)
    try:
        classes = nudge(user=request.user, round_=round_)
    except Refused as refused:
        messages.info(request, str(refused))
    else:
        messages.success(
            request,
            ngettext(
                "%(count)d class is reminded by mail. Each teacher gets at most one such mail a day.",
                "%(count)d classes are reminded by mail. Each teacher gets at most one such mail a day.",
                classes,
            )
            % {"count": classes},
        )
    back = request.POST.get("back")
    return redirect("screening:workspace" if back == "workspace" else "screening:overview")
