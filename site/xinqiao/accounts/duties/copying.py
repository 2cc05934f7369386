"""A term's duties taken along into the next one: who, where to, and who not; seen first, changed line by line, then done."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import hashlib
from typing import TYPE_CHECKING

from django.db import transaction

from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.duties.grid import SCHOOL_WIDE, in_term
from xinqiao.accounts.duties.models import DutyRun, DutyRunKind, DutyRunState
from xinqiao.accounts.duties.steps import End, Give, Step, carry_out
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment
from xinqiao.audit.trail import record
from xinqiao.school.models import Grade, School, SchoolClass, Term

if TYPE_CHECKING:
    from xinqiao.accounts.models import User

LAST_GRADE = 6
_ONE_DAY = datetime.timedelta(days=1)
NOT_TAKEN = "none"
SAME = "same"


class State(enum.Enum):
    """What stands in the way of taking a duty along; CHOICE where nothing does."""

    CHOICE = "choice"
    OVER = "over"
    SUBSTITUTE = "substitute"
    INACTIVE = "inactive"
    OWN = "own"
    THERE = "there"


@dataclasses.dataclass(frozen=True)
class Line:
    """One duty of the term before.

    Attributes:
        choices: (value, place): `none`, `same`, or the key of a class or grade; the place is None for the first two.
        suggested: what happens unless somebody chooses otherwise.
    """

    duty: Appointment
    state: State
    choices: tuple[tuple[str, SchoolClass | Grade | None], ...] = ()
    suggested: str = NOT_TAKEN

    @property
    def key(self) -> str:
        return f"duty-{self.duty.pk}"

    @property
    def goes_on(self) -> bool:
        """Whether it lasts into the next term by itself."""
        return self.duty.ends_on is None


def next_term(school: School, term: Term) -> Term | None:
    """The term that follows, once it has been entered."""
    return Term.objects.filter(school=school, starts_on__gt=term.ends_on).order_by("starts_on").first()


def school_year(term: Term) -> int:
    """The year in which the school year of the term began."""
    return term.starts_on.year if term.starts_on.month >= 8 else term.starts_on.year - 1


def plan_copy(*, by: User, school: School, source: Term, target: Term) -> list[Line]:
    """What would be taken along. In a new school year homeroom and subject teachers move up with their class."""
    moves_up = school_year(target) > school_year(source)
    classes = list(
        SchoolClass.objects.running(target.starts_on).filter(grade__school=school).select_related("grade__school")
    )
    grades = list(Grade.objects.filter(school=school))
    there = {
        (each.user_id, each.role, each.grade_id, each.school_class_id)
        for each in in_term(school, target)
        # Also what the school year's roll-over has moved up already, some days before the term begins.
        if each.starts_on > source.ends_on
    }
    duties = sorted(in_term(school, source), key=_order)
    return [_line(each, by, source, target, moves_up, classes, grades, there) for each in duties]


def _order(duty: Appointment) -> tuple[int, int, int, int]:
    """By class, homeroom teachers first; then by grade; then the whole school's."""
    if duty.school_class is not None:
        return 0, duty.school_class.grade.number, duty.school_class.number, int(duty.role != Role.HOMEROOM)
    return (1, duty.grade.number, 0, 0) if duty.grade is not None else (2, SCHOOL_WIDE.index(Role(duty.role)), 0, 0)


def fingerprint(lines: list[Line]) -> str:
    """Changes whenever what was shown no longer holds."""
    text = "|".join(f"{each.duty.pk} {each.duty.ends_on} {each.state.value} {each.suggested}" for each in lines)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _line(
    duty: Appointment,
    by: User,
    source: Term,
    target: Term,
    moves_up: bool,
    classes: list[SchoolClass],
    grades: list[Grade],
    there: set[tuple[int, str, int | None, int | None]],
) -> Line:
    if duty.substitute_for_id is not None:
        return Line(duty, State.SUBSTITUTE)
    if duty.ends_on is not None and duty.ends_on < source.ends_on:
        return Line(duty, State.OVER)
    if not duty.user.is_active:
        return Line(duty, State.INACTIVE)
    if duty.user_id == by.pk:
        return Line(duty, State.OWN)
    choices, suggested = _places(duty, moves_up, classes, grades)
    place = dict(choices)[suggested]
    grade_id = place.pk if isinstance(place, Grade) else duty.grade_id
    class_id = place.pk if isinstance(place, SchoolClass) else duty.school_class_id
    if suggested != NOT_TAKEN and (duty.user_id, duty.role, grade_id, class_id) in there:
        return Line(duty, State.THERE)
    return Line(duty, State.CHOICE, choices, suggested)


