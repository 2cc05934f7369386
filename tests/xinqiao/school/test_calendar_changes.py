"""Changing the school's calendar, and its pages: who may, what overlaps, what clocks do, and the way back."""

import datetime

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse

from tests.factories.accounts import person_with
from tests.factories.school import GradeFactory, SchoolClassFactory, SchoolFactory, TermFactory
from tests.factories.screening import RoundFactory
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import STAFF_ROLES, Role
from xinqiao.audit.models import AuditEntry
from xinqiao.school.calendar import Why, calendar_of, calendar_with_names, national_day
from xinqiao.school.models import School, SchoolBreak, SchoolDayOverride, Term
from xinqiao.school.terms import changes
from xinqiao.school.terms.month import hints, month_of

pytestmark = pytest.mark.django_db
DAY = datetime.date
CALENDAR = "/directory/calendar/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime.datetime(2026, 11, 24, 2, 0, tzinfo=datetime.UTC), tick=False):
        yield


@pytest.fixture
def school():
    school = SchoolFactory()
    TermFactory(school=school, name="2026 秋", starts_on=DAY(2026, 9, 1), ends_on=DAY(2027, 1, 29))
    return school


@pytest.fixture
def administrator(school):
    return person_with(Role.ADMINISTRATOR, school=school)


@pytest.fixture
def desk(client, administrator):
    client.force_login(administrator)
    return client


def fresh(school):
    return School.objects.get(pk=school.pk)


# -- the rules ---------------------------------------------------------------------------------------------------------


def test_a_break_closes_the_school_and_a_single_day_inside_of_it_opens_it_again(school, administrator):
    changes.save_break(
        by=administrator, school=school, name="秋假", starts_on=DAY(2026, 11, 30), ends_on=DAY(2026, 12, 4)
    )
    assert calendar_of(fresh(school)).add_school_days(DAY(2026, 11, 27), 1) == DAY(2026, 12, 7)
    changes.set_day(by=administrator, school=school, day=DAY(2026, 12, 2), is_open=True, reason="返校")
    assert calendar_of(fresh(school)).add_school_days(DAY(2026, 11, 27), 1) == DAY(2026, 12, 2)


def test_each_day_says_what_decided(school, administrator):
    TermFactory(school=school, name="2027 春", starts_on=DAY(2027, 3, 1), ends_on=DAY(2027, 7, 9))
    changes.save_break(
        by=administrator, school=school, name="秋假", starts_on=DAY(2026, 11, 30), ends_on=DAY(2026, 12, 4)
    )
    changes.set_day(by=administrator, school=school, day=DAY(2026, 11, 30), is_open=True, reason="运动会")
    shown = calendar_with_names(school)
    said = {day: (shown.day(day).why, shown.day(day).name, shown.day(day).is_open) for day in (
        DAY(2026, 10, 1), DAY(2026, 10, 10), DAY(2026, 11, 24), DAY(2026, 11, 28), DAY(2026, 11, 30), DAY(2026, 12, 1),
        DAY(2027, 2, 10),
    )}  # fmt: skip
    assert said == {
        DAY(2026, 10, 1): (Why.HOLIDAY, "国庆节", False),
        DAY(2026, 10, 10): (Why.MAKE_UP, "", True),
        DAY(2026, 11, 24): (Why.WEEKDAY, "", True),
        DAY(2026, 11, 28): (Why.WEEKEND, "", False),
        DAY(2026, 11, 30): (Why.OWN_OPEN, "运动会", True),
        DAY(2026, 12, 1): (Why.BREAK, "秋假", False),
        DAY(2027, 2, 10): (Why.OUT_OF_TERM, "", False),
    }
    # What is shown and what clocks count by is one rule.
    counted = calendar_of(fresh(school))
    days = [DAY(2026, 8, 1) + datetime.timedelta(days=offset) for offset in range(400)]
    assert [shown.day(day).is_open for day in days] == [counted.is_school_day(day) for day in days]


def test_a_year_that_the_national_calendar_does_not_know_has_weekdays_and_weekends():
    assert national_day(DAY(2090, 10, 3)).why in {Why.WEEKDAY, Why.WEEKEND}


def test_the_calendar_is_read_in_two_questions_once_for_each_school(school, django_assert_num_queries):
    SchoolBreak.objects.create(school=school, name="秋假", starts_on=DAY(2026, 11, 30), ends_on=DAY(2026, 12, 4))
    with django_assert_num_queries(2):
        assert not calendar_of(school).is_school_day(DAY(2026, 12, 1))
        assert calendar_of(school).is_school_day(DAY(2026, 12, 7))


def test_terms_do_not_overlap(school, administrator):
    for starts_on, ends_on in [(DAY(2027, 1, 29), DAY(2027, 7, 1)), (DAY(2026, 10, 1), DAY(2026, 10, 2))]:
        with pytest.raises(changes.Overlaps):
            changes.save_term(by=administrator, school=school, name="另一", starts_on=starts_on, ends_on=ends_on)
    changes.save_term(
        by=administrator, school=school, name="2027 春", starts_on=DAY(2027, 1, 30), ends_on=DAY(2027, 7, 1)
    )


