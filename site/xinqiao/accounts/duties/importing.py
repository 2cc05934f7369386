"""A list of duties held against those that are there: what would be given, ended or left, and every error; then done or not."""

from __future__ import annotations

import dataclasses
import datetime
import difflib
import hashlib
import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from xinqiao.accounts.duties.sheet import CLASS, FROM, GRADE, LOGIN, NAME, UNTIL, DutyList, DutyRow
from xinqiao.accounts.duties.steps import End, Give, Step, Withdraw
from xinqiao.accounts.enums import STAFF_ROLES, Role
from xinqiao.accounts.models import Appointment, User
from xinqiao.accounts.reachable import people_within
from xinqiao.school.models import Grade, School, SchoolClass
from xinqiao.school.roster.errors import CellError

if TYPE_CHECKING:
    from collections.abc import Iterable

_ONE_DAY = datetime.timedelta(days=1)
_FOR_EVER = datetime.date.max
WHOLE = frozenset({Role.HOMEROOM, Role.GRADE_LEADER})
"""Whoever holds one of these for a class or grade of the file and is not in it, ends when the one in the file begins."""


@dataclasses.dataclass
class DutyPlan:
    """What would happen.

    Attributes:
        steps: in the file's order.
        unchanged: rows that say what is so already.
    """

    steps: list[Step] = dataclasses.field(default_factory=list)
    unchanged: int = 0
    errors: list[CellError] = dataclasses.field(default_factory=list)

    @property
    def given(self) -> list[Give]:
        return [step for step in self.steps if isinstance(step, Give)]

    @property
    def ended(self) -> list[End | Withdraw]:
        return [step for step in self.steps if not isinstance(step, Give)]

    @property
    def can_be_applied(self) -> bool:
        return bool(self.steps) and not self.errors

    def fingerprint(self) -> str:
        """Changes whenever what was shown no longer holds."""
        facts = [
            ("give", s.user.pk, s.role, s.starts_on, s.ends_on, getattr(s.grade or s.school_class, "pk", None))
            if isinstance(s, Give)
            else (type(s).__name__, s.appointment.pk, getattr(s, "on", None))
            for s in self.steps
        ]
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def plan_import(*, by: User, school: School, listing: DutyList, today: datetime.date | None = None) -> DutyPlan:
    """Hold each row against the duties; nothing is written."""
    return _Planner(by, school, listing, today or timezone.localdate()).plan


