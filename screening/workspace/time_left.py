"""How much time is left, in the words of a page and as a number to sort by: school days, or minutes where they count."""

from __future__ import annotations

import dataclasses
import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from screening.deadlines import AT_ONCE
from xinqiao.school.calendar import SchoolCalendar

_MINUTES_OF_A_DAY = 24 * 60


@dataclasses.dataclass(frozen=True)
class TimeLeft:
    """Attributes:
    rank: smaller is more urgent; whole numbers are school days.
    days: school days left, negative when late.
    """

    rank: float
    days: int
    late: bool
    words: str
    due: datetime.date | datetime.datetime

    @property
    def days_late(self) -> int:
        """How many school days ago it should have been done; at least one once it is late."""
        return max(1, -self.days) if self.late else 0


def days_left(due: datetime.date, today: datetime.date, calendar: SchoolCalendar) -> TimeLeft:
    """By the school's calendar: Friday's work is late when Monday is there."""
    days = calendar.school_days_between(today, due)
    if days < 0:
        words = ngettext("%(count)d school day late", "%(count)d school days late", -days) % {"count": -days}
    elif days == 0:
        words = _("Due today") if due == today else _("Due now, before school begins again")
    else:
        words = ngettext("%(count)d school day left", "%(count)d school days left", days) % {"count": days}
    return TimeLeft(rank=days, days=days, late=days < 0, words=words, due=due)


def same_day(due: datetime.date, today: datetime.date, calendar: SchoolCalendar) -> TimeLeft:
    """For what does not wait for a school day: a child at high risk is seen on the very day."""
    if due >= today:
        return days_left(due, today, calendar)
    days = min(-1, calendar.school_days_between(today, due))
    words = ngettext("%(count)d day late", "%(count)d days late", (today - due).days) % {"count": (today - due).days}
    return TimeLeft(rank=days, days=days, late=True, words=words, due=due)


def waiting_since(asked: datetime.date, today: datetime.date, calendar: SchoolCalendar) -> TimeLeft:
    """For what has no clock but waits for somebody: whoever has waited longest comes first."""
    waited = calendar.school_days_between(asked, today)
    words = ngettext("Asked %(count)d school day ago", "Asked %(count)d school days ago", waited) % {"count": waited}
    return TimeLeft(rank=-waited, days=0, late=False, words=words if waited else _("Asked today"), due=asked)


def minutes_left(due: datetime.datetime, now: datetime.datetime) -> TimeLeft:
    """By the clock on the wall. What is to be done at once is late when the minutes that it takes are over."""
    minutes = int((due - now).total_seconds() // 60)
    late = now - due > AT_ONCE
    span = _span(abs(minutes))
    if late:
        words = _("%(span)s late") % {"span": span}
    else:
        words = _("%(span)s left") % {"span": span} if minutes > 0 else _("now")
    rank = minutes / _MINUTES_OF_A_DAY
    return TimeLeft(rank=rank, days=int(rank // 1) if late else int(rank), late=late, words=words, due=due)


def _span(minutes: int) -> str:
    if minutes < 60:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d day", "%(count)d days", hours // 24) % {"count": hours // 24}
