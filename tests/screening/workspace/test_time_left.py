"""How much time is left, in school days or by the clock."""

import datetime

import pytest

from screening.deadlines import late_before
from screening.workspace.time_left import days_left, minutes_left, same_day, waiting_since
from tests.factories.workspace import NOW, ago
from xinqiao.school.calendar import SchoolCalendar

CALENDAR = SchoolCalendar([(datetime.date(2026, 9, 1), datetime.date(2027, 1, 22))], {})
FRIDAY, SATURDAY, MONDAY = datetime.date(2026, 11, 20), datetime.date(2026, 11, 21), datetime.date(2026, 11, 23)


def test_fridays_work_is_not_late_on_saturday_and_one_school_day_late_on_monday():
    assert not days_left(FRIDAY, SATURDAY, CALENDAR).late
    on_monday = days_left(FRIDAY, MONDAY, CALENDAR)
    assert (on_monday.late, on_monday.days_late) == (True, 1)


@pytest.mark.parametrize(("today", "late"), [(FRIDAY, False), (SATURDAY, False), (MONDAY, True)])
def test_the_list_and_the_page_agree_on_what_is_late(today, late):
    assert days_left(FRIDAY, today, CALENDAR).late is late
    assert (late_before(today, CALENDAR) > FRIDAY) is late


def test_the_schools_own_day_off_does_not_count():
    calendar = SchoolCalendar(CALENDAR.terms, {MONDAY: False})
    assert not days_left(FRIDAY, MONDAY, calendar).late


def test_a_child_at_high_risk_does_not_wait_for_a_school_day():
    assert same_day(FRIDAY, SATURDAY, CALENDAR).late
    assert not same_day(SATURDAY, SATURDAY, CALENDAR).late


def test_a_step_of_the_protocol_counts_minutes():
    left, late = minutes_left(NOW + datetime.timedelta(minutes=38), NOW), minutes_left(ago(hours=3), NOW)
    assert not left.late
    assert "38" in left.words
    assert late.late
    assert "3" in late.words
    assert late.rank < left.rank


def test_what_is_to_be_done_at_once_is_not_late_in_the_minutes_that_it_takes():
    for past in (datetime.timedelta(0), datetime.timedelta(seconds=20), datetime.timedelta(minutes=5)):
        at_once = minutes_left(NOW - past, NOW)
        assert not at_once.late
        assert at_once.words == "现在就做"
    assert minutes_left(ago(minutes=6), NOW).late


def test_whoever_has_waited_longest_comes_first():
    assert waiting_since(FRIDAY, MONDAY, CALENDAR).rank < waiting_since(MONDAY, MONDAY, CALENDAR).rank
    assert not waiting_since(FRIDAY, MONDAY, CALENDAR).late


def test_in_a_long_break_nothing_new_becomes_late():
    assert late_before(datetime.date(2028, 7, 1), SchoolCalendar([(FRIDAY, datetime.date(2028, 8, 1))], {})) is not None