def test_the_database_itself_refuses_terms_and_breaks_that_overlap(school):
    SchoolBreak.objects.create(school=school, name="一", starts_on=DAY(2026, 10, 12), ends_on=DAY(2026, 10, 14))
    for make in (
        lambda: TermFactory(school=school, name="重叠", starts_on=DAY(2027, 1, 29), ends_on=DAY(2027, 7, 1)),
        lambda: SchoolBreak.objects.create(
            school=school, name="二", starts_on=DAY(2026, 10, 14), ends_on=DAY(2026, 10, 15)
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            make()
    # Another school is another calendar.
    other = SchoolFactory()
    TermFactory(school=other, starts_on=DAY(2027, 1, 29), ends_on=DAY(2027, 7, 1))


def test_names_and_days_of_terms_and_breaks_are_checked(school, administrator):
    def term(name, starts_on, ends_on):
        return changes.save_term(by=administrator, school=school, name=name, starts_on=starts_on, ends_on=ends_on)

    def a_break(starts_on, ends_on):
        return changes.save_break(by=administrator, school=school, name="假", starts_on=starts_on, ends_on=ends_on)

    with pytest.raises(changes.NameTaken):
        term("2026 秋", DAY(2027, 3, 1), DAY(2027, 7, 1))
    with pytest.raises(changes.WrongDays):
        term("2027 春", DAY(2027, 3, 1), DAY(2027, 3, 1))
    with pytest.raises(changes.WrongDays):
        term("2027 春", DAY(2027, 3, 1), DAY(2028, 3, 1))
    with pytest.raises(changes.WrongDays):
        a_break(DAY(2026, 12, 2), DAY(2026, 12, 1))
    with pytest.raises(changes.OutsideOfTerms):
        a_break(DAY(2027, 1, 28), DAY(2027, 2, 2))
    assert Term.objects.filter(school=school).count() == 1
    assert not SchoolBreak.objects.exists()


def test_a_term_to_which_a_round_belongs_stays(school, administrator):
    term = Term.objects.get(school=school)
    RoundFactory(school=school, term=term)
    with pytest.raises(changes.TermInUse):
        changes.remove_term(by=administrator, term=term)
    assert Term.objects.filter(pk=term.pk).exists()
    assert not AuditEntry.objects.filter(action="calendar.remove_term").exists()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_only_whoever_keeps_the_directory_changes_the_calendar(school, role):
    scope = {}
    if role in {Role.HOMEROOM, Role.TEACHER}:
        scope["school_class"] = SchoolClassFactory(grade=GradeFactory(school=school))
    if role == Role.GRADE_LEADER:
        scope["grade"] = GradeFactory(school=school)
    person = person_with(role, school=school, **scope)
    with pytest.raises(NotPermitted):
        changes.set_day(by=person, school=school, day=DAY(2026, 12, 1), is_open=False, reason="x")


def test_nobody_changes_the_calendar_of_another_school(administrator):
    with pytest.raises(NotPermitted):
        changes.set_day(by=administrator, school=SchoolFactory(), day=DAY(2026, 12, 1), is_open=False, reason="x")


def test_each_change_is_on_the_trail(school, administrator):
    the_break = changes.save_break(
        by=administrator, school=school, name="秋假", starts_on=DAY(2026, 11, 30), ends_on=DAY(2026, 12, 4)
    )
    changes.save_break(
        by=administrator,
        school=school,
        name="秋假",
        starts_on=DAY(2026, 11, 30),
        ends_on=DAY(2026, 12, 1),
        the_break=the_break,
    )
    changes.remove_break(by=administrator, the_break=the_break)
    own = changes.set_day(by=administrator, school=school, day=DAY(2026, 12, 1), is_open=False, reason="研学")
    changes.clear_day(by=administrator, own=own)
    trail = list(AuditEntry.objects.order_by("pk").values_list("action", "details"))
    assert trail == [
        ("calendar.enter_break", {"days": ["2026-11-30", "2026-12-04"]}),
        ("calendar.change_break", {"days": ["2026-11-30", "2026-12-01"], "before": ["2026-11-30", "2026-12-04"]}),
        ("calendar.remove_break", {"days": ["2026-11-30", "2026-12-01"]}),
        ("calendar.set_day", {"day": "2026-12-01", "open": False}),
        ("calendar.clear_day", {"day": "2026-12-01", "open": False}),
    ]


def test_it_says_when_the_next_term_or_the_holidays_of_next_year_are_missing(school):
    terms = list(Term.objects.filter(school=school))
    assert not [hint for hint in hints(terms, DAY(2026, 9, 10)) if "下一学期" in hint]
    assert any("2027" in hint for hint in hints(terms, DAY(2026, 9, 10)))
    assert any("下一学期" in hint for hint in hints(terms, DAY(2027, 1, 10)))
    assert any("2027-01-29" in hint for hint in hints(terms, DAY(2027, 2, 10)))
    assert len(hints([], DAY(2026, 9, 10))) == 1


def test_a_month_has_whole_weeks_and_its_special_days(school):
    month = month_of(calendar_with_names(school), DAY(2026, 10, 1))
    assert all(len(week) == 7 for week in month.weeks)
    assert [day.date.day for week in month.weeks for day in week if day] == list(range(1, 32))
    assert [(span.first.date.day, span.last.date.day, span.first.words) for span in month.special] == [
        (1, 7, "国庆节"),
        (10, 10, "调休上班日"),
    ]
    assert (month.before, month.after) == ("2026-09", "2026-11")


# -- the pages ---------------------------------------------------------------------------------------------------------


def test_all_staff_read_it_and_only_the_administrator_is_offered_changes(client, school, desk):
    assert "录入学期" in desk.get(CALENDAR).content.decode()
    for role in STAFF_ROLES - {Role.ADMINISTRATOR}:
        scope = {}
        if role in {Role.HOMEROOM, Role.TEACHER}:
            scope["school_class"] = SchoolClassFactory(grade=GradeFactory(school=school))
        if role == Role.GRADE_LEADER:
            scope["grade"] = GradeFactory(school=school)
        client.force_login(person_with(role, school=school, **scope))
        text = client.get(CALENDAR).content.decode()
        assert "2026 秋" in text
        assert "录入学期" not in text


def test_the_page_counts_school_days(desk):
    text = desk.get(CALENDAR, {"days": "3", "start": "2026-09-29"}).content.decode()
    assert "2026-10-09" in text
    assert "国庆节" in text
    for wrong in ("-1", "9999", "x", ""):
        assert desk.get(CALENDAR, {"days": wrong}).status_code == 200


def test_wrong_addresses_show_this_month(desk):
    for month in ("2026-13", "x", "9999-01", ""):
        assert "2026年11月" in desk.get(CALENDAR, {"month": month}).content.decode()
    assert desk.get(CALENDAR, {"school": "0"}).status_code == 404


def test_a_day_off_is_entered_and_the_page_says_what_it_does_to_clocks(desk, school):
    page = desk.get(reverse("directory:calendar_day"), {"day": "2026-11-25"})
    assert page.context["form"].initial["is_open"] == "closed"
    answer = desk.post(
        reverse("directory:calendar_day"), {"day": "2026-11-25", "is_open": "closed", "reason": "运动会"}, follow=True
    )
    assert SchoolDayOverride.objects.get().reason == "运动会"
    said = [str(message) for message in answer.context["messages"]]
    assert any("2026-11-30" in each and "2026-11-27" in each for each in said)


def test_what_was_removed_is_put_back_as_it_was(desk, school):
    own = SchoolDayOverride.objects.create(school=school, day=DAY(2026, 12, 1), is_school_day=False, reason="运动会")
    text = desk.post(reverse("directory:calendar_day_remove", args=[own.pk]), follow=True).content.decode()
    assert "恢复" in text
    assert not SchoolDayOverride.objects.exists()
    desk.post(reverse("directory:calendar_restore"))
    again = SchoolDayOverride.objects.get()
    assert (again.day, again.is_school_day, again.reason) == (own.day, own.is_school_day, own.reason)
    the_break = SchoolBreak.objects.create(
        school=school, name="秋假", starts_on=DAY(2026, 11, 30), ends_on=DAY(2026, 12, 4)
    )
    desk.post(reverse("directory:calendar_break_remove", args=[the_break.pk]))
    assert not SchoolBreak.objects.exists()
    desk.post(reverse("directory:calendar_restore"))
    assert SchoolBreak.objects.get().name == "秋假"
    # Once: there is nothing more to put back.
    desk.post(reverse("directory:calendar_restore"))
    assert SchoolBreak.objects.count() == 1


def test_a_term_is_entered_changed_and_refused_beside_its_field(desk, school):
    new = reverse("directory:calendar_term_new")
    refused = desk.post(new, {"name": "2027 春", "starts_on": "2027-01-29", "ends_on": "2027-07-09"})
    assert refused.status_code == 422
    assert "2026 秋" in str(refused.context["form"].errors["starts_on"])
    desk.post(new, {"name": "2027 春", "starts_on": "2027-03-01", "ends_on": "2027-07-09"})
    spring = Term.objects.get(name="2027 春")
    changed = {"name": "2027 春", "starts_on": "2027-02-22", "ends_on": "2027-07-09"}
    desk.post(reverse("directory:calendar_term", args=[spring.pk]), changed)
    spring.refresh_from_db()
    assert spring.starts_on == DAY(2027, 2, 22)
    desk.post(reverse("directory:calendar_term_remove", args=[spring.pk]))
    assert not Term.objects.filter(name="2027 春").exists()


def test_the_page_asks_few_questions_whatever_is_entered(desk, school, django_assert_num_queries):
    for day in range(1, 20):
        SchoolDayOverride.objects.create(school=school, day=DAY(2026, 12, day), is_school_day=False, reason="x")
    desk.get(CALENDAR)
    with django_assert_num_queries(10):
        desk.get(CALENDAR)
