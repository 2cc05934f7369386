"""A term's duties: the grid with its gaps, substitutes, taking along into the next term, and taking back."""

import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from tests.factories.accounts import AppointmentFactory, UserFactory, person_with
from tests.factories.school import GradeFactory, SchoolClassFactory, SchoolFactory, TermFactory
from xinqiao.accounts.access import NotPermitted, may
from xinqiao.accounts.appointments import (
    AlreadyAppointed,
    NoSubstitute,
    appoint,
    end_appointment,
    withdraw_appointment,
)
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.duties import steps
from xinqiao.accounts.duties.copying import PlanChanged, State, copy_forward, fingerprint, plan_copy
from xinqiao.accounts.duties.grid import first_gap, grid_of
from xinqiao.accounts.duties.models import DutyRun
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment, User
from xinqiao.audit.models import AuditEntry
from xinqiao.school.models import SchoolClass

pytestmark = pytest.mark.django_db
DAY = datetime.date
PAGE = "/directory/appointments/"
BEGAN = DAY(2026, 9, 1)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime.datetime(2026, 11, 24, 2, 0, tzinfo=datetime.UTC), tick=False):
        yield


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def autumn(school):
    return TermFactory(school=school, name="2026 秋", starts_on=BEGAN, ends_on=DAY(2027, 1, 29))


@pytest.fixture
def spring(school, autumn):
    return TermFactory(school=school, name="2027 春", starts_on=DAY(2027, 3, 1), ends_on=DAY(2027, 7, 9))


@pytest.fixture
def next_year(school, spring):
    return TermFactory(school=school, name="2027 秋", starts_on=DAY(2027, 9, 1), ends_on=DAY(2028, 1, 28))


@pytest.fixture
def administrator(school):
    return person_with(Role.ADMINISTRATOR, school=school)


