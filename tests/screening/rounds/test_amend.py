"""Changing what was submitted: a new version with a reason; the first one stays."""

import pytest

from screening.assessments.models import Assessment
from screening.errors import Conflict, NotSubmitted, ReasonMissing, RoundNotOpen
from screening.instruments.answers import seen
from screening.levels import Suggestion
from screening.rounds.amend import amend_response
from screening.rounds.enums import Considered, ResponseState
from screening.rounds.manage import close_round
from screening.rounds.models import LevelCount, Response
from screening.rounds.summaries import rebuild
from tasks.models import OutboxMessage
from tests.factories.accounts import person_with
from tests.factories.screening import A_SIGN, ResponseFactory, answers_of, pass_of_a_class
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted():
    """A submitted class of two: a sign was seen of one."""
    class_pass = pass_of_a_class(2, submitted=True)
    class_pass.rows = [
        ResponseFactory(class_pass=class_pass, student=class_pass.kids[0], signs=A_SIGN, note="一句"),
        ResponseFactory(class_pass=class_pass, student=class_pass.kids[1]),
    ]
    rebuild(class_pass.round)
    return class_pass


def amend(class_pass, row=None, *, reason="周三又看到一次", user=None, note="", **signs):
    return amend_response(
        user=user or class_pass.teacher,
        response=row or class_pass.rows[0],
        answers=answers_of(class_pass, **signs),
        note=note,
        reason=reason,
    )


def test_both_versions_stay_with_the_reason(submitted):
    new = amend(submitted, e1=2, note="两句")
    old = submitted.rows[0]
    old.refresh_from_db()
    form = submitted.round.instrument_version.parsed
    assert (old.state, seen(form, old.unpacked), old.note) == (ResponseState.AMENDED, {"e1": 1}, "一句")
    assert (new.state, new.revision, seen(form, new.unpacked)) == (ResponseState.SUBMITTED, 2, {"e1": 2})
    assert (new.reason, new.note) == ("周三又看到一次", "两句")
    assert Response.objects.current().filter(student=old.student_id).get() == new


def test_the_trail_says_that_it_was_changed_and_not_what(submitted):
    new = amend(submitted, e1=2)
    entry = AuditEntry.objects.get(action="response.amend")
    assert entry.details == {"revision": 2, "before": str(submitted.rows[0].pk)}
    assert entry.student_id == new.student_id


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_without_a_reason_nothing_is_changed(submitted, reason):
    with pytest.raises(ReasonMissing):
        amend(submitted, reason=reason, e1=3)
    assert Response.objects.count() == 2


def test_the_counts_follow(submitted):
    amend(submitted, e1=2, e2=2, b1=3, b2=2)
    assert dict(LevelCount.objects.values_list("level", "children")) == {"priority": 1, "none": 1}


def test_a_child_who_now_needs_it_comes_before_the_counselor(submitted):
    assert not Assessment.objects.exists()
    amend(submitted, e1=2, e2=2, b1=3, b2=2)
    assert Assessment.objects.get().suggested == Suggestion.PRIORITY


def test_a_critical_sign_found_later_tells_the_counselor_at_once(submitted):
    counselor = person_with(Role.COUNSELOR, school=submitted.round.school)
    new = amend(submitted, b5=1)
    assert new.told_at is not None
    assert OutboxMessage.objects.get().recipient == counselor
    amend(submitted, new, b5=2)
    assert OutboxMessage.objects.count() == 1


def test_taking_signs_back_never_takes_the_child_from_the_counselor(submitted):
    new = amend(submitted, e5=1)
    amend(submitted, new, reason="听错了")
    assert Assessment.objects.get().suggested == Suggestion.HIGH


def test_without_a_sign_it_says_observed_and_nothing_unusual(submitted):
    assert amend(submitted).considered == Considered.CONFIRMED


def test_of_two_who_change_the_same_version_the_second_sees_the_first_ones(submitted):
    new = amend(submitted, e1=2)
    with pytest.raises(Conflict) as conflict:
        amend(submitted, submitted.rows[0], e1=3)
    assert conflict.value.current == new


def test_a_class_that_is_not_submitted_is_changed_in_its_form():
    class_pass = pass_of_a_class(1)
    row = ResponseFactory(class_pass=class_pass, student=class_pass.kids[0], signs=A_SIGN)
    with pytest.raises(NotSubmitted):
        amend(class_pass, row, e1=2)


def test_a_closed_round_is_not_changed_any_more(submitted):
    close_round(user=person_with(Role.COUNSELOR, school=submitted.round.school), round_=submitted.round)
    with pytest.raises(RoundNotOpen):
        amend(submitted, e1=2)


def test_only_the_classs_own_teacher_changes_it(submitted):
    with pytest.raises(NotPermitted):
        amend(submitted, user=person_with(Role.COUNSELOR, school=submitted.round.school), e1=2)
