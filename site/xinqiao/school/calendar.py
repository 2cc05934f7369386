"""School days: the national calendar with its make-up workdays, the school's terms and breaks, and its own exceptions.

What counts, in this order: the school's word on the single day; its breaks; its terms; the national calendar.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum

import chinese_calendar
from django.db.models import Value
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from xinqiao.school.models import School, SchoolBreak, SchoolDayOverride, Term

NATIONAL_YEARS = range(
    min(chinese_calendar.constants.holidays).year,
    max(max(chinese_calendar.constants.holidays), max(chinese_calendar.constants.workdays)).year + 1,
)
"""The years whose national calendar is known. It is announced each November for the next one."""


def is_national_workday(day: datetime.date) -> bool:
    """Whether offices work. Years that the calendar does not know yet fall back to Monday to Friday."""
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        return day.weekday() < 5


class Why(enum.Enum):
    """What decided whether a day is a school day."""

    OWN_OPEN = "own_open"
    OWN_CLOSED = "own_closed"
    BREAK = "break"
    OUT_OF_TERM = "out_of_term"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    WEEKDAY = "weekday"


WORDS = {
    Why.OWN_OPEN: _("Open by the school's own word"),
    Why.OWN_CLOSED: _("Closed by the school's own word"),
    Why.BREAK: _("Break"),
    Why.OUT_OF_TERM: _("Outside of the terms"),
    Why.HOLIDAY: _("Public holiday"),
    Why.MAKE_UP: _("Make-up workday"),
    Why.WEEKEND: _("Weekend"),
    Why.WEEKDAY: _("School day"),
}


@dataclasses.dataclass(frozen=True)
class Day:
    """One day: whether the school is open, what decided that, and how it is called (a break, a holiday, a reason)."""

    date: datetime.date
    is_open: bool
    why: Why
    name: str = ""

    @property
    def words(self) -> str:
        """Why, in the language in use."""
        return str(self.name or WORDS[self.why])


def national_day(day: datetime.date) -> Day:
    """What the country's calendar alone says."""
    if day.year not in NATIONAL_YEARS:
        why = Why.WEEKDAY if day.weekday() < 5 else Why.WEEKEND
        return Day(day, why is Why.WEEKDAY, why)
    is_holiday, name = chinese_calendar.get_holiday_detail(day)
    called = _holiday_name(name) if name else ""
    if is_holiday:
        return Day(day, False, Why.HOLIDAY, called) if called else Day(day, False, Why.WEEKEND)
    return Day(day, True, Why.MAKE_UP if day.weekday() >= 5 else Why.WEEKDAY)


def _holiday_name(name: str) -> str:
    holiday = chinese_calendar.Holiday(name)
    return holiday.chinese if (get_language() or "").startswith("zh") else holiday.value


Range = tuple[datetime.date, datetime.date]


class SchoolCalendar:
    """One school's days, read from the database once; ask `calendar_of(school)` for it."""

    def __init__(
        self,
        terms: list[Range],
        overrides: dict[datetime.date, bool],
        breaks: list[Range] | None = None,
        reasons: dict[datetime.date, str] | None = None,
        break_names: dict[datetime.date, str] | None = None,
    ) -> None:
        """The reasons of own days, and the names of breaks by their first day, are wanted only where days are shown."""
        self.terms = terms
        self.overrides = overrides
        self.breaks = breaks or []
        self.reasons = reasons or {}
        self.break_names = break_names or {}
        self.last_known = max((end for _start, end in terms), default=None)

    def is_school_day(self, day: datetime.date) -> bool:
        if day in self.overrides:
            return self.overrides[day]
        if any(start <= day <= end for start, end in self.breaks) or self._is_out_of_term(day):
            return False
        return is_national_workday(day)

    def day(self, day: datetime.date) -> Day:
        """The same with its reason."""
        if day in self.overrides:
            is_open = self.overrides[day]
            return Day(day, is_open, Why.OWN_OPEN if is_open else Why.OWN_CLOSED, self.reasons.get(day, ""))
        for start, end in self.breaks:
            if start <= day <= end:
                return Day(day, False, Why.BREAK, self.break_names.get(start, ""))
        if self._is_out_of_term(day):
            national = national_day(day)
            return national if national.why is Why.HOLIDAY else Day(day, False, Why.OUT_OF_TERM)
        return national_day(day)

    def _is_out_of_term(self, day: datetime.date) -> bool:
        # Past the last known term nobody has entered the next one yet: count its workdays, never lose a clock.
        if self.last_known is None or day > self.last_known:
            return False
        return not any(start <= day <= end for start, end in self.terms)

    def add_school_days(self, start: datetime.date, days: int) -> datetime.date:
        """The day that lies `days` school days after `start`; the start itself does not count."""
        if days < 0:
            raise ValueError("days must not be negative")
        day = start
        while days:
            day += datetime.timedelta(days=1)
            if self.is_school_day(day):
                days -= 1
        return day

    def school_days_between(self, start: datetime.date, end: datetime.date) -> int:
        """How many school days lie after `start` up to and including `end`; negative where `end` is before `start`."""
        if end < start:
            return -self.school_days_between(end, start)
        return sum(
            self.is_school_day(start + datetime.timedelta(days=offset)) for offset in range(1, (end - start).days + 1)
        )


def calendar_of(school: School) -> SchoolCalendar:
    """The school's calendar, read once for each School instance, in two questions."""
    if "_calendar" not in school.__dict__:
        of_term = Term.objects.filter(school=school).order_by().annotate(what=Value(1))
        of_break = SchoolBreak.objects.filter(school=school).order_by().annotate(what=Value(2))
        columns = ("what", "starts_on", "ends_on")
        ranges = list(of_term.values_list(*columns).union(of_break.values_list(*columns), all=True))
        school.__dict__["_calendar"] = SchoolCalendar(
            terms=sorted((start, end) for what, start, end in ranges if what == 1),
            overrides=dict(SchoolDayOverride.objects.filter(school=school).values_list("day", "is_school_day")),
            breaks=sorted((start, end) for what, start, end in ranges if what == 2),
        )
    return school.__dict__["_calendar"]


def calendar_with_names(school: School) -> SchoolCalendar:
    """The calendar as a page shows it: breaks and own days with how they are called."""
    breaks = list(SchoolBreak.objects.filter(school=school).values_list("starts_on", "ends_on", "name"))
    own = list(SchoolDayOverride.objects.filter(school=school).values_list("day", "is_school_day", "reason"))
    return SchoolCalendar(
        terms=list(Term.objects.filter(school=school).order_by("starts_on").values_list("starts_on", "ends_on")),
        overrides={day: is_open for day, is_open, _reason in own},
        breaks=[(start, end) for start, end, _name in breaks],
        reasons={day: reason for day, _open, reason in own},
        break_names={start: name for start, _end, name in breaks},
    )
