"""When something is due, by rule from what happened; never a date that somebody must remember to type."""

import calendar as month_lengths
import datetime

from screening.levels import Suggestion
from xinqiao.school.calendar import SchoolCalendar, calendar_of
from xinqiao.school.models import School

PRIORITY_ASSESSMENT_DAYS = 7
REFERRAL_ANSWER_DAYS = 3
GUARDIAN_CONTACT = datetime.timedelta(hours=2)
REMIND_FIRST_PASS_DAYS = 3
AT_ONCE = datetime.timedelta(minutes=5)
"""Within this a step of the protocol still counts as taken in time: writing it down takes as long."""
_LONGEST_BREAK = 92


def assessment_due(suggested: str, today: datetime.date, school: School) -> datetime.date:
    """High the same day, whatever day it is; everything else within seven school days."""
    if suggested == Suggestion.HIGH:
        return today
    return calendar_of(school).add_school_days(today, PRIORITY_ASSESSMENT_DAYS)


def referral_answer_due(today: datetime.date, school: School) -> datetime.date:
    return calendar_of(school).add_school_days(today, REFERRAL_ANSWER_DAYS)


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, month_lengths.monthrange(year, month + 1)[1]))


def on_a_school_day(day: datetime.date, calendar: SchoolCalendar) -> datetime.date:
    """The day itself, or the first school day after it."""
    return day if calendar.is_school_day(day) else calendar.add_school_days(day, 1)


def school_year(day: datetime.date) -> int:
    """The year in which the school year of the day began."""
    return day.year if day.month >= 8 else day.year - 1


def school_year_begins(day: datetime.date) -> datetime.date:
    """The first day of the school year of the day. Classes are made up anew with it."""
    return datetime.date(school_year(day), 8, 1)


def late_before(today: datetime.date, calendar: SchoolCalendar) -> datetime.date:
    """What was due before this day is late: a school day has ended since. Over a weekend Friday's work is not yet."""
    for back in range(_LONGEST_BREAK):
        day = today - datetime.timedelta(days=back)
        if calendar.is_school_day(day):
            return day
    return today - datetime.timedelta(days=_LONGEST_BREAK)
