"""The open rounds class by class: submitted, begun or not, and who fills it in. Completion only, no answer."""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict

from django.db.models import Count

from screening.rounds.enums import RoundState
from screening.rounds.models import ClassPass, Response, Round
from screening.workspace.time_left import TimeLeft, days_left
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment, User
from xinqiao.school.calendar import calendar_of
from xinqiao.school.models import Student


@dataclasses.dataclass
class ClassLine:
    """One class: how many of its children were considered, and by whom it is filled in."""

    class_pass: ClassPass
    considered: int
    children: int
    teachers: list[User]


@dataclasses.dataclass
class Board:
    """One open round, as far as this person may see it."""

    round: Round
    left: TimeLeft
    lines: list[ClassLine]
    begins: bool

    @property
    def submitted(self) -> int:
        return sum(line.class_pass.submitted for line in self.lines)

    @property
    def waiting(self) -> int:
        return len(self.lines) - self.submitted


def boards_of(user: User, today: datetime.date) -> list[Board]:
    """Open rounds with the classes whose completion this person may see; five queries and the calendar."""
    passes = list(
        ClassPass.objects.visible_to(user)
        .filter(round__state=RoundState.OPEN)
        .select_related("round__school", "round__term", "school_class__grade")
        .order_by("round__due_on", "round", "school_class__grade__number", "school_class__number")
    )
    classes = {each.school_class_id for each in passes}
    considered = dict(
        Response.objects.filter(class_pass__in=[each.pk for each in passes if not each.submitted])
        .exclude(considered="")
        .values_list("class_pass")
        .annotate(Count("pk"))
        .order_by()
    )
    children = dict(
        Student.objects.filter(current_class__in=classes).values_list("current_class").annotate(Count("pk")).order_by()
    )
    teachers: dict[int, list[User]] = defaultdict(list)
    duties = Appointment.objects.on(today).filter(role=Role.HOMEROOM, school_class__in=classes)
    for duty in duties.select_related("user").order_by("pk"):
        teachers[duty.school_class_id].append(duty.user)
    boards: dict[object, Board] = {}
    for each in passes:
        board = boards.get(each.round_id)
        if board is None:
            left = days_left(each.round.due_on, today, calendar_of(each.round.school))
            board = boards[each.round_id] = Board(each.round, left, [], begins=each.round.opens_on > today)
        total = each.children if each.submitted else children.get(each.school_class_id, 0)
        board.lines.append(
            ClassLine(
                class_pass=each,
                considered=total if each.submitted else considered.get(each.pk, 0),
                children=total,
                teachers=teachers[each.school_class_id],
            )
        )
    return list(boards.values())
