"""Submitting a class once: everybody considered, everybody scored, the counts kept, those who need it put before the counselor."""

import datetime

import pytest
from django.utils import timezone

from screening.assessments.models import Assessment
from screening.errors import NotAllConsidered, RoundNotOpen
from screening.instruments.answers import unpack
from screening.levels import Suggestion
from screening.rounds.enums import Considered, PassState, ResponseState, RoundState
from screening.rounds.filling import confirm_rest
from screening.rounds.models import ClassPass, LevelCount, Response
from screening.rounds.submit import submit_class
from screening.rounds.summaries import count, rebuild, write_counts
from tests.factories.accounts import person_with
from tests.factories.school import StudentFactory
from tests.factories.screening import (
    A_CRITICAL_SIGN,
    A_SIGN,
    MANY_SIGNS,
    ClassPassFactory,
    ResponseFactory,
    RoundFactory,
    pass_of_a_class,
)
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry
from xinqiao.school.models import Student

pytestmark = pytest.mark.django_db
LEVELS = {"high": A_CRITICAL_SIGN, "priority": MANY_SIGNS, "general": A_SIGN, "none": {}}


@pytest.fixture
def considered():
    """A class of five: one child for each result, and one who was absent."""
    class_pass = pass_of_a_class(5)
    for child, signs in zip(class_pass.kids, LEVELS.values(), strict=False):
        ResponseFactory(class_pass=class_pass, student=child, signs=signs)
    ResponseFactory(class_pass=class_pass, student=class_pass.kids[4], considered=Considered.ABSENT)
    return class_pass


def submit(class_pass, **kwargs):
    return submit_class(user=class_pass.teacher, class_pass=class_pass, **kwargs)


def test_every_child_gets_domains_total_and_a_suggested_level(considered):
    submit(considered)
    levels = dict(Response.objects.values_list("student", "level"))
    assert [levels[child.pk] for child in considered.kids] == ["high", "priority", "general", "none", "unknown"]
    priority = Response.objects.get(student=considered.kids[1])
    assert priority.total == 11
    assert priority.domain_scores == [4, 5, 0, 2, 0]
    assert set(Response.objects.values_list("state", flat=True)) == {ResponseState.SUBMITTED}


def test_what_was_not_marked_counts_as_not_seen_but_for_a_child_who_was_absent(considered):
    submit(considered)
    assert Response.objects.get(student=considered.kids[3]).missing == 0
    absent = Response.objects.get(student=considered.kids[4])
    assert absent.missing == 30
    assert set(unpack(absent.answers)) == {None}


def test_those_who_need_it_come_before_the_counselor_and_nobody_else(considered):
    now = timezone.now()
    submit(considered, now=now)
    assert set(Assessment.objects.values_list("student", "suggested")) == {
        (considered.kids[0].pk, Suggestion.HIGH),
        (considered.kids[1].pk, Suggestion.PRIORITY),
    }
    assert Assessment.objects.get(suggested=Suggestion.HIGH).due_on == timezone.localdate(now)


def test_the_pass_says_who_when_and_how_many(considered):
    submit(considered)
    class_pass = ClassPass.objects.get()
    assert (class_pass.state, class_pass.submitted_by, class_pass.children) == (
        PassState.SUBMITTED,
        considered.teacher,
        5,
    )
    assert AuditEntry.objects.get(action="first_pass.submit").details == {"children": 5}


def test_a_second_submission_finds_it_done_and_changes_nothing(considered):
    submit(considered)
    before = list(Response.objects.order_by("pk").values())
    again = submit(considered)
    assert again.submitted
    assert list(Response.objects.order_by("pk").values()) == before
    assert AuditEntry.objects.filter(action="first_pass.submit").count() == 1
    assert Assessment.objects.count() == 2


def test_with_somebody_left_nothing_is_submitted(considered):
    StudentFactory.create_batch(2, school=considered.round.school, current_class=considered.school_class)
    with pytest.raises(NotAllConsidered) as refused:
        submit(considered)
    assert refused.value.left == 2
    assert "2" in str(refused.value)
    assert ClassPass.objects.get().state == PassState.DRAFT
    assert not LevelCount.objects.exists()


def test_a_child_who_has_left_the_class_is_kept_with_what_was_seen(considered):
    Student.objects.filter(pk=considered.kids[1].pk).update(current_class=None)
    submit(considered)
    assert Response.objects.get(student=considered.kids[1]).level == Suggestion.PRIORITY
    assert ClassPass.objects.get().children == 5


def test_a_closed_round_takes_no_submission():
    class_pass = pass_of_a_class(0, round=RoundFactory(state=RoundState.CLOSED))
    with pytest.raises(RoundNotOpen):
        submit(class_pass)


def test_before_its_first_day_a_round_takes_nothing(considered):
    the_day_before = timezone.now() - datetime.timedelta(days=1)
    with pytest.raises(RoundNotOpen):
        submit(considered, now=the_day_before)


@pytest.mark.parametrize("role", [Role.COUNSELOR, Role.DEPUTY, Role.PRINCIPAL, Role.ADMINISTRATOR])
def test_nobody_submits_for_the_homeroom_teacher(considered, role):
    with pytest.raises(NotPermitted):
        submit_class(user=person_with(role, school=considered.round.school), class_pass=considered)


def test_the_counts_are_those_of_the_responses(considered):
    submit(considered)
    assert dict(LevelCount.objects.values_list("level", "children")) == {
        "high": 1,
        "priority": 1,
        "general": 1,
        "none": 1,
        "unknown": 1,
    }


def test_the_counts_can_be_made_anew_from_the_responses(considered):
    submit(considered)
    other = ClassPassFactory(round=considered.round, submitted=True)
    ResponseFactory.create_batch(2, class_pass=other, signs=A_SIGN)
    kept = set(LevelCount.objects.filter(class_pass=considered.pk).values_list("level", "children"))
    write_counts(considered, {"none": 40})  # as if somebody had broken them
    assert rebuild(considered.round) == 2
    assert set(LevelCount.objects.filter(class_pass=considered.pk).values_list("level", "children")) == kept
    assert dict(count(other)) == {"general": 2}
    assert LevelCount.objects.get(class_pass=other).children == 2


def test_forty_five_children_by_exception_take_as_many_queries_as_five(django_assert_num_queries):
    class_pass = pass_of_a_class(45)
    for child in class_pass.kids[:4]:
        ResponseFactory(class_pass=class_pass, student=child, signs=A_SIGN)
    confirm_rest(user=class_pass.teacher, class_pass=class_pass, student_ids=[kid.pk for kid in class_pass.kids[4:]])
    class_pass = ClassPass.objects.select_related("school_class__grade").get()
    teacher = type(person_with(Role.TEACHER, school_class=class_pass.school_class)).objects.get(
        appointments__role=Role.HOMEROOM
    )
    with django_assert_num_queries(13):
        submit_class(user=teacher, class_pass=class_pass)
