"""One child: joins, changes class, leaves, comes back; with dates, on the record, and back again."""

import datetime
import zoneinfo

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from tests.factories.accounts import person_with
from tests.factories.moves import TODAY, class_of, history, moving_school
from tests.factories.school import GuardianFactory, GuardianshipFactory, StudentFactory
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry
from xinqiao.refused import NotThisState
from xinqiao.school.enrolment import enrol
from xinqiao.school.models import Enrolment, Guardian, Move, Student
from xinqiao.school.moves.children import change_class, come_back, join, leave
from xinqiao.school.moves.classes import close_class
from xinqiao.school.moves.current import apply_due_moves
from xinqiao.school.moves.errors import (
    CannotUndo,
    ClassClosed,
    DayRefused,
    InClassAlready,
    InNoClass,
    NamesakeThere,
    NumberTaken,
    SameClass,
    UndoTooLate,
)
from xinqiao.school.moves.models import UNDO_DAYS
from xinqiao.school.moves.undo import can_undo, undo_move

pytestmark = [pytest.mark.django_db]
DAY = datetime.timedelta(days=1)
CHINA = zoneinfo.ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def _november():
    with time_machine.travel(datetime.datetime(2026, 11, 25, 10, tzinfo=CHINA), tick=False):
        yield


@pytest.fixture
def place():
    return moving_school()


def new_child(place, **given):
    facts = {"number": "N1", "name": "林小满", "sex": "f", "born_on": datetime.date(2018, 3, 4)}
    where = {"school_class": place.school_class(3, 1), "on": TODAY}
    return join(by=place.admin, school=place.school, **{**facts, **where, **given})


def test_a_change_of_class_keeps_the_history_by_dates(place):
    child = place.child(3, 1)
    change_class(by=place.admin, student=child, to=place.school_class(3, 2), on=TODAY)
    assert history(child) == [("3-1", "2026-09-01", "2026-11-24"), ("3-2", "2026-11-25", "")]
    assert class_of(child) == "3-2"


def test_it_is_on_the_record_without_a_name(place):
    child = place.child(3, 1)
    move = change_class(by=place.admin, student=child, to=place.school_class(3, 2), on=TODAY)
    entry = AuditEntry.objects.get(action="student.change")
    assert (entry.actor, entry.student_id, entry.target_id) == (place.admin, child.pk, str(move.pk))
    assert child.name not in str(entry.details)


def test_a_move_in_the_future_takes_effect_on_its_day_and_not_before(place):
    child = place.child(3, 1)
    homeroom = place.homeroom(3, 2)
    change_class(by=place.admin, student=child, to=place.school_class(3, 2), on=TODAY + 7 * DAY)
    assert class_of(child) == "3-1"
    with time_machine.travel(datetime.datetime(2026, 12, 1, 23, 59, tzinfo=CHINA)):
        assert apply_due_moves() == 0
    with time_machine.travel(datetime.datetime(2026, 12, 2, 0, 1, tzinfo=CHINA)):
        assert apply_due_moves() == 1
        assert class_of(child) == "3-2"
        assert list(Student.objects.visible_to(homeroom)) == [child]
        assert apply_due_moves() == 0


def test_a_server_that_stood_still_catches_up(place):
    child = place.child(3, 1)
    leave(by=place.admin, student=child, on=TODAY + DAY, reason="moved_away")
    with time_machine.travel(datetime.datetime(2026, 12, 20, 8, tzinfo=CHINA)):
        assert apply_due_moves() == 1
    assert class_of(child) == ""


def test_who_leaves_is_in_no_class_and_can_come_back(place):
    child = place.child(3, 1)
    leave(by=place.admin, student=child, on=TODAY - 30 * DAY, reason="suspended")
    assert class_of(child) == ""
    come_back(by=place.admin, student=child, to=place.school_class(3, 2), on=TODAY)
    assert history(child) == [("3-1", "2026-09-01", "2026-10-25"), ("3-2", "2026-11-25", "")]


def test_a_new_child_is_found_by_pinyin_at_once(place):
    child = new_child(place).student
    assert list(Student.objects.search("lxm")) == [child]
    assert history(child) == [("3-1", "2026-11-25", "")]


