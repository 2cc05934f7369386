"""The year's roll-over: where everybody goes, what stands in the way, who goes along, and back again."""

import datetime
import zoneinfo

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories.accounts import AppointmentFactory, person_with
from tests.factories.moves import class_of, history, moving_school
from tests.factories.school import StudentFactory, TermFactory
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry
from xinqiao.school.models import Enrolment, Move, SchoolClass, Student
from xinqiao.school.moves.children import change_class, leave
from xinqiao.school.moves.classes import close_class
from xinqiao.school.moves.current import apply_due_moves
from xinqiao.school.moves.errors import CannotUndo
from xinqiao.school.moves.undo import undo_move
from xinqiao.school.rollover import plan as planning
from xinqiao.school.rollover.apply import ClassesChanged, RollOverRefused, Teachers, roll_over
from xinqiao.school.rollover.plan import default_day, is_due, plan_roll_over

pytestmark = pytest.mark.django_db
CHINA = zoneinfo.ZoneInfo("Asia/Shanghai")
SUMMER = datetime.date(2027, 8, 20)
ON = datetime.date(2027, 9, 1)
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _summer():
    with time_machine.travel(datetime.datetime(2027, 8, 20, 9, tzinfo=CHINA), tick=False):
        yield


@pytest.fixture
def place():
    return moving_school()


def go(place, **given):
    return roll_over(**{"by": place.admin, "school": place.school, "on": ON, "teachers": Teachers.HOMEROOM_UP, **given})


def on_the_day():
    return time_machine.travel(datetime.datetime(2027, 9, 1, 0, 1, tzinfo=CHINA), tick=False)


def test_each_class_goes_one_grade_up_on_the_day_and_the_sixth_leaves(place):
    children = {grade: place.child(grade, 2) for grade in range(1, 7)}
    go(place)
    assert class_of(children[3]) == "3-2", "until the day all is as it was"
    with on_the_day():
        apply_due_moves()
        assert {grade: class_of(child) for grade, child in children.items()} == {
            1: "2-2", 2: "3-2", 3: "4-2", 4: "5-2", 5: "6-2", 6: "",
        }  # fmt: skip
    assert history(children[3]) == [("3-2", "2026-09-01", "2027-08-31"), ("4-2", "2027-09-01", "")]
    assert history(children[6]) == [("6-2", "2026-09-01", "2027-08-31")]


def test_it_may_be_entered_late_and_new_first_graders_stay_where_they_are(place):
    old, new = place.child(1, 1), StudentFactory(school=place.school)
    with time_machine.travel(datetime.datetime(2027, 9, 5, 9, tzinfo=CHINA), tick=False):
        Enrolment.objects.create(
            student=new, school_class=place.school_class(1, 1), starts_on=datetime.date(2027, 9, 2)
        )
        assert plan_roll_over(school=place.school, on=ON).staying == 1
        go(place)
        assert class_of(old) == "2-1"
    assert history(new) == [("1-1", "2027-09-02", "")]


def test_classes_that_are_missing_are_opened_and_those_that_nobody_follows_into_are_closed(place):
    place.child(3, 1), place.child(3, 2)
    place.child(4, 1), place.child(4, 3)
    close_class(by=place.admin, school_class=place.school_class(5, 3))
    go(place)
    state = {
        (each.grade.number, each.number): each.closed_on
        for each in SchoolClass.objects.filter(grade__school=place.school).select_related("grade")
    }
    assert state[4, 2] is None, "opened for 3-2"
    assert state[5, 3] is None, "opened again for 4-3"
    assert state[4, 3] == ON, "its children left it, and there is no 3-3"
    assert state[3, 1] == state[3, 2] == ON, "nobody sits in the second grade"


def test_the_first_grade_stays_open_for_its_children(place):
    place.child(1, 1)
    go(place)
    assert SchoolClass.objects.get(pk=place.school_class(1, 1).pk).closed_on is None


@pytest.mark.parametrize(
    ("teachers", "homeroom", "subject"),
    [
        (Teachers.HOMEROOM_UP, ["3-1", "4-1"], ["3-1"]),
        (Teachers.ALL_UP, ["3-1", "4-1"], ["3-1", "4-1"]),
        (Teachers.STAY, ["3-1"], ["3-1"]),
    ],
)
def test_who_goes_along_is_asked(place, teachers, homeroom, subject):
    place.child(3, 1)
    people = {role: place.homeroom(3, 1, role) for role in (Role.HOMEROOM, Role.TEACHER)}
    go(place, teachers=teachers)

    def classes(user):
        held = user.appointments.select_related("school_class__grade").order_by("starts_on")
        return [f"{each.school_class.grade.number}-{each.school_class.number}" for each in held]

    assert classes(people[Role.HOMEROOM]) == homeroom
    assert classes(people[Role.TEACHER]) == subject
    if len(homeroom) == 2:
        old, new = people[Role.HOMEROOM].appointments.order_by("starts_on")
        assert (old.ends_on, new.starts_on, new.ends_on) == (ON - DAY, ON, None)


def test_who_goes_along_sees_the_children_from_the_day_on_and_nobody_elses_before(place):
    child, teacher = place.child(3, 1), place.homeroom(3, 1)
    younger = place.child(2, 1)
    go(place)
    assert list(Student.objects.visible_to(teacher)) == [child]
    with on_the_day():
        apply_due_moves()
        teacher = type(teacher).objects.get(pk=teacher.pk)
        assert list(Student.objects.visible_to(teacher)) == [child]
        assert class_of(younger) == "3-1"


