"""The counselor's day: what must happen now, what is late, today, this week, and what waits for others."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable

from screening.workspace.gather import Gathering
from screening.workspace.items import Item, Kind
from screening.workspace.progress import Loop, OpenRound, loop_of, open_rounds
from screening.workspace.told import add_told
from xinqiao.accounts.access import reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User

A_WEEK = 5  # school days
_WAITS = frozenset({Kind.CONSENT, Kind.HOSPITAL, Kind.LEVEL_CHANGE})


@dataclasses.dataclass(frozen=True)
class Day:
    """Each list by danger, then by the time that is left."""

    today: datetime.date
    now: list[Item]
    late: list[Item]
    due: list[Item]
    week: list[Item]
    waiting: list[Item]
    later: int
    rounds: list[OpenRound]
    loop: Loop

    @property
    def late_count(self) -> int:
        return sum(item.late for item in [*self.now, *self.late])

    @property
    def due_count(self) -> int:
        return sum(not item.late for item in [*self.now, *self.due])

    @property
    def nothing(self) -> bool:
        return not (self.now or self.late or self.due or self.week or self.waiting)


def day_of(user: User, now: datetime.datetime | None = None) -> Day:
    """All that this person has to do for the children of the school."""
    gathering = Gathering(reach(user, Capability.ASSESS).schools, now)
    items = gathering.for_children()
    add_told(items, gathering)
    at_once, late, due, week, waiting, later = sort_out(items, user)
    return Day(
        today=gathering.today,
        now=at_once,
        late=late,
        due=due,
        week=week,
        waiting=waiting,
        later=len(later),
        rounds=open_rounds(gathering.calendars, gathering.today),
        loop=loop_of(gathering.calendars, gathering.today),
    )


def sort_out(items: Iterable[Item], user: User) -> tuple[list[Item], ...]:
    """Each item into one of: at once, late, due today, this week, waiting for others, later."""
    at_once, late, due, week, waiting, later = ([] for _ in range(6))
    for item in items:
        if item.at_once:
            at_once.append(item)
        elif item.late:
            late.append(item)
        elif item.kind == Kind.LEVEL_CHANGE and item.asked_by != user.pk:
            due.append(item)  # it is this person's word that is waited for
        elif item.kind in _WAITS:
            waiting.append(item)
        elif item.left.days <= 0:
            due.append(item)
        elif item.left.days <= A_WEEK:
            week.append(item)
        else:
            later.append(item)
    return at_once, late, due, week, waiting, later