class _Planner:
    def __init__(self, by: User, school: School, listing: DutyList, today: datetime.date) -> None:
        self.by, self.school, self.listing, self.today = by, school, listing, today
        self.plan = DutyPlan(errors=list(listing.errors))
        self.people = People(by)
        self.grades = {each.number: each for each in Grade.objects.filter(school=school)}
        running = SchoolClass.objects.running(today).filter(grade__school=school).select_related("grade__school")
        self.classes = {(each.grade.number, each.number): each for each in running}
        self.held: dict[tuple[Any, ...], list[Appointment]] = defaultdict(list)
        duties = Appointment.objects.filter(school=school, role__in=STAFF_ROLES, withdrawn_at__isnull=True)
        for each in duties.select_related("user", "school", "grade", "school_class__grade").order_by("starts_on", "pk"):
            self.held[each.role, each.grade_id, each.school_class_id].append(each)
        self.in_file: dict[tuple[Any, ...], list[tuple[DutyRow, datetime.date, User]]] = defaultdict(list)
        for row in listing.rows:
            self._row(row)
        if not self.plan.errors:
            self._taken_as_whole()
        self.plan.errors.sort(key=lambda error: error.row)

    def _row(self, row: DutyRow) -> None:
        user = self._person(row)
        place = self._place(row)
        if user is None or place is None:
            return
        grade, school_class = place
        scope = (row.role, grade.pk if grade else None, school_class.pk if school_class else None)
        starts_on = row.starts_on or self.today
        ends_on = row.ends_on or _FOR_EVER
        if self._is_repeated(row, user, scope, starts_on, ends_on):
            return
        self.in_file[scope].append((row, starts_on, user))
        same = [
            each
            for each in self.held[scope]
            if each.user_id == user.pk and each.starts_on <= ends_on and (each.ends_on or _FOR_EVER) >= starts_on
        ]
        if len(same) > 1:
            self._refuse(row, FROM, _("This person holds this duty more than once in these days: mend it on its page."))
        elif same:
            self._known(row, same[0])
        elif user.pk == self.by.pk:
            self._refuse(row, NAME, _("You cannot give or take your own duties: ask another administrator."))
        else:
            self.plan.steps.append(Give(user, row.role, starts_on, row.ends_on, grade, school_class))

    def _known(self, row: DutyRow, duty: Appointment) -> None:
        if row.starts_on and row.starts_on < duty.starts_on:
            self._refuse(
                row,
                FROM,
                _(
                    "This duty begins on %(day)s, and a first day cannot be moved. Enter the days before as a duty of their own."
                )
                % {"day": duty.starts_on.isoformat()},
            )
        elif row.ends_on is None or row.ends_on == duty.ends_on:
            self.plan.unchanged += 1
        elif duty.user_id == self.by.pk:
            self._refuse(row, NAME, _("You cannot give or take your own duties: ask another administrator."))
        elif duty.ends_on is not None and duty.ends_on < self.today:
            self._refuse(row, UNTIL, _("This duty has ended already."))
        else:
            self.plan.steps.append(End(duty, row.ends_on))

    def _is_repeated(
        self, row: DutyRow, user: User, scope: tuple[Any, ...], starts_on: datetime.date, ends_on: datetime.date
    ) -> bool:
        """A copied row counts once; rows that differ about the same days are an error."""
        for other, other_starts, other_user in self.in_file[scope]:
            if other_user.pk != user.pk or other_starts > ends_on or (other.ends_on or _FOR_EVER) < starts_on:
                continue
            if (other_starts, other.ends_on) != (starts_on, row.ends_on):
                self._refuse(
                    row, FROM, _("Row %(row)s says something else of the same duty and days.") % {"row": other.row}
                )
            return True
        return False

    # -- who, where ----------------------------------------------------------------------------------------------------

    def _person(self, row: DutyRow) -> User | None:
        user, message = self.people.find(row.login, row.name)
        if user is None:
            self._refuse(row, LOGIN if row.login else NAME, message)
        elif not user.is_active:
            self._refuse(row, NAME, _("This person may not log in any more. Allow it first under People."))
            return None
        return user

    def _place(self, row: DutyRow) -> tuple[Grade | None, SchoolClass | None] | None:
        if row.place is None:
            return None, None
        grade, number = row.place
        if number == 0:
            if grade in self.grades:
                return self.grades[grade], None
            self._refuse(row, GRADE, _("The directory has no such grade."))
            return None
        if row.place in self.classes:
            return None, self.classes[row.place]
        self._refuse(
            row, CLASS, _("The directory has no such class. Classes are entered with the roster or in the directory.")
        )
        return None

    def _refuse(self, row: DutyRow, name: str, message: str) -> None:
        values = {
            LOGIN: row.login,
            NAME: row.name or row.login,
            FROM: row.starts_on.isoformat() if row.starts_on else "",
            UNTIL: row.ends_on.isoformat() if row.ends_on else "",
            CLASS: str(row.place or ""),
            GRADE: str(row.place[0] if row.place else ""),
        }
        self.plan.errors.append(CellError(row.row, self.listing.title(name), values[name], message))

    # -- who is no longer in it -----------------------------------------------------------------------------------------

    def _taken_as_whole(self) -> None:
        for scope, rows in self.in_file.items():
            if scope[0] not in WHOLE:
                continue
            named = {user.pk for _row, _starts, user in rows}
            for duty in self.held[scope]:
                if duty.user_id in named or duty.substitute_for_id is not None:
                    continue
                self._replace(duty, rows)

    def _replace(self, duty: Appointment, rows: list[tuple[DutyRow, datetime.date, User]]) -> None:
        until = duty.ends_on or _FOR_EVER
        meeting = [
            (row, starts)
            for row, starts, _user in rows
            if starts <= until and (row.ends_on or _FOR_EVER) >= max(duty.starts_on, self.today)
        ]
        if not meeting or until < self.today:
            return
        row, starts = min(meeting, key=lambda each: each[1])
        if duty.user_id == self.by.pk:
            self._refuse(row, NAME, _("You cannot give or take your own duties: ask another administrator."))
        elif row.ends_on is not None and row.ends_on < until:
            self._refuse(
                row,
                UNTIL,
                _("%(name)s holds this duty before and after. Enter a substitute on the page of that duty instead.")
                % {"name": duty.user},
            )
        else:
            last = max(starts, self.today) - _ONE_DAY
            self.plan.steps.append(End(duty, last) if last >= duty.starts_on else Withdraw(duty))