def test_nobody_takes_the_own_duty_up_and_one_given_already_is_not_given_twice(place):
    place.child(3, 1)
    for user in (place.admin, ready := place.homeroom(3, 1)):
        AppointmentFactory(
            user=user, role=Role.HOMEROOM, school=place.school,
            school_class=place.school_class(4, 1), starts_on=ON,
        )  # fmt: skip
    AppointmentFactory(user=place.admin, role=Role.HOMEROOM, school=place.school, school_class=place.school_class(3, 1))
    go(place)
    assert ready.appointments.count() == 2
    assert place.admin.appointments.filter(role=Role.HOMEROOM, ends_on=None).count() == 2


def test_taken_back_everything_is_as_it_was(place):
    children = [place.child(grade, 1) for grade in range(1, 7)]
    place.homeroom(3, 1)
    close_class(by=place.admin, school_class=place.school_class(6, 2))
    place.child(5, 2)

    def picture():
        return (
            [(class_of(child), history(child)) for child in children],
            list(SchoolClass.objects.filter(closed_on=None).order_by("pk").values_list("pk")),
            sorted((a.user_id, a.school_class_id, str(a.ends_on)) for a in _duties(place)),
        )

    before = picture()
    move = go(place)
    assert picture() != before
    undo_move(by=place.admin, move=move)
    assert picture() == before
    assert AuditEntry.objects.filter(action="move.undo").count() == 1
    go(place)  # and it can be done anew


def _duties(place):
    return [
        each
        for user in {a.user for a in place.school.appointments.all()}
        for each in user.appointments.filter(withdrawn_at=None)
    ]


def test_it_cannot_be_taken_back_once_a_child_has_moved_on(place):
    child = place.child(3, 1)
    move = go(place)
    with on_the_day():
        apply_due_moves()
        change_class(by=place.admin, student=child, to=place.school_class(4, 2), on=ON + 3 * DAY)
        with pytest.raises(CannotUndo):
            undo_move(by=place.admin, move=move)


def test_it_cannot_be_taken_back_once_somebody_new_sits_in_a_class_it_opened(place):
    place.child(3, 1)
    move = go(place)
    Enrolment.objects.create(
        student=StudentFactory(school=place.school), school_class=place.school_class(4, 1), starts_on=ON
    )
    with pytest.raises(CannotUndo):
        undo_move(by=place.admin, move=move)


def test_once_a_school_year_in_the_function_and_in_the_database(place):
    place.child(3, 1)
    move = go(place)
    with pytest.raises(RollOverRefused, match="2027"):
        go(place, on=ON + 30 * DAY)
    with pytest.raises(IntegrityError, match="one_roll_over_a_school_year"), transaction.atomic():
        Move.objects.create(school=place.school, kind="roll_over", on=ON, school_year=move.school_year)


def test_what_stands_in_the_way_is_said_and_nothing_is_done(place):
    child, _stays = place.child(3, 1), place.child(3, 2)
    leave(by=place.admin, student=child, on=ON + 10 * DAY, reason="moved_away")
    with pytest.raises(RollOverRefused) as refused:
        go(place)
    assert len(refused.value.plan.errors) == 1
    assert not plan_roll_over(school=moving_school().school, on=ON).steps
    assert plan_roll_over(school=moving_school().school, on=ON).errors
    assert plan_roll_over(school=place.school, on=SUMMER + 121 * DAY).errors
    assert plan_roll_over(school=place.school, on=SUMMER - 91 * DAY).errors
    assert history(child)[0][2] == "2027-09-10"


def test_another_room_may_stand_in_the_way(place):
    place.child(3, 1)
    planning._hindrances.append(lambda school, on: ["A round is open."])
    try:
        with pytest.raises(RollOverRefused, match="A round is open"):
            go(place)
    finally:
        planning._hindrances.pop()


def test_other_counts_than_those_that_were_shown_change_nothing(place):
    place.child(3, 1)
    with pytest.raises(ClassesChanged):
        go(place, expected=(2, 0))
    assert not Move.objects.exists()
    go(place, expected=(1, 0))


@pytest.mark.parametrize("role", [Role.PRINCIPAL, Role.COUNSELOR, Role.HOMEROOM])
def test_it_is_the_administrators(place, role):
    child = place.child(3, 1)
    scope = {"school_class": child.current_class} if role == Role.HOMEROOM else {}
    with pytest.raises(NotPermitted):
        go(place, by=person_with(role, school=place.school, **scope))


def test_another_school_is_left_alone(place):
    other = moving_school()
    place.child(3, 1), other.child(3, 1)
    go(place)
    assert not Enrolment.objects.filter(student__school=other.school).exclude(ends_on=None).exists()


def test_as_many_statements_for_sixty_children_as_for_six(place):
    def statements(school, children):
        for number in range(children):
            school.child(number % 6 + 1, 1)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            go(school)
        return len(captured)

    assert statements(moving_school(), 6) == statements(moving_school(), 60)


def test_the_day_comes_from_the_autumn_term_or_is_the_first_of_september(place):
    assert default_day(place.school, SUMMER) == ON
    TermFactory(
        school=place.school, name="秋", starts_on=datetime.date(2027, 8, 30), ends_on=datetime.date(2028, 1, 20)
    )
    assert default_day(place.school, SUMMER) == datetime.date(2027, 8, 30)
    assert default_day(place.school, datetime.date(2027, 11, 25)) == datetime.date(2028, 9, 1)


def test_it_is_due_in_summer_until_it_is_done(place):
    place.child(3, 1)
    assert is_due(place.school, SUMMER)
    assert not is_due(place.school, datetime.date(2027, 5, 1))
    go(place)
    assert not is_due(place.school, SUMMER)
    assert not is_due(moving_school().school, SUMMER), "a school without children"
