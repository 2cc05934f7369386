"""What the database itself refuses about consents and letters, whatever code or SQL tries it."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from screening.referrals.models import Referral, ReferralMove
from tests.factories.cases import SchoolWithPeople, a_case, a_referral, write
from xinqiao.consents.models import Consent
from xinqiao.consents.withdraw import withdraw_consent

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> SchoolWithPeople:
    return SchoolWithPeople()


def refused(act) -> bool:
    try:
        with transaction.atomic():
            act()
    except DatabaseError:
        return True
    return False


def sending(people):
    return {
        "state": "sent",
        "sent_at": timezone.now(),
        "minimum_checked_by": people.counselor,
        "answer_due_on": timezone.localdate(),
    }


def rows(referral):
    return Referral.objects.filter(pk=referral.pk)


@pytest.mark.parametrize("until", ["draft", "awaiting_consent"])
def test_no_letter_without_consent(people, until):
    referral = a_referral(people, until=until)
    assert refused(lambda: rows(referral).update(**sending(people)))


def test_no_letter_on_a_consent_that_was_taken_back(people):
    referral = a_referral(people, until="given")
    withdraw_consent(user=people.counselor, consent=referral.consent)
    assert refused(lambda: rows(referral).update(**sending(people)))


def test_no_letter_on_another_childs_consent(people):
    given = a_referral(people, until="given")
    referral = a_referral(people)
    assert refused(lambda: rows(referral).update(consent=given.consent, **sending(people)))


def test_an_emergency_without_reason_or_second_person_is_none(people):
    referral = a_referral(people)
    assert refused(lambda: rows(referral).update(emergency=True, **sending(people)))
    assert refused(lambda: rows(referral).update(emergency=True, second_told=people.principal, **sending(people)))
    assert refused(lambda: write(rows(referral), emergency=True, emergency_reason="危险", **sending(people)))


@pytest.mark.parametrize("missing", ["sent_at", "minimum_checked_by", "answer_due_on"])
def test_a_letter_says_when_it_left_and_who_checked_it(people, missing):
    referral = a_referral(people, until="given")
    values = sending(people)
    del values[missing]
    assert refused(lambda: rows(referral).update(**values))


def test_an_issued_letter_is_not_rewritten(people):
    referral = a_referral(people, until="sent")
    for change in (
        {"observed": "改写"},
        {"asked": "改写"},
        {"facts": "{}"},
        {"hospital": "别的医院"},
        {"sent_at": timezone.now()},
        {"case": a_case(people)},
    ):
        assert refused(lambda change=change: write(rows(referral), **change)), change


def test_a_given_consent_is_not_rewritten(people):
    referral = a_referral(people, until="given")
    consent = Consent.objects.filter(pk=referral.consent_id)
    for change in ({"how": "paper"}, {"answered_at": timezone.now()}, {"guardian": None}, {"evidence": "别处"}):
        assert refused(lambda change=change: write(consent, **change)), change


def test_neither_a_consent_nor_a_referral_begins_at_its_end(people):
    case, now = a_case(people), timezone.now()
    assert refused(
        lambda: Consent.objects.create(
            school=case.school,
            student=case.student,
            kind="referral",
            text_version="2026-11",
            state="given",
            requested_at=now,
            requested_by=people.counselor,
            guardian=a_referral(people).guardian,
            how="phone",
            answered_at=now,
            recorded_by=people.counselor,
        )
    )
    assert refused(
        lambda: Referral.objects.create(
            case=case, made_by=people.counselor, made_at=now, moved_at=now, **sending(people)
        )
    )


def test_nothing_of_it_is_deleted_and_steps_are_not_touched(people):
    referral = a_referral(people, until="sent")
    move = referral.moves.first()
    for table, key in (
        ("screening_referrals_referral", referral.pk),
        ("screening_referrals_consent", referral.consent_id),
        ("screening_referrals_referralmove", move.pk),
    ):
        with connection.cursor() as cursor:
            assert refused(lambda: cursor.execute(f"DELETE FROM {table} WHERE id = %s", [key])), table  # noqa: B023
    assert refused(lambda: ReferralMove.objects.filter(pk=move.pk).update(happened_on="2026-01-01"))


def test_the_letter_and_the_evidence_lie_encrypted(people):
    referral = a_referral(people, until="sent")
    with connection.cursor() as cursor:
        cursor.execute("SELECT observed || facts FROM screening_referrals_referral WHERE id = %s", [referral.pk])
        letter = cursor.fetchone()[0]
        cursor.execute("SELECT evidence FROM screening_referrals_consent WHERE id = %s", [referral.consent_id])
        evidence = cursor.fetchone()[0]
    assert "难过" not in letter
    assert referral.case.student.name not in letter
    assert "3 号柜" not in evidence