class People:
    """Whoever this administrator may give duties to, by login name and by name."""

    def __init__(self, by: User) -> None:
        people = list(people_within(by).order_by("username"))
        people += [by] if by.pk not in {each.pk for each in people} else []
        parents = set(Appointment.objects.filter(role=Role.GUARDIAN).values_list("user", flat=True)) - set(
            Appointment.objects.filter(role__in=STAFF_ROLES).values_list("user", flat=True)
        )
        self.by_login = {each.username.lower(): each for each in people}
        self.by_name: dict[str, list[User]] = defaultdict(list)
        for each in people:
            if each.pk not in parents:
                self.by_name[_bare(each.display_name)].append(each)

    @property
    def listed(self) -> list[User]:
        """Whom a form offers: those who may log in and are not parents alone."""
        return sorted((u for same in self.by_name.values() for u in same if u.is_active), key=lambda u: u.username)

    def find(self, login: str, name: str) -> tuple[User | None, str]:
        """The person, or a sentence that says why nobody or more than one is meant."""
        if login:
            user = self.by_login.get(login.lower())
            if user is None:
                return None, _("Nobody has this login name. Enter the person first under People.")
            if name and _bare(name) != _bare(user.display_name):
                return None, _("This login name belongs to %(name)s.") % {"name": user}
            return user, ""
        found = self.by_name.get(_bare(name), [])
        if len(found) == 1:
            return found[0], ""
        if found:
            return None, _("Several people are called so. Write the login name: %(people)s.") % {
                "people": _named(found)
            }
        near = difflib.get_close_matches(_bare(name), [key for key in self.by_name if key], n=3, cutoff=0.5)
        similar = [user for key in near for user in self.by_name[key]]
        if similar:
            return None, _(
                "Nobody is called so. Similar: %(people)s. Correct the name, or enter the person first under People."
            ) % {"people": _named(similar)}
        return None, _("Nobody is called so. Enter the person first under People.")


def _bare(name: str) -> str:
    text = "".join(name.split()).lower()
    return text.removesuffix("老师").removesuffix("教师") or text


def _named(people: Iterable[User]) -> str:
    return _(", ").join(f"{each} ({each.username})" for each in people)


# -- kept between the check and the import -----------------------------------------------------------------------------


def as_content(listing: DutyList) -> str:
    """A list as text that can be kept for its decision."""
    rows = [{**dataclasses.asdict(row), "role": row.role.value} for row in listing.rows]
    return json.dumps(
        {"rows": rows, "errors": [error.as_dict() for error in listing.errors], "titles": listing.titles},
        ensure_ascii=False,
        default=lambda day: day.isoformat(),
    )


def from_content(text: str) -> DutyList:
    """The list again."""
    kept = json.loads(text)
    day = lambda value: datetime.date.fromisoformat(value) if value else None  # noqa: E731
    rows = [
        DutyRow(
            **{
                **row,
                "role": Role(row["role"]),
                "place": tuple(row["place"]) if row["place"] else None,
                "starts_on": day(row["starts_on"]),
                "ends_on": day(row["ends_on"]),
            }
        )
        for row in kept["rows"]
    ]
    return DutyList(rows, [CellError(**error) for error in kept["errors"]], kept["titles"])
