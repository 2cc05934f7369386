"""Whole classes: opened, closed, merged, split; with their teachers, and back again."""

import datetime

import pytest

from tests.factories.moves import BEGAN, class_of, history, moving_school
from xinqiao.accounts.models import Appointment
from xinqiao.school.models import SchoolClass
from xinqiao.school.moves.children import change_class, leave
from xinqiao.school.moves.classes import close_class, merge, next_number, open_class, split
from xinqiao.school.moves.errors import (
    CannotUndo,
    ClassClosed,
    ClassNotEmpty,
    ClassThere,
    DayRefused,
    NobodyChosen,
    OtherGrade,
)
from xinqiao.school.moves.undo import undo_move

pytestmark = pytest.mark.django_db
TODAY = datetime.date.today()
DAY = datetime.timedelta(days=1)
ON = max(TODAY, BEGAN + 30 * DAY)


@pytest.fixture
def place():
    return moving_school()


def closed_on(school_class: SchoolClass):
    return SchoolClass.objects.get(pk=school_class.pk).closed_on


def test_a_merge_moves_all_children_closes_the_class_and_ends_its_duties(place):
    children = [place.child(3, 1) for _each in range(3)]
    teacher, there = place.homeroom(3, 1), place.homeroom(3, 2)
    merge(by=place.admin, school_class=place.school_class(3, 1), into=place.school_class(3, 2), on=ON, today=ON)
    assert {class_of(child) for child in children} == {"3-2"}
    assert closed_on(place.school_class(3, 1)) == ON
    assert teacher.appointments.get().ends_on == ON - DAY
    assert there.appointments.get().ends_on is None
    assert place.school_class(3, 1) not in SchoolClass.objects.running(ON)


def test_a_merge_taken_back_opens_the_class_with_children_and_duties(place):
    child, teacher = place.child(3, 1), place.homeroom(3, 1)
    move = merge(by=place.admin, school_class=place.school_class(3, 1), into=place.school_class(3, 2), on=ON)
    undo_move(by=place.admin, move=move)
    assert history(child) == [("3-1", BEGAN.isoformat(), "")]
    assert closed_on(place.school_class(3, 1)) is None
    assert teacher.appointments.get().ends_on is None


def test_a_merge_on_which_something_was_built_stays(place):
    child = place.child(3, 1)
    move = merge(by=place.admin, school_class=place.school_class(3, 1), into=place.school_class(3, 2), on=ON, today=ON)
    change_class(by=place.admin, student=child, to=place.school_class(3, 3), on=ON + DAY, today=ON)
    with pytest.raises(CannotUndo):
        undo_move(by=place.admin, move=move, today=ON)


def test_a_merge_waits_until_no_child_has_a_move_ahead(place):
    child = place.child(3, 1)
    leave(by=place.admin, student=child, on=ON + 5 * DAY, reason="moved_away", today=ON)
    with pytest.raises(DayRefused):
        merge(by=place.admin, school_class=place.school_class(3, 1), into=place.school_class(3, 2), on=ON, today=ON)


def test_only_classes_of_one_grade_that_are_open_are_merged(place):
    place.child(3, 1)
    closed = place.school_class(3, 9)
    close_class(by=place.admin, school_class=closed)
    for error, into in (
        (OtherGrade, place.school_class(4, 1)),
        (OtherGrade, place.school_class(3, 1)),
        (ClassClosed, closed),
    ):
        with pytest.raises(error):
            merge(by=place.admin, school_class=place.school_class(3, 1), into=into, on=ON)


def test_a_split_moves_the_chosen_into_a_new_class(place):
    children = [place.child(3, 1) for _each in range(4)]
    place.school_class(3, 2)
    first = place.school_class(3, 1)
    assert next_number(first.grade) == 3
    split(by=place.admin, school_class=first, number=3, children=[child.pk for child in children[:2]], on=ON, today=ON)
    assert [class_of(child) for child in children] == ["3-3", "3-3", "3-1", "3-1"]


def test_a_split_taken_back_leaves_the_new_class_closed(place):
    children = [place.child(3, 1) for _each in range(2)]
    move = split(
        by=place.admin, school_class=place.school_class(3, 1), number=7, children=[children[0].pk], on=ON, today=ON
    )
    undo_move(by=place.admin, move=move, today=ON)
    assert class_of(children[0]) == "3-1"
    assert closed_on(place.school_class(3, 7)) == ON


def test_a_split_needs_some_who_go_and_some_who_stay_and_a_free_number(place):
    children = [place.child(3, 1) for _each in range(2)]
    elsewhere = place.child(3, 2)
    first = place.school_class(3, 1)
    for error, chosen, number in (
        (NobodyChosen, [], 5),
        (NobodyChosen, [child.pk for child in children], 5),
        (NobodyChosen, [elsewhere.pk], 5),
        (ClassThere, [children[0].pk], 2),
    ):
        with pytest.raises(error):
            split(by=place.admin, school_class=first, number=number, children=chosen, on=ON)


def test_a_class_is_closed_only_when_empty_and_opened_again_with_its_history(place):
    child = place.child(3, 1)
    first = place.school_class(3, 1)
    with pytest.raises(ClassNotEmpty):
        close_class(by=place.admin, school_class=first, today=ON)
    leave(by=place.admin, student=child, on=ON, reason="other", today=ON)
    close_class(by=place.admin, school_class=first, today=ON)
    assert open_class(by=place.admin, school=place.school, grade=3, number=1) == first
    assert closed_on(first) is None
    with pytest.raises(ClassThere):
        open_class(by=place.admin, school=place.school, grade=3, number=1)


def test_a_class_into_which_somebody_comes_later_is_not_closed(place):
    child = place.child(3, 1)
    change_class(by=place.admin, student=child, to=place.school_class(3, 2), on=ON + DAY, today=ON)
    with pytest.raises(ClassNotEmpty):
        close_class(by=place.admin, school_class=place.school_class(3, 2), today=ON)


def test_whoever_merges_does_not_end_the_own_duty(place):
    place.child(3, 1)
    own = Appointment.objects.create(
        user=place.admin,
        role="homeroom",
        school=place.school,
        school_class=place.school_class(3, 1),
        starts_on=BEGAN,
    )
    merge(by=place.admin, school_class=place.school_class(3, 1), into=place.school_class(3, 2), on=ON)
    own.refresh_from_db()
    assert own.ends_on is None
