"""`/screening/`: my class's form, and who has finished, for those who may see it."""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Collection

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from screening.deadlines import school_year_begins
from screening.levels import Suggestion
from screening.rounds.enums import RoundState
from screening.rounds.models import ClassPass, LevelCount, Response
from xinqiao.accounts.access import needs, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.consents.enums import ConsentKind
from xinqiao.consents.standing import left_out
from xinqiao.school.calendar import SchoolCalendar, calendar_of
from xinqiao.school.models import Student

PAST_ROUNDS = 8
LEVEL_COLUMNS = [Suggestion.HIGH, Suggestion.PRIORITY, Suggestion.GENERAL, Suggestion.NONE, Suggestion.UNKNOWN]


@dataclasses.dataclass
class PassLine:
    """One class's pass with how far it is. Counts of levels only for those who may see them.

    Attributes:
        left: school days to the due day; negative once it is over.
        begins: the round's first day is still to come.
    """

    class_pass: ClassPass
    considered: int
    total: int
    left: int
    begins: bool
    levels: list[tuple[Suggestion, int]] = dataclasses.field(default_factory=list)


@needs(Capability.FILL_FIRST_PASS, Capability.READ_COMPLETION)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    fills = reach(user, Capability.FILL_FIRST_PASS)
    passes = list(
        ClassPass.objects.visible_to(user)
        .select_related("round__school", "round__term", "school_class__grade", "submitted_by")
        .order_by("-round__opens_on", "-round__number", "school_class__grade__number", "school_class__number")
    )
    # By duty alone: an hour of emergency opens one child, and no class's counts.
    levels_at = reach(user, Capability.READ_LEVEL).schools
    lines = _lines(passes, today, levels_at)
    mine, by_round = [], defaultdict(list)
    begins = school_year_begins(today)
    for line in lines:
        if line.class_pass.school_class_id in fills.classes and line.class_pass.round.opens_on >= begins:
            mine.append(line)
        else:
            by_round[line.class_pass.round].append(line)
    rounds = [
        {
            "round": round_,
            "lines": found,
            "submitted": sum(line.class_pass.submitted for line in found),
            "waiting": sum(not line.class_pass.submitted for line in found),
            "left": found[0].left,
            "begins": found[0].begins,
            "level_columns": LEVEL_COLUMNS if round_.school_id in levels_at else [],
        }
        for round_, found in by_round.items()
    ]
    context = {
        "today": today,
        "mine_open": [line for line in mine if line.class_pass.round.state == RoundState.OPEN],
        "mine_past": [line for line in mine if line.class_pass.round.state != RoundState.OPEN],
        "fills": bool(fills),
        "rounds_open": [each for each in rounds if each["round"].state == RoundState.OPEN],
        "rounds_past": [each for each in rounds if each["round"].state in {RoundState.CLOSED, RoundState.ARCHIVED}][
            :PAST_ROUNDS
        ],
        "may_remind": bool(reach(user, Capability.READ_COUNTS).schools),
        "may_manage": bool(reach(user, Capability.MANAGE_ROUNDS)),
        "has_class": bool(reach(user, Capability.READ_CLASS_SUPPORT).classes),
        "may_assess": bool(reach(user, Capability.ASSESS)),
    }
    return render(request, "screening_rounds/overview.html", context)


def _lines(passes: list[ClassPass], today: datetime.date, levels_at: Collection[int]) -> list[PassLine]:
    waiting = [each.pk for each in passes if not each.submitted]
    considered = dict(
        Response.objects.filter(class_pass__in=waiting)
        .exclude(considered="")
        .values_list("class_pass")
        .annotate(Count("pk"))
        .order_by()
    )
    children = dict(
        Student.objects.filter(current_class__in={each.school_class_id for each in passes})
        .exclude(left_out(ConsentKind.SCREENING))
        .values_list("current_class")
        .annotate(Count("pk"))
        .order_by()
    )
    levels: dict[int, dict[str, int]] = defaultdict(dict)
    counted = [each.pk for each in passes if each.round.school_id in levels_at]
    if counted:
        for pass_id, level, count in LevelCount.objects.filter(class_pass__in=counted).values_list(
            "class_pass", "level", "children"
        ):
            levels[pass_id][level] = count
    calendars: dict[int, SchoolCalendar] = {}
    lines = []
    for each in passes:
        if each.round.school_id not in calendars:
            calendars[each.round.school_id] = calendar_of(each.round.school)
        lines.append(
            PassLine(
                class_pass=each,
                considered=each.children if each.submitted else considered.get(each.pk, 0),
                total=each.children if each.submitted else children.get(each.school_class_id, 0),
                left=calendars[each.round.school_id].school_days_between(today, each.round.due_on),
                begins=each.round.opens_on > today,
                levels=[(level, levels[each.pk].get(level, 0)) for level in LEVEL_COLUMNS]
                if each.round.school_id in levels_at
                else [],
            )
        )
    return lines