def _places(
    duty: Appointment, moves_up: bool, classes: list[SchoolClass], grades: list[Grade]
) -> tuple[tuple[tuple[str, SchoolClass | Grade | None], ...], str]:
    """Where a duty may go on, and where it does unless somebody chooses otherwise."""
    first: list[tuple[str, SchoolClass | Grade | None]] = [(NOT_TAKEN, None)]
    if duty.school_class is not None:
        here = duty.school_class
        level = here.grade.number
        near = {level, level + 1 if level < LAST_GRADE else 1}
        offered = [each for each in classes if each.grade.number in near and each.pk != here.pk]
        up = next((e for e in classes if (e.grade.number, e.number) == (level + 1, here.number)), None)
        if any(each.pk == here.pk for each in classes):
            first.append((SAME, None))
        choices = (*first, *((f"class-{each.pk}", each) for each in offered))
        if not moves_up:
            return choices, SAME if (SAME, None) in first else NOT_TAKEN
        # The sixth grade leaves; a class that nobody has entered yet cannot be given to anybody.
        return choices, f"class-{up.pk}" if up else NOT_TAKEN
    first.append((SAME, None))
    if duty.grade is not None:
        choices = (*first, *((f"grade-{each.pk}", each) for each in grades if each.pk != duty.grade_id))
        return choices, SAME
    return tuple(first), SAME


class PlanChanged(Exception):
    """Between the preview and now somebody changed a duty."""


@transaction.atomic
def copy_forward(*, by: User, school: School, source: Term, target: Term, chosen: dict[str, str], seen: str) -> DutyRun:
    """Take the duties along as chosen.

    A duty without an end that stays as it is needs nothing. One that goes elsewhere or is not taken along ends on the day
    before the new term. A duty with an end is given anew, until the end of the new term.

    Args:
        chosen: by a line's key, one of its choices; a line that is not in it goes as suggested.
        seen: the fingerprint of what was shown.

    Raises:
        NotPermitted, AppointmentRefused
        PlanChanged: what was shown no longer holds. Nothing is done.
    """
    require(by, Capability.ADMINISTER, school)
    School.objects.select_for_update(of=("self",)).get(pk=school.pk)
    lines = plan_copy(by=by, school=school, source=source, target=target)
    if fingerprint(lines) != seen:
        raise PlanChanged
    steps: list[Step] = []
    for line in lines:
        if line.state is State.CHOICE:
            steps += _steps_of(line, chosen.get(line.key, line.suggested), target)
    run = DutyRun(school=school, kind=DutyRunKind.COPY, term=target, made_by=by, state=DutyRunState.DONE)
    run.changes = carry_out(by=by, school=school, steps=steps)
    run.save()
    record(actor=by, action="duties.copy", target=run, details={"given": run.given, "ended": run.ended})
    return run


def _steps_of(line: Line, choice: str, target: Term) -> list[Step]:
    places = dict(line.choices)
    if choice not in places:
        choice = line.suggested
    duty, place = line.duty, places[choice]
    lasts = duty.ends_on is None or duty.ends_on >= target.starts_on
    if choice == SAME and lasts:
        return []
    steps: list[Step] = []
    if lasts:
        steps.append(End(duty, target.starts_on - _ONE_DAY))
    if choice != NOT_TAKEN:
        steps.append(
            Give(
                user=duty.user,
                role=Role(duty.role),
                starts_on=target.starts_on,
                ends_on=target.ends_on if duty.ends_on is not None else None,
                grade=place if isinstance(place, Grade) else duty.grade,
                school_class=place if isinstance(place, SchoolClass) else duty.school_class,
            )
        )
    return steps
