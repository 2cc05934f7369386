"""The year's roll-over: choose the day and who goes along, look at every class, confirm; and the way back."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability
from xinqiao.refused import Refused
from xinqiao.school.models import Move, School
from xinqiao.school.moves.models import MoveKind
from xinqiao.school.moves.undo import can_undo
from xinqiao.school.pages.answers import done, managed_school, moved_words, page
from xinqiao.school.rollover.apply import Teachers, roll_over
from xinqiao.school.rollover.plan import default_day, plan_roll_over
from xinqiao.school.sight import staff_only
from xinqiao.school.terms.forms import DateInput


class RollOverForm(forms.Form):
    on = forms.DateField(
        label=gettext_lazy("First day of the new school year"),
        widget=DateInput,
        help_text=gettext_lazy(
            "On this day every child sits in the class above. A day to come takes effect by itself."
        ),
    )
    teachers = forms.ChoiceField(label=gettext_lazy("Teachers"), choices=Teachers.choices, widget=forms.RadioSelect)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_DIRECTORY)
@staff_only
def rollover(request: HttpRequest) -> HttpResponse:
    school, today = managed_school(request), timezone.localdate()
    first = {"on": default_day(school, today), "teachers": Teachers.HOMEROOM_UP}
    asked = request.POST if request.method == "POST" else request.GET
    form = RollOverForm(asked if "on" in asked else first)
    changed = ""
    if request.method == "POST" and form.is_valid():
        try:
            move = roll_over(
                by=request.user,
                school=school,
                on=form.cleaned_data["on"],
                teachers=form.cleaned_data["teachers"],
                expected=_expected(request),
            )
        except Refused as refused:
            changed = str(refused)
        else:
            done(request, moved_words(move, today))
            return redirect(f"{request.path}?school={school.pk}")
    on: datetime.date = form.cleaned_data["on"] if form.is_valid() else first["on"]
    rolled = _rolled(school)
    context: dict[str, Any] = {
        "school": school,
        "schools": request.sight.managed_schools(),
        "form": form,
        "plan": plan_roll_over(school=school, on=on, today=today),
        "changed": changed,
        "rolled": rolled,
        "can_undo": rolled is not None and can_undo(rolled, today),
        "today": today,
    }
    return page(request, "school/directory/rollover.html", context, status=409 if changed else 200)


def _expected(request: HttpRequest) -> tuple[int, int]:
    """How many the page showed; nonsense matches nothing."""
    counts = [request.POST.get(name, "") for name in ("going_up", "leaving")]
    if not all(count.isdecimal() and len(count) < 8 for count in counts):
        return (-1, -1)
    return (int(counts[0]), int(counts[1]))


def _rolled(school: School) -> Move | None:
    """The newest roll-over that stands."""
    return (
        Move.objects.standing()
        .filter(school=school, kind=MoveKind.ROLL_OVER)
        .select_related("made_by")
        .order_by("-on")
        .first()
    )