@pytest.mark.parametrize(
    ("there", "given"),
    [
        ({"name": "林小满", "born_on": datetime.date(2018, 3, 4)}, {}),
        ({"name": "林晓满", "born_on": datetime.date(2018, 3, 4)}, {}),  # sounds the same
        ({"name": "林小满", "born_on": None}, {}),
        ({"name": "林小满", "born_on": datetime.date(2017, 1, 1)}, {"born_on": None}),
    ],
)
def test_who_may_be_the_same_child_is_shown_before_a_record_is_made(place, there, given):
    known = place.child(3, 2, **there)
    with pytest.raises(NamesakeThere) as raised:
        new_child(place, **given)
    assert raised.value.found == [known]
    assert not Student.objects.filter(number="N1").exists()
    assert new_child(place, looked_at=True, **given).student.number == "N1"


def test_another_birthday_or_another_school_is_another_child(place):
    place.child(3, 2, name="林小满", born_on=datetime.date(2017, 3, 4))
    StudentFactory(name="林小满", born_on=datetime.date(2018, 3, 4))
    assert new_child(place).student.pk


def test_what_does_not_fit_is_refused_and_changes_nothing(place):
    child, gone = place.child(3, 1), place.child(3, 1)
    here, there = place.school_class(3, 1), place.school_class(3, 2)
    leave(by=place.admin, student=gone, on=TODAY, reason="other")
    closed = place.school_class(3, 9)
    close_class(by=place.admin, school_class=closed)
    tries = [
        (SameClass, lambda: change_class(by=place.admin, student=child, to=here, on=TODAY)),
        (ClassClosed, lambda: change_class(by=place.admin, student=child, to=closed, on=TODAY)),
        (DayRefused, lambda: change_class(by=place.admin, student=child, to=there, on=datetime.date(2026, 9, 1))),
        (DayRefused, lambda: change_class(by=place.admin, student=child, to=there, on=TODAY + 200 * DAY)),
        (InNoClass, lambda: change_class(by=place.admin, student=gone, to=there, on=TODAY + DAY)),
        (InNoClass, lambda: leave(by=place.admin, student=gone, on=TODAY + DAY, reason="other")),
        (InClassAlready, lambda: come_back(by=place.admin, student=child, to=there, on=TODAY)),
        (DayRefused, lambda: come_back(by=place.admin, student=gone, to=there, on=TODAY - DAY)),
        (NumberTaken, lambda: new_child(place, number=child.number)),
    ]
    before = list(Enrolment.objects.order_by("pk").values())
    for error, act in tries:
        with pytest.raises(error):
            act()
    assert list(Enrolment.objects.order_by("pk").values()) == before