@pytest.fixture
def desk(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def place(school):
    """A class by grade and number."""

    def get(grade, number):
        there = SchoolClass.objects.filter(grade__school=school, grade__number=grade, number=number).first()
        return there or SchoolClassFactory(grade=GradeFactory(school=school, number=grade), number=number)

    return get


def homeroom(school_class, **duty):
    return AppointmentFactory(
        role=Role.HOMEROOM, school=school_class.grade.school, school_class=school_class, starts_on=BEGAN, **duty
    )


# -- the grid ----------------------------------------------------------------------------------------------------------


def test_the_grid_shows_who_is_responsible_and_where_nobody_is(school, autumn, place):
    taken, free, until_december = place(3, 1), place(3, 2), place(4, 1)
    duty = homeroom(taken)
    homeroom(until_december, ends_on=DAY(2026, 12, 31))
    leader = AppointmentFactory(role=Role.GRADE_LEADER, school=school, grade=taken.grade)
    counselor = AppointmentFactory(role=Role.COUNSELOR, school=school)
    grid = grid_of(school, autumn, DAY(2026, 11, 24))
    rows = {row.school_class: row for grade in grid.grades for row in grade.classes}
    assert [held.appointment for held in rows[taken].homeroom] == [duty]
    assert rows[taken].gap is None
    assert (rows[free].gap.starts_on, rows[free].gap.ends_on) == (DAY(2026, 11, 24), autumn.ends_on)
    assert rows[until_december].gap.starts_on == DAY(2027, 1, 1)
    assert [held.appointment for held in grid.grades[0].leaders] == [leader]
    assert [held.appointment for held in dict(grid.school_wide)[Role.COUNSELOR]] == [counselor]
    assert grid.gaps == [rows[free], rows[until_december]]


def test_a_withdrawn_duty_a_guardian_and_another_school_are_not_in_it(school, autumn, place):
    school_class = place(3, 1)
    homeroom(school_class, withdrawn_at=timezone.now())
    AppointmentFactory(role=Role.GUARDIAN, school=school)
    AppointmentFactory(role=Role.PRINCIPAL)
    grid = grid_of(school, autumn, DAY(2026, 11, 24))
    assert not grid.grades[0].classes[0].homeroom
    assert not any(held for _role, held in grid.school_wide)


def test_the_first_gap_lies_where_no_duty_covers_a_day(school):
    def duty(starts_on, ends_on=None):
        return Appointment(starts_on=starts_on, ends_on=ends_on)

    first, last = DAY(2026, 9, 1), DAY(2026, 9, 30)
    assert first_gap([duty(DAY(2026, 1, 1))], first, last) is None
    assert first_gap([duty(DAY(2026, 9, 16)), duty(first, DAY(2026, 9, 15))], first, last) is None
    gap = first_gap([duty(first, DAY(2026, 9, 14)), duty(DAY(2026, 9, 16))], first, last)
    assert (gap.starts_on, gap.ends_on) == (DAY(2026, 9, 15), DAY(2026, 9, 15))
    gap = first_gap([duty(DAY(2026, 10, 5))], first, last)
    assert (gap.starts_on, gap.ends_on) == (first, last)


def test_the_page_shows_the_grid_in_as_many_questions_whatever_its_size(
    desk, school, autumn, place, django_assert_num_queries
):
    for number in range(1, 6):
        for _ in range(3):
            homeroom(place(2, number))
    desk.get(PAGE)
    with django_assert_num_queries(12):
        text = desk.get(PAGE).content.decode()
    assert "二（5）班" in text


def test_a_person_is_found_and_the_rest_left_out(desk, school, autumn, place):
    homeroom(place(3, 1), user=UserFactory(display_name="王晨"))
    homeroom(place(3, 2), user=UserFactory(display_name="李雨"))
    text = desk.get(PAGE, {"q": "王"}).content.decode()
    assert "王晨" in text
    assert "李雨" not in text


def test_without_a_term_the_page_says_where_to_enter_one(desk):
    assert reverse("directory:calendar") in desk.get(PAGE).content.decode()


# -- giving, ending ----------------------------------------------------------------------------------------------------


def test_a_duty_is_given_from_a_gap_and_ended_on_its_page(desk, school, autumn, place):
    school_class = place(3, 2)
    person = UserFactory(username="chen", display_name="陈老师")
    page = desk.get(reverse("directory:appointments_give"), {"role": "homeroom", "school_class": school_class.pk})
    assert page.context["form"]["school_class"].value() == str(school_class.pk)
    given = {"person": "陈老师", "role": "homeroom", "school_class": school_class.pk, "starts_on": "2026-11-24"}
    desk.post(reverse("directory:appointments_give"), given)
    duty = Appointment.objects.get(user=person)
    assert duty.school_class == school_class
    desk.post(reverse("directory:appointment_end", args=[duty.pk]), {"ends_on": "2026-12-01"})
    duty.refresh_from_db()
    assert duty.ends_on == DAY(2026, 12, 1)
    desk.post(reverse("directory:appointment_withdraw", args=[duty.pk]))
    duty.refresh_from_db()
    assert duty.withdrawn_at


def test_wrong_input_is_answered_beside_its_field(desk, administrator, school, autumn, place):
    give = reverse("directory:appointments_give")
    for data, field in [
        ({"person": "没有这人", "role": "editor", "starts_on": "2026-11-24"}, "person"),
        ({"person": UserFactory().username, "role": "homeroom", "starts_on": "2026-11-24"}, "school_class"),
        ({"person": UserFactory().username, "role": "grade_leader", "starts_on": "2026-11-24"}, "grade"),
        ({"person": administrator.username, "role": "editor", "starts_on": "2026-11-24"}, "person"),
        ({"person": UserFactory().username, "role": "guardian", "starts_on": "2026-11-24"}, "role"),
    ]:
        answer = desk.post(give, data)
        assert answer.status_code == 422
        assert field in answer.context["form"].errors, data
    duty = homeroom(place(3, 2))
    answer = desk.post(reverse("directory:appointment_end", args=[duty.pk]), {"ends_on": "2020-01-01"})
    assert answer.status_code == 422


def test_nobody_ends_or_withdraws_their_own_duty_on_its_page(desk, administrator):
    own = administrator.appointments.get()
    desk.post(reverse("directory:appointment_withdraw", args=[own.pk]))
    own.refresh_from_db()
    assert own.withdrawn_at is None
    assert desk.post(reverse("directory:appointment_end", args=[own.pk]), {"ends_on": "2026-12-01"}).status_code == 422


def test_lengthening_a_duty_into_the_same_one_later_is_refused(school, administrator):
    person = UserFactory()
    first = appoint(by=administrator, user=person, role=Role.EDITOR, school=school, ends_on=DAY(2026, 12, 31))
    appoint(by=administrator, user=person, role=Role.EDITOR, school=school, starts_on=DAY(2027, 1, 1))
    with pytest.raises(AlreadyAppointed):
        end_appointment(by=administrator, appointment=first, on=None)
    end_appointment(by=administrator, appointment=first, on=DAY(2026, 12, 30))


# -- substitutes -------------------------------------------------------------------------------------------------------


def test_a_substitute_holds_the_same_duty_beside_the_absent_one_and_loses_it_at_midnight(
    client, school, administrator, autumn, place
):
    school_class = place(3, 2)
    absent = homeroom(school_class)
    other = UserFactory()
    client.force_login(administrator)
    client.post(
        reverse("directory:appointment_substitute", args=[absent.pk]),
        {"person": other.username, "starts_on": "2026-11-25", "ends_on": "2026-11-26"},
    )
    duty = Appointment.objects.get(user=other)
    assert (duty.role, duty.school_class, duty.substitute_for) == (Role.HOMEROOM, school_class, absent)
    text = client.get(PAGE).content.decode()
    assert str(other) in text
    assert f"代{absent.user}" in text

    def may_see(day: int, hour: int, minute: int) -> tuple[bool, bool]:
        local = datetime.datetime(2026, 11, day, hour, minute, tzinfo=timezone.get_default_timezone())
        with time_machine.travel(local, tick=False):
            people = User.objects.get(pk=other.pk), User.objects.get(pk=absent.user_id)
            return tuple(may(each, Capability.FILL_FIRST_PASS, school_class) for each in people)

    assert may_see(24, 23, 59) == (False, True)
    assert may_see(25, 0, 0) == (True, True)
    assert may_see(26, 23, 59) == (True, True)
    assert may_see(27, 0, 0) == (False, True)


def test_a_substitute_is_another_person_with_an_end_within_the_duty(school, administrator, place):
    absent = homeroom(place(3, 2), ends_on=DAY(2026, 12, 31))
    where = {"role": Role.HOMEROOM, "school": school, "school_class": absent.school_class, "substitute_for": absent}
    for user, ends_on in [
        (absent.user, DAY(2026, 12, 1)),
        (UserFactory(), None),
        (UserFactory(), DAY(2027, 1, 1)),
    ]:
        with pytest.raises(NoSubstitute):
            appoint(by=administrator, user=user, ends_on=ends_on, **where)
    with pytest.raises(NoSubstitute):
        appoint(
            by=administrator, user=UserFactory(), ends_on=DAY(2026, 12, 1), **{**where, "school_class": place(3, 3)}
        )
    first = appoint(by=administrator, user=UserFactory(), ends_on=DAY(2026, 12, 1), **where)
    with pytest.raises(NoSubstitute):
        appoint(by=administrator, user=UserFactory(), ends_on=DAY(2026, 12, 1), **{**where, "substitute_for": first})
    with pytest.raises(NoSubstitute):
        end_appointment(by=administrator, appointment=first, on=None)


# -- into the next term ------------------------------------------------------------------------------------------------


def copied(by, school, source, target, **chosen):
    lines = plan_copy(by=by, school=school, source=source, target=target)
    return copy_forward(by=by, school=school, source=source, target=target, chosen=chosen, seen=fingerprint(lines))


def test_within_a_school_year_a_duty_without_an_end_needs_nothing_and_one_with_an_end_is_given_anew(
    school, administrator, autumn, spring, place
):
    open_end, with_end = homeroom(place(3, 1)), homeroom(place(3, 2), ends_on=autumn.ends_on)
    run = copied(administrator, school, autumn, spring)
    open_end.refresh_from_db()
    assert open_end.ends_on is None
    given = Appointment.objects.get(user=with_end.user, starts_on=spring.starts_on)
    assert (given.school_class, given.ends_on) == (with_end.school_class, spring.ends_on)
    assert (run.given, run.ended) == (1, 0)
    # Again there is nothing left to give.
    assert copied(administrator, school, autumn, spring).given == 0


def test_in_a_new_school_year_teachers_move_up_with_their_class_and_the_sixth_grade_is_left(
    school, administrator, spring, next_year, place
):
    third, fourth, sixth, first = place(3, 2), place(4, 2), place(6, 1), place(1, 1)
    moving, leaving = homeroom(third), homeroom(sixth)
    lines = {line.duty: line for line in plan_copy(by=administrator, school=school, source=spring, target=next_year)}
    assert lines[moving].suggested == f"class-{fourth.pk}"
    assert lines[leaving].suggested == "none"
    assert f"class-{first.pk}" in dict(lines[leaving].choices)
    copied(administrator, school, spring, next_year, **{lines[leaving].key: f"class-{first.pk}"})
    for duty, to in ((moving, fourth), (leaving, first)):
        duty.refresh_from_db()
        assert duty.ends_on == DAY(2027, 8, 31)
        assert Appointment.objects.get(user=duty.user, starts_on=DAY(2027, 9, 1)).school_class == to


def test_who_is_not_taken_along_is_shown_with_the_reason(school, administrator, autumn, spring, place):
    over = homeroom(place(3, 1), ends_on=DAY(2026, 12, 31))
    inactive = homeroom(place(3, 2), user=UserFactory(is_active=False))
    absent = homeroom(place(3, 3))
    substitute = homeroom(place(3, 3), ends_on=DAY(2027, 1, 29), substitute_for=absent)
    states = {
        line.duty: line.state for line in plan_copy(by=administrator, school=school, source=autumn, target=spring)
    }
    assert states == {
        over: State.OVER,
        inactive: State.INACTIVE,
        absent: State.CHOICE,
        substitute: State.SUBSTITUTE,
        administrator.appointments.get(): State.OWN,
    }


def test_what_was_copied_is_taken_back_as_a_whole(school, administrator, spring, next_year, place):
    place(4, 2)
    duty = homeroom(place(3, 2))
    run = copied(administrator, school, spring, next_year)
    steps.undo(by=administrator, run=run)
    duty.refresh_from_db()
    assert duty.ends_on is None
    assert Appointment.objects.get(user=duty.user, starts_on=DAY(2027, 9, 1)).withdrawn_at is not None
    with pytest.raises(steps.CannotUndo):
        steps.undo(by=administrator, run=run)
    assert AuditEntry.objects.filter(action="duties.undo").count() == 1


def test_once_something_was_built_on_it_it_is_not_taken_back(school, administrator, spring, next_year, place):
    place(4, 2)
    duty = homeroom(place(3, 2))
    run = copied(administrator, school, spring, next_year)
    given = Appointment.objects.get(user=duty.user, starts_on=DAY(2027, 9, 1))
    end_appointment(by=administrator, appointment=given, on=DAY(2027, 12, 1))
    with pytest.raises(steps.CannotUndo):
        steps.undo(by=administrator, run=run)
    given.refresh_from_db()
    assert given.withdrawn_at is None


def test_after_two_weeks_it_is_not_taken_back(school, administrator, autumn, spring, place):
    homeroom(place(3, 2), ends_on=autumn.ends_on)
    run = copied(administrator, school, autumn, spring)
    with time_machine.travel(datetime.datetime(2026, 12, 20, 2, 0, tzinfo=datetime.UTC), tick=False):
        assert steps.why_not(run) == "late"


def test_what_changed_since_the_preview_stops_the_copy(desk, school, administrator, autumn, spring, place):
    duty = homeroom(place(3, 2))
    address = reverse("directory:appointments_copy")
    seen = desk.get(address).context["seen"]
    withdraw_appointment(by=administrator, appointment=duty)
    with pytest.raises(PlanChanged):
        copy_forward(by=administrator, school=school, source=autumn, target=spring, chosen={}, seen=seen)
    assert desk.post(address, {"seen": seen}).status_code == 409
    assert not DutyRun.objects.exists()


def test_the_copy_is_chosen_line_by_line_on_its_page_and_taken_back_there(
    desk, school, spring, next_year, autumn, place
):
    place(4, 2)
    duty, other = homeroom(place(3, 2)), homeroom(place(3, 3))
    address = f"{reverse('directory:appointments_copy')}?term={spring.pk}"
    page = desk.get(address)
    assert "新学年开始" in page.content.decode()
    answer = desk.post(address, {"seen": page.context["seen"], f"duty-{other.pk}": "same"}, follow=True)
    run = DutyRun.objects.get()
    assert "全部撤回" in answer.content.decode()
    assert Appointment.objects.filter(user=duty.user).count() == 2
    other.refresh_from_db()
    assert other.ends_on is None
    desk.post(reverse("directory:appointments_run_undo", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == "undone"


def test_nobody_but_an_administrator_of_the_school_copies(school, autumn, spring):
    stranger = person_with(Role.ADMINISTRATOR)
    with pytest.raises(NotPermitted):
        copy_forward(by=stranger, school=school, source=autumn, target=spring, chosen={}, seen="")
