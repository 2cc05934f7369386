"""What somebody with a database prompt and bad or careless intent meets: the database itself refuses."""

import pytest
from django.db import DatabaseError, connection, transaction

from screening.cases.levels import change_level
from tests.factories.cases import SchoolWithPeople, a_case, a_referral
from tests.factories.training import certified, course_with
from xinqiao.audit.trail import record

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids() -> dict[str, object]:
    """A high case with its letter sent, another child, a question about the level, a certificate."""
    people = SchoolWithPeople()
    case = a_case(people, "high")
    referral = a_referral(people, case, "sent")
    change_level(user=people.counselor, case=case, to_level="priority", reason="看起来好一些")
    record(actor=people.counselor, action="case.read_narrative", target=case)
    return {
        "case": case.pk,
        "crisis": case.crisis_id,
        "assessment": case.assessment_id,
        "response": case.assessment.response_id,
        "referral": referral.pk,
        "consent": referral.consent_id,
        "certificate": certified(course_with(lessons=1)).pk,
        "other_child": people.child().pk,
        "counselor": people.counselor.pk,
        "deputy": people.deputy.pk,
    }


@transaction.atomic
def run(statement: str, ids: dict[str, object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, ids)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


STATEMENTS = [
    "UPDATE screening_cases_case SET level = 'general' WHERE id = %(case)s",
    "UPDATE screening_cases_case SET level = 'priority', lowered_by_id = (SELECT id FROM screening_cases_levelchange)"
    " WHERE id = %(case)s",
    "UPDATE screening_cases_case SET owner_id = NULL WHERE id = %(case)s",
    "UPDATE screening_cases_case SET crisis_id = NULL WHERE id = %(case)s",
    "UPDATE screening_cases_case SET state = 'closed', closed_at = now() WHERE id = %(case)s",
    "UPDATE screening_cases_case SET student_id = %(other_child)s WHERE id = %(case)s",
    "UPDATE screening_cases_crisisrecord SET student_id = %(other_child)s WHERE id = %(crisis)s",
    "UPDATE screening_assessments_assessment SET student_id = %(other_child)s WHERE id = %(assessment)s",
    "UPDATE screening_assessments_assessment SET determined = 'none' WHERE id = %(assessment)s",
    "UPDATE screening_assessments_assessment SET state = 'in_progress' WHERE id = %(assessment)s",
    "UPDATE screening_rounds_response SET level = 'none' WHERE id = %(response)s",
    "UPDATE screening_rounds_response SET state = 'draft' WHERE id = %(response)s",
    "UPDATE screening_cases_levelchange SET state = 'agreed', answered_by_id = asked_by_id, answered_at = now()",
    "UPDATE screening_cases_levelchange SET asked_by_id = %(deputy)s",
    "UPDATE screening_cases_levelchange SET to_level = 'general'",
    "UPDATE screening_referrals_referral SET hospital = 'x' WHERE id = %(referral)s",
    "UPDATE screening_referrals_referral SET observed = 'x' WHERE id = %(referral)s",
    "UPDATE screening_referrals_referral SET sent_at = NULL WHERE id = %(referral)s",
    "UPDATE screening_referrals_referral SET state = 'draft' WHERE id = %(referral)s",
    "UPDATE screening_referrals_referral SET consent_id = NULL, emergency = true WHERE id = %(referral)s",
    "UPDATE screening_referrals_referral SET minimum_checked_by_id = %(deputy)s WHERE id = %(referral)s",
    "UPDATE screening_referrals_consent SET how = 'paper' WHERE id = %(consent)s",
    "UPDATE screening_referrals_consent SET state = 'requested' WHERE id = %(consent)s",
    "UPDATE training_certificate SET holder_name = 'x' WHERE id = %(certificate)s",
    "UPDATE training_certificate SET valid_until = '2099-01-01' WHERE id = %(certificate)s",
    "UPDATE audit_auditentry SET actor_id = NULL",
    "DELETE FROM audit_auditentry",
    "TRUNCATE audit_auditentry CASCADE",
    "DELETE FROM training_certificate WHERE id = %(certificate)s",
    "DELETE FROM screening_cases_case WHERE id = %(case)s",
    "DELETE FROM screening_cases_followup WHERE case_id = %(case)s",
    "UPDATE screening_cases_followup SET state = 'missed' WHERE case_id = %(case)s",
    "DELETE FROM screening_cases_crisisstep",
    "DELETE FROM screening_referrals_referral WHERE id = %(referral)s",
    "DELETE FROM screening_referrals_referralmove",
    "DELETE FROM screening_rounds_response WHERE id = %(response)s",
    "DELETE FROM tasks_outboxmessage",
    "UPDATE tasks_outboxmessage SET payload = '{}'",
]


def test_the_database_refuses_each(ids):
    accepted = [statement for statement in STATEMENTS if not is_refused(statement, ids)]
    assert not accepted


def is_refused(statement: str, ids: dict[str, object]) -> bool:
    """Whether the database refuses it; what it takes is undone again."""
    try:
        with transaction.atomic():
            run(statement, ids)
            transaction.set_rollback(True)
    except DatabaseError as error:
        if error.__cause__.sqlstate.startswith("42"):  # the statement itself is wrong, and says nothing
            raise
        return True
    return False
