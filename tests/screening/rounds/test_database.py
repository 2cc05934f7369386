"""What the database refuses, whatever the code that asks."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from screening.rounds.enums import PassState, ResponseState, RoundState
from screening.rounds.models import ClassPass, Response, Round
from tests.factories.screening import (
    A_SIGN,
    ClassPassFactory,
    InstrumentVersionFactory,
    ResponseFactory,
    RoundFactory,
    pass_of_a_class,
)

pytestmark = pytest.mark.django_db


def refused(act, error=DatabaseError):
    with pytest.raises(error), transaction.atomic():
        act()


@pytest.fixture
def submitted():
    return ResponseFactory(class_pass=ClassPassFactory(submitted=True), signs=A_SIGN)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (RoundState.DRAFT, RoundState.CLOSED),
        (RoundState.OPEN, RoundState.DRAFT),
        (RoundState.CLOSED, RoundState.OPEN),
        (RoundState.ARCHIVED, RoundState.OPEN),
    ],
)
def test_a_round_moves_forward_only(before, after):
    round_ = RoundFactory(state=before)
    refused(lambda: Round.objects.filter(pk=round_.pk).update(state=after))


def test_an_open_round_keeps_its_form():
    round_ = RoundFactory()
    other = InstrumentVersionFactory(definition={**round_.instrument_version.definition, "total_cut": 12})
    refused(lambda: Round.objects.filter(pk=round_.pk).update(instrument_version=other))
    draft = RoundFactory(state=RoundState.DRAFT)
    assert Round.objects.filter(pk=draft.pk).update(instrument_version=other) == 1


def test_a_round_is_not_due_before_it_opens():
    round_ = RoundFactory()
    refused(lambda: Round.objects.filter(pk=round_.pk).update(due_on="2020-01-01"), IntegrityError)


def test_a_class_has_one_pass_in_a_round():
    class_pass = ClassPassFactory()
    refused(lambda: ClassPassFactory(round=class_pass.round, school_class=class_pass.school_class), IntegrityError)


def test_a_submitted_class_is_never_a_draft_again():
    class_pass = ClassPassFactory(submitted=True)
    refused(lambda: ClassPass.objects.filter(pk=class_pass.pk).update(state=PassState.DRAFT))


def test_a_class_is_not_submitted_without_saying_who_and_when():
    class_pass = ClassPassFactory()
    refused(lambda: ClassPass.objects.filter(pk=class_pass.pk).update(state=PassState.SUBMITTED), IntegrityError)


@pytest.mark.parametrize(
    "change",
    [
        {"answers": b"\x00" * 30},
        {"total": 99},
        {"domain_scores": [0, 0, 0, 0, 0]},
        {"level": "none"},
        {"considered": "confirmed"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_was_submitted_is_never_rewritten(submitted, change):
    refused(lambda: Response.objects.filter(pk=submitted.pk).update(**change))


def test_a_note_is_never_rewritten(submitted):
    submitted.note = "别的话"
    refused(submitted.save)


def test_bare_sql_cannot_rewrite_it_either(submitted):
    with connection.cursor() as cursor:
        refused(lambda: cursor.execute("UPDATE screening_rounds_response SET level = 'none'"))
        refused(lambda: cursor.execute("DELETE FROM screening_rounds_response"))


def test_a_response_is_never_deleted_not_even_a_draft():
    refused(ResponseFactory().delete)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ResponseState.DRAFT, ResponseState.AMENDED),
        (ResponseState.SUBMITTED, ResponseState.DRAFT),
        (ResponseState.AMENDED, ResponseState.SUBMITTED),
    ],
)
def test_a_response_moves_forward_only(before, after):
    row = ResponseFactory(class_pass=ClassPassFactory(submitted=True), state=before)
    refused(lambda: Response.objects.filter(pk=row.pk).update(state=after))


def test_a_submitted_response_is_a_scored_one():
    row = ResponseFactory()
    refused(lambda: Response.objects.filter(pk=row.pk).update(state=ResponseState.SUBMITTED), IntegrityError)


def test_a_child_has_one_response_in_force(submitted):
    refused(
        lambda: ResponseFactory(
            class_pass=submitted.class_pass, student=submitted.student, revision=2, reason="又看了一次"
        ),
        IntegrityError,
    )


def test_an_amendment_without_a_reason_is_refused(submitted):
    Response.objects.filter(pk=submitted.pk).update(state=ResponseState.AMENDED)
    refused(
        lambda: ResponseFactory(class_pass=submitted.class_pass, student=submitted.student, revision=2), IntegrityError
    )
    assert ResponseFactory(class_pass=submitted.class_pass, student=submitted.student, revision=2, reason="听错了").pk


def test_notes_and_reasons_cannot_be_read_in_the_database():
    class_pass = pass_of_a_class(1)
    ResponseFactory(class_pass=class_pass, student=class_pass.kids[0], note="早读时常独自坐着", saved_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM screening_rounds_response")
        row = str([bytes(each) if isinstance(each, memoryview) else each for each in cursor.fetchone()])
    assert "早读" not in row
    assert "早读".encode().hex() not in row
    assert str("早读".encode())[2:-1] not in row
