"""School days: the national calendar with its make-up workdays, the school's terms, and the school's own exceptions."""

import datetime

import chinese_calendar

from xinqiao.school.models import School, SchoolDayOverride, Term


def is_national_workday(day: datetime.date) -> bool:
    """Whether offices work. Years that the calendar does not know yet fall back to Monday to Friday."""
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        return day.weekday() < 5


class SchoolCalendar:
    """One school's days, read from the database once; ask `calendar_of(school)` for it."""

    def __init__(self, terms: list[tuple[datetime.date, datetime.date]], overrides: dict[datetime.date, bool]) -> None:
        self.terms = terms
        self.overrides = overrides

    def is_school_day(self, day: datetime.date) -> bool:
        if day in self.overrides:
            return self.overrides[day]
        in_term = any(start <= day <= end for start, end in self.terms)
        # Past the last known term nobody has entered the next one yet: count its workdays, never lose a clock.
        if self.terms and not in_term and day <= max(end for _start, end in self.terms):
            return False
        return is_national_workday(day)

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
    """The school's calendar, read once for each School instance."""
    if "_calendar" not in school.__dict__:
        school.__dict__["_calendar"] = SchoolCalendar(
            terms=list(Term.objects.filter(school=school).values_list("starts_on", "ends_on")),
            overrides=dict(SchoolDayOverride.objects.filter(school=school).values_list("day", "is_school_day")),
        )
    return school.__dict__["_calendar"]
