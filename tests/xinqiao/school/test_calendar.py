"""School days: the national calendar, terms, the school's exceptions."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.school import SchoolFactory, TermFactory
from xinqiao.school.calendar import SchoolCalendar, calendar_of
from xinqiao.school.models import SchoolDayOverride

DAY = datetime.date
AUTUMN = (DAY(2026, 9, 1), DAY(2027, 1, 29))


def test_a_make_up_saturday_is_a_school_day_and_national_day_is_not():
    calendar = SchoolCalendar([AUTUMN], {})
    assert not calendar.is_school_day(DAY(2026, 10, 1))
    assert calendar.is_school_day(DAY(2026, 10, 10))  # worked in place of the holiday


def test_three_school_days_from_friday_end_on_wednesday():
    assert SchoolCalendar([AUTUMN], {}).add_school_days(DAY(2026, 11, 27), 3) == DAY(2026, 12, 2)


def test_a_clock_that_runs_into_the_break_goes_on_in_the_next_term():
    calendar = SchoolCalendar([AUTUMN, (DAY(2027, 3, 1), DAY(2027, 7, 9))], {})
    assert calendar.add_school_days(DAY(2027, 1, 29), 1) == DAY(2027, 3, 1)


def test_a_clock_does_not_stop_when_the_next_term_is_not_entered_yet():
    assert SchoolCalendar([AUTUMN], {}).add_school_days(DAY(2027, 1, 29), 1) == DAY(2027, 2, 1)


def test_less_than_no_days_is_refused():
    with pytest.raises(ValueError):
        SchoolCalendar([], {}).add_school_days(DAY(2026, 9, 1), -1)


@pytest.mark.django_db
def test_the_school_own_exception_wins_over_the_national_calendar():
    school = SchoolFactory()
    TermFactory(school=school)
    SchoolDayOverride.objects.create(school=school, day=DAY(2026, 11, 25), is_school_day=False, reason="运动会")
    calendar = calendar_of(school)
    assert not calendar.is_school_day(DAY(2026, 11, 25))
    assert calendar.add_school_days(DAY(2026, 11, 24), 1) == DAY(2026, 11, 26)


@given(st.dates(DAY(2026, 9, 1), DAY(2027, 6, 30)), st.integers(0, 30))
def test_counting_forward_and_measuring_back_agree(start, days):
    calendar = SchoolCalendar([AUTUMN, (DAY(2027, 3, 1), DAY(2027, 7, 9))], {})
    end = calendar.add_school_days(start, days)
    assert calendar.school_days_between(start, end) == days
    assert days == 0 or calendar.is_school_day(end)
