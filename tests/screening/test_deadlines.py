"""When something is due, by rule: school days, make-up days, months of unequal length."""

import datetime

import pytest

from screening.deadlines import assessment_due, months_later, on_a_school_day, referral_answer_due, school_year
from screening.levels import Suggestion
from tests.factories.school import SchoolFactory, TermFactory
from xinqiao.school.calendar import calendar_of
from xinqiao.school.models import SchoolDayOverride

pytestmark = pytest.mark.django_db
FRIDAY, SATURDAY, MONDAY = datetime.date(2026, 11, 6), datetime.date(2026, 11, 7), datetime.date(2026, 11, 9)


@pytest.fixture
def school():
    return TermFactory().school


@pytest.mark.parametrize("day", [FRIDAY, SATURDAY])
def test_high_is_due_the_same_day_whatever_day_it_is(school, day):
    assert assessment_due(Suggestion.HIGH, day, school) == day


@pytest.mark.parametrize("level", [Suggestion.PRIORITY, Suggestion.GENERAL, Suggestion.UNKNOWN])
def test_everything_else_is_due_within_seven_school_days(school, level):
    assert assessment_due(level, FRIDAY, school) == datetime.date(2026, 11, 17)


def test_a_day_that_the_school_is_closed_does_not_count(school):
    SchoolDayOverride.objects.create(school=school, day=MONDAY, is_school_day=False, reason="运动会")
    assert assessment_due(Suggestion.PRIORITY, FRIDAY, school) == datetime.date(2026, 11, 18)


def test_a_hospital_answers_within_three_school_days(school):
    assert referral_answer_due(FRIDAY, school) == datetime.date(2026, 11, 11)


def test_a_day_off_is_moved_to_the_next_school_day(school):
    calendar = calendar_of(school)
    assert on_a_school_day(FRIDAY, calendar) == FRIDAY
    assert on_a_school_day(SATURDAY, calendar) == MONDAY


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ((2026, 11, 6), 1, (2026, 12, 6)),
        ((2026, 11, 30), 3, (2027, 2, 28)),
        ((2027, 11, 30), 3, (2028, 2, 29)),
        ((2026, 12, 31), 1, (2027, 1, 31)),
    ],
)
def test_months_later_is_the_same_day_or_the_months_last(day, months, later):
    assert months_later(datetime.date(*day), months) == datetime.date(*later)


@pytest.mark.parametrize(("day", "year"), [((2026, 8, 31), 2026), ((2027, 7, 31), 2026), ((2027, 1, 1), 2026)])
def test_a_school_year_begins_in_august(day, year):
    assert school_year(datetime.date(*day)) == year


def test_each_school_counts_its_own_days(school):
    other = SchoolFactory()
    TermFactory(school=other)
    SchoolDayOverride.objects.create(school=other, day=MONDAY, is_school_day=False)
    assert referral_answer_due(FRIDAY, school) != referral_answer_due(FRIDAY, other)
