"""Opening a round, moving its due day, closing it."""

import datetime

import pytest
from django.utils import timezone

from screening.errors import NotThisState, Refused
from screening.rounds.enums import RoundState
from screening.rounds.manage import InOpenRound, NoClasses, close_round, move_due_day, open_round
from screening.rounds.models import ClassPass, Round
from tests.factories.accounts import person_with
from tests.factories.school import GradeFactory, SchoolClassFactory, SchoolFactory, TermFactory
from tests.factories.screening import InstrumentVersionFactory, RoundFactory
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def counselor(school):
    return person_with(Role.COUNSELOR, school=school)


def opened(user, school, classes, **kwargs):
    today = timezone.localdate()
    return open_round(
        user=user,
        term=school.terms.first() or TermFactory(school=school),
        instrument_version=InstrumentVersionFactory(),
        **{"opens_on": today, "due_on": today + datetime.timedelta(days=5), "classes": classes, **kwargs},
    )


def test_a_round_opens_for_its_classes_with_the_next_number_of_the_term(school, counselor):
    classes = SchoolClassFactory.create_batch(2, grade=GradeFactory(school=school))
    first = opened(counselor, school, classes[:1])
    second = opened(counselor, school, classes[1:])
    assert [(round_.number, round_.state) for round_ in (first, second)] == [(1, RoundState.OPEN), (2, RoundState.OPEN)]
    assert [each.school_class for each in ClassPass.objects.order_by("pk")] == classes
    assert "第 2 轮" in second.name
    assert AuditEntry.objects.filter(action="round.open").count() == 2


def test_a_second_press_of_the_button_opens_no_second_round(school, counselor):
    classes = SchoolClassFactory.create_batch(2, grade=GradeFactory(school=school))
    first = opened(counselor, school, classes)
    with pytest.raises(InOpenRound) as refused:
        opened(counselor, school, classes)
    assert refused.value.classes == classes
    close_round(user=counselor, round_=first)
    assert opened(counselor, school, classes).number == 2


def test_a_round_without_classes_is_none(school, counselor):
    with pytest.raises(NoClasses):
        opened(counselor, school, [])
    assert not Round.objects.exists()


def test_a_new_due_day_counts_so_that_it_is_reminded_of_anew(school, counselor):
    round_ = RoundFactory(school=school)
    later = round_.due_on + datetime.timedelta(days=3)
    moved = move_due_day(user=counselor, round_=round_, due_on=later)
    assert (moved.due_on, moved.due_version) == (later, 2)
    assert move_due_day(user=counselor, round_=round_, due_on=later).due_version == 2, "the same day is no new one"


def test_a_due_day_before_the_first_day_is_refused(school, counselor):
    round_ = RoundFactory(school=school)
    with pytest.raises(Refused):
        move_due_day(user=counselor, round_=round_, due_on=round_.opens_on - datetime.timedelta(days=1))


def test_a_closed_round_is_not_moved_and_not_closed_twice(school, counselor):
    round_ = RoundFactory(school=school)
    assert close_round(user=counselor, round_=round_).state == RoundState.CLOSED
    with pytest.raises(NotThisState):
        close_round(user=counselor, round_=round_)
    with pytest.raises(NotThisState):
        move_due_day(user=counselor, round_=round_, due_on=round_.due_on)


@pytest.mark.parametrize("role", [Role.DEPUTY, Role.PRINCIPAL, Role.MORAL_EDUCATION, Role.ADMINISTRATOR])
def test_only_the_counselor_manages_rounds(school, role):
    other, round_ = person_with(role, school=school), RoundFactory(school=school)
    for act in (
        lambda: opened(other, school, [SchoolClassFactory(grade__school=school)]),
        lambda: move_due_day(user=other, round_=round_, due_on=round_.due_on),
        lambda: close_round(user=other, round_=round_),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_a_counselor_of_another_school_manages_nothing_here(school):
    stranger = person_with(Role.COUNSELOR)
    with pytest.raises(NotPermitted):
        close_round(user=stranger, round_=RoundFactory(school=school))
