"""Random walks over every state of the loop: the database lets through exactly the moves of the tables in the code."""

import itertools

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.assessments.enums import ASSESSMENT_MOVES, AssessmentState
from screening.assessments.models import Assessment
from screening.cases.enums import CASE_MOVES, CRISIS_MOVES, FOLLOW_UP_MOVES, CaseState, CrisisState, FollowUpState
from screening.cases.models import Case, CrisisRecord, FollowUp
from screening.cases.write import move_case
from screening.errors import Refused
from screening.referrals.enums import (
    REFERRAL_MOVES,
    ReferralState,
    next_states,
)
from screening.referrals.models import Referral
from screening.referrals.refer import move_referral
from tests.factories.cases import SchoolWithPeople, a_case, a_referral, an_assessment, write
from xinqiao.consents.enums import CONSENT_MOVES, ConsentState
from xinqiao.consents.models import Consent

pytestmark = pytest.mark.django_db
WALKS = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _assessment(people):
    mine = Assessment.objects.filter(pk=an_assessment(people).pk)
    write(mine, assessor=people.counselor, determined="priority", reason="理由", completed_at=timezone.now())
    return mine


def _case(people):
    mine = Case.objects.filter(pk=a_case(people).pk)
    write(mine, closing="理由", closed_at=timezone.now())
    return mine


def _crisis(people):
    return CrisisRecord.objects.filter(pk=a_case(people, "high").crisis_id)


def _follow_up(people):
    mine = FollowUp.objects.filter(pk=a_case(people).follow_ups.first().pk)
    write(mine, happened_on=timezone.localdate(), written_at=timezone.now(), done_by=people.counselor, note="见过")
    return mine


def _consent(people):
    referral = a_referral(people, until="awaiting_consent")
    mine = Consent.objects.filter(pk=referral.consent_id)
    now = timezone.now()
    mine.update(
        guardian=referral.guardian, how="phone", answered_at=now, recorded_by=people.counselor, withdrawn_at=now
    )
    return mine


def _referral(people):
    mine = Referral.objects.filter(pk=a_referral(people, until="given").pk)
    write(mine, sent_at=timezone.now(), minimum_checked_by=people.counselor, answer_due_on=timezone.localdate())
    return mine


@pytest.mark.parametrize(
    ("make", "states", "moves"),
    [
        (_assessment, AssessmentState, ASSESSMENT_MOVES),
        (_case, CaseState, CASE_MOVES),
        (_crisis, CrisisState, CRISIS_MOVES),
        (_follow_up, FollowUpState, FOLLOW_UP_MOVES),
        (_consent, ConsentState, CONSENT_MOVES),
        (_referral, ReferralState, REFERRAL_MOVES),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_the_database_knows_the_table(make, states, moves):
    mine = make(SchoolWithPeople())
    start = mine.get().state

    @WALKS
    @given(walk=st.lists(st.sampled_from(list(states)), min_size=1, max_size=8))
    def goes(walk):
        with transaction.atomic():
            at = start
            for to in walk:
                if to == at:
                    continue
                try:
                    with transaction.atomic():
                        mine.update(state=to)
                    went = True
                except DatabaseError:
                    went = False
                assert went == ((at, to) in moves), f"{at} -> {to}"
                at = to if went else at
            transaction.set_rollback(True)

    goes()


@WALKS
@given(walk=st.lists(st.sampled_from(list(ReferralState)), min_size=1, max_size=8))
def test_the_hospitals_answers_follow_the_table_too(walk):
    with transaction.atomic():
        people = SchoolWithPeople()
        referral = a_referral(people, until="sent")
        at = referral.state
        for to in walk:
            try:
                with transaction.atomic():
                    at_next = move_referral(user=people.counselor, referral=referral, to_state=to, note="一句话").state
            except Refused:
                assert to not in next_states(at)
            else:
                assert to in next_states(at)
                at = at_next
        moves = list(referral.moves.values_list("from_state", "to_state"))
        assert all(before[1] == after[0] for before, after in itertools.pairwise(moves))
        assert moves[-1][1] == at
        transaction.set_rollback(True)


@WALKS
@given(walk=st.lists(st.sampled_from(list(CaseState)), min_size=1, max_size=8))
def test_a_cases_way_follows_the_table(walk):
    with transaction.atomic():
        people = SchoolWithPeople()
        case = a_case(people)
        at = case.state
        for to in walk:
            try:
                with transaction.atomic():
                    at_next = move_case(user=people.counselor, case=case, to_state=to, reason="理由").state
            except Refused:
                assert (at, to) not in CASE_MOVES
            else:
                assert (at, to) in CASE_MOVES
                at = at_next
        transaction.set_rollback(True)
