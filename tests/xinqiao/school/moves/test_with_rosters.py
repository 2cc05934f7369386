"""Rosters and moves on one directory: neither writes over the other."""

import datetime

import pytest
import time_machine

from tests.factories.moves import BEGAN, class_of, history, moving_school
from tests.factories.rosters import row, xlsx
from tests.factories.school import StudentFactory
from xinqiao.school.models import SchoolClass, Student
from xinqiao.school.moves.children import change_class, leave
from xinqiao.school.moves.classes import close_class
from xinqiao.school.moves.errors import CannotUndo
from xinqiao.school.moves.undo import undo_move
from xinqiao.school.roster.apply import import_roster
from xinqiao.school.roster.errors import FileRefused

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 25)
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _november():
    with time_machine.travel(datetime.datetime(2026, 11, 25, 4, tzinfo=datetime.UTC), tick=False):
        yield


@pytest.fixture
def place():
    return moving_school()


@pytest.fixture
def take(place, tmp_path):
    def take(*rows):
        return import_roster(school=place.school, by=None, path=xlsx(tmp_path / "roster.xlsx", list(rows)))

    return take


def known(place, number="20260001", **facts):
    return place.child(3, 2, number=number, name="王小明", sex="m", born_on=datetime.date(2018, 3, 5), **facts)


def test_a_roster_does_not_write_over_a_move_that_waits_for_its_day(place, take):
    child, stays = known(place), known(place, "20260002")
    move = leave(by=place.admin, student=child, on=TODAY + 9 * DAY, reason="moved_away")
    before = [history(each) for each in (child, stays)]
    with pytest.raises(FileRefused, match="1 个孩子"):
        take(row(班级="1班"), row("20260002"))
    with pytest.raises(FileRefused, match="1 个孩子"):
        take(row("20260002"))  # would have left
    assert [history(each) for each in (child, stays)] == before
    assert take(row(), row("20260002")).counts()["left"] == 0, "who does not move is no matter"
    undo_move(by=place.admin, move=move)
    take(row(班级="1班"), row("20260002"))
    assert class_of(child) == "3-1"


def test_a_class_that_was_closed_is_opened_again_where_a_roster_names_it(place, take):
    closed = place.school_class(3, 2)
    close_class(by=place.admin, school_class=closed)
    assert take(row()).classes == [(3, 2)]
    assert SchoolClass.objects.get(pk=closed.pk).closed_on is None
    assert class_of(Student.objects.get(school=place.school)) == "3-2"


def test_who_left_by_one_roster_and_stands_in_the_next_of_the_same_day_is_back(place, take):
    others = [row("20260009", name="周远", 班级="2班")]
    take(row(), *others)
    take(*others)
    child = Student.objects.get(number="20260001")
    assert class_of(child) == ""
    take(row(), *others)
    assert history(child) == [("3-2", TODAY.isoformat(), "")]
    assert class_of(child) == "3-2"


def test_what_a_roster_corrected_is_no_longer_the_moves_to_take_back(place, take):
    child = known(place)
    move = change_class(by=place.admin, student=child, to=place.school_class(3, 3), on=TODAY)
    take(row(班级="1班"))
    assert history(child) == [("3-2", BEGAN.isoformat(), "2026-11-24"), ("3-1", TODAY.isoformat(), "")]
    with pytest.raises(CannotUndo):
        undo_move(by=place.admin, move=move)


def test_a_child_elsewhere_with_a_move_ahead_is_no_matter(place, take):
    other = moving_school()
    leave(by=other.admin, student=other.child(3, 2, number="20260001"), on=TODAY + DAY, reason="other")
    StudentFactory(school=place.school, number="20269999")
    take(row())
    assert Student.objects.filter(school=place.school, number="20260001").exists()
