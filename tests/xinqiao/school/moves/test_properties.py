"""Whatever is done in whatever order, and taken back: a child sits in one class at most on each day, and today's is right."""

import datetime
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.moves import Moving, history, moving_school
from xinqiao.refused import Refused
from xinqiao.school.models import Enrolment, SchoolClass, Student
from xinqiao.school.moves.children import change_class, come_back, leave
from xinqiao.school.moves.classes import merge, split
from xinqiao.school.moves.current import apply_due_moves
from xinqiao.school.moves.undo import undo_move
from xinqiao.school.rollover.apply import Teachers, roll_over

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
START = datetime.date(2027, 2, 1)

_child = st.integers(0, 3)
_class = st.integers(0, 4)
_later = st.integers(-3, 9)
ACTS = st.one_of(
    st.tuples(st.just("change"), _child, _class, _later),
    st.tuples(st.just("leave"), _child, _later),
    st.tuples(st.just("back"), _child, _class, _later),
    st.tuples(st.just("merge"), _class, _class, _later),
    st.tuples(st.just("split"), _class, st.sets(_child), st.integers(1, 5), _later),
    st.tuples(st.just("up"), _later),
    st.tuples(st.just("undo"), st.integers(0, 5)),
    st.tuples(st.just("wait"), st.integers(1, 9)),
)


class Life:
    """A school of five classes and four children, one day after another."""

    def __init__(self) -> None:
        self.place: Moving = moving_school()
        self.children = [self.place.child(grade, number) for grade, number in ((1, 1), (1, 1), (1, 2), (6, 1))]
        self.classes = [self.place.school_class(*at) for at in ((1, 1), (1, 2), (2, 1), (6, 1), (6, 2))]
        self.today = START
        self.moves: list = []

    def act(self, kind: str, *args) -> None:
        if kind == "wait":
            self.today += args[0] * DAY
            apply_due_moves(self.today)
            return
        if kind == "undo":
            if len(self.moves) > args[0]:
                undo_move(by=self.place.admin, move=self.moves[-1 - args[0]], today=self.today)
                self.moves.pop(-1 - args[0])
            return
        self.moves.append(getattr(self, kind)(*args))

    def change(self, child, to, later):
        return change_class(student=self.children[child], to=self._fresh(to), **self._on(later))

    def leave(self, child, later):
        return leave(student=self.children[child], reason="other", **self._on(later))

    def back(self, child, to, later):
        return come_back(student=self.children[child], to=self._fresh(to), **self._on(later))

    def merge(self, one, into, later):
        return merge(school_class=self._fresh(one), into=self._fresh(into), **self._on(later))

    def split(self, one, children, number, later):
        chosen = [self.children[child].pk for child in children]
        return split(school_class=self._fresh(one), children=chosen, number=number, **self._on(later))

    def up(self, later):
        return roll_over(school=self.place.school, teachers=Teachers.STAY, **self._on(later))

    def _fresh(self, which):
        return SchoolClass.objects.select_related("grade__school").get(pk=self.classes[which].pk)

    def _on(self, later):
        return {"by": self.place.admin, "on": self.today + later * DAY, "today": self.today}

    def histories(self):
        return [history(child) for child in self.children]

    def check(self) -> None:
        for child in self.children:
            rows = list(Enrolment.objects.filter(student=child).order_by("starts_on"))
            for earlier, later in itertools.pairwise(rows):
                assert earlier.ends_on is not None, "only the last one is open"
                assert earlier.ends_on < later.starts_on, "no two on one day"
            holds = [
                row.school_class_id
                for row in rows
                if row.starts_on <= self.today and (row.ends_on is None or row.ends_on >= self.today)
            ]
            assert [Student.objects.get(pk=child.pk).current_class_id or None] == (holds or [None])
        closed = SchoolClass.objects.filter(grade__school=self.place.school, closed_on__isnull=False)
        for each in closed:
            reach = Enrolment.objects.filter(school_class=each)
            assert not reach.filter(ends_on=None).exists()
            assert not reach.filter(ends_on__gte=each.closed_on).exists()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ACTS, max_size=12))
def test_any_sequence_of_moves_and_undos_leaves_one_class_a_day_and_todays_is_the_one(acts):
    life = Life()
    for act in acts:
        before = life.histories()
        try:
            life.act(*act)
        except Refused:
            assert life.histories() == before, "what is refused changes nothing"
        life.check()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ACTS.filter(lambda act: act[0] not in {"undo", "wait"}), max_size=8))
def test_taken_back_one_after_the_other_from_the_last_everything_is_as_at_the_beginning(acts):
    life = Life()
    before = life.histories()
    for act in acts:
        try:
            life.act(*act)
        except Refused:
            continue
    while life.moves:
        life.act("undo", 0)
        life.check()
    assert life.histories() == before