def test_a_move_entered_ahead_must_be_taken_back_before_another(place):
    child = place.child(3, 1)
    ahead = leave(by=place.admin, student=child, on=TODAY + 10 * DAY, reason="moved_away")
    with pytest.raises(DayRefused):
        change_class(by=place.admin, student=child, to=place.school_class(3, 2), on=TODAY)
    undo_move(by=place.admin, move=ahead)
    change_class(by=place.admin, student=child, to=place.school_class(3, 2), on=TODAY)
    assert class_of(child) == "3-2"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_but_the_administrator_moves_a_child(place, role):
    child = place.child(3, 1)
    scope = {"school_class": child.current_class} if role in {Role.HOMEROOM, Role.TEACHER} else {}
    scope |= {"grade": child.current_class.grade} if role == Role.GRADE_LEADER else {}
    other = person_with(role, school=place.school, **scope)
    for act in (
        lambda: leave(by=other, student=child, on=TODAY, reason="other"),
        lambda: change_class(by=other, student=child, to=place.school_class(3, 2), on=TODAY),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_the_administrator_of_another_school_moves_nobody_here(place):
    child = place.child(3, 1)
    with pytest.raises(NotPermitted):
        leave(by=moving_school().admin, student=child, on=TODAY, reason="other")


# -- back again --------------------------------------------------------------------------------------------------------


def test_taking_back_the_last_move_puts_everything_as_it_was_and_is_on_the_record(place):
    child = place.child(3, 1)
    before = history(child)
    move = change_class(by=place.admin, student=child, to=place.school_class(3, 2), on=TODAY)
    undo_move(by=place.admin, move=move)
    assert history(child) == before
    assert class_of(child) == "3-1"
    move.refresh_from_db()
    assert move.undone_by == place.admin
    assert AuditEntry.objects.filter(action="move.undo", student_id=child.pk).count() == 1


def test_a_move_that_another_was_built_on_is_not_taken_back(place):
    child = place.child(3, 1)
    first = change_class(by=place.admin, student=child, to=place.school_class(3, 2), on=TODAY - 5 * DAY)
    second = change_class(by=place.admin, student=child, to=place.school_class(3, 3), on=TODAY)
    assert not can_undo(first)
    with pytest.raises(CannotUndo):
        undo_move(by=place.admin, move=first)
    undo_move(by=place.admin, move=second)
    undo_move(by=place.admin, move=first)
    assert history(child) == [("3-1", "2026-09-01", "")]


def test_a_return_stands_on_the_leaving_before_it(place):
    child = place.child(3, 1)
    gone = leave(by=place.admin, student=child, on=TODAY - 5 * DAY, reason="suspended")
    come_back(by=place.admin, student=child, to=place.school_class(3, 1), on=TODAY)
    with pytest.raises(CannotUndo):
        undo_move(by=place.admin, move=gone)


def test_twice_is_refused_and_so_is_too_late(place):
    child = place.child(3, 1)
    move = leave(by=place.admin, student=child, on=TODAY, reason="other")
    with (
        time_machine.travel(datetime.datetime(2026, 11, 25, 10, tzinfo=CHINA) + (UNDO_DAYS + 1) * DAY),
        pytest.raises(UndoTooLate),
    ):
        undo_move(by=place.admin, move=move)
    undo_move(by=place.admin, move=move)
    with pytest.raises(NotThisState):
        undo_move(by=place.admin, move=move)


def test_back_into_a_class_that_was_closed_meanwhile_is_refused_in_words(place):
    child = place.child(3, 1)
    move = change_class(by=place.admin, student=child, to=place.school_class(3, 2), on=TODAY)
    close_class(by=place.admin, school_class=place.school_class(3, 1))
    with pytest.raises(CannotUndo):
        undo_move(by=place.admin, move=move)


def test_a_child_entered_by_mistake_goes_again_with_the_guardians_entered_for_it(place):
    move = new_child(place)
    GuardianshipFactory(student=move.student, guardian=GuardianFactory(school=place.school))
    undo_move(by=place.admin, move=move)
    assert not Student.objects.filter(number="N1").exists()
    assert not Guardian.objects.filter(school=place.school).exists()
    assert Move.objects.get(pk=move.pk).student is None


def test_a_joining_taken_back_after_a_change_was_is_fine(place):
    joined = new_child(place, on=TODAY - 5 * DAY)
    changed = change_class(by=place.admin, student=joined.student, to=place.school_class(3, 2), on=TODAY)
    undo_move(by=place.admin, move=changed)
    undo_move(by=place.admin, move=joined)
    assert not Student.objects.filter(number="N1").exists()


# -- the database ------------------------------------------------------------------------------------------------------


def test_the_database_refuses_a_child_in_two_classes_on_one_day(place):
    child = place.child(3, 1)
    with pytest.raises(IntegrityError, match="two classes"), transaction.atomic():
        Enrolment.objects.create(
            student=child, school_class=place.school_class(3, 2), starts_on=TODAY, ends_on=TODAY + DAY
        )
    enrol(student=child, school_class=place.school_class(3, 2), on=TODAY)
    with pytest.raises(IntegrityError, match="two classes"), transaction.atomic():
        Enrolment.objects.filter(student=child, starts_on=TODAY).update(starts_on=TODAY - 3 * DAY)


def test_the_database_refuses_a_closed_class_and_closing_one_with_children(place):
    child = place.child(3, 1)
    with pytest.raises(IntegrityError, match="children sit"), transaction.atomic():
        type(child.current_class).objects.filter(pk=child.current_class_id).update(closed_on=TODAY)
    closed = place.school_class(3, 9)
    close_class(by=place.admin, school_class=closed)
    with pytest.raises(IntegrityError, match="closed"), transaction.atomic():
        enrol(student=child, school_class=closed, on=TODAY)


def test_the_database_keeps_a_move_as_it_was_made_and_taken_back_once(place):
    move = leave(by=place.admin, student=place.child(), on=TODAY, reason="other")
    for change in ({"on": TODAY - DAY}, {"reason": "graduated"}, {"made_by": None}):
        with pytest.raises(Exception, match="pgtrigger"), transaction.atomic():
            Move.objects.filter(pk=move.pk).update(**change)
    undo_move(by=place.admin, move=move)
    with pytest.raises(Exception, match="pgtrigger"), transaction.atomic():
        Move.objects.filter(pk=move.pk).update(undone_at=None)


def test_a_roster_of_many_is_checked_in_one_go(place, django_assert_num_queries):
    children = [place.child(3, 1) for _each in range(20)]
    with django_assert_num_queries(1):
        Enrolment.objects.filter(student__in=children).update(ends_on=TODAY)
    assert connection.vendor == "postgresql"
