"""What the database itself refuses, whatever code or SQL tries it."""

import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from screening.assessments.models import Assessment
from screening.cases.crisis import do_step
from screening.cases.enums import ChangeState
from screening.cases.follow_ups import complete_follow_up
from screening.cases.levels import change_level
from screening.cases.models import Case, CrisisRecord, CrisisStep, FollowUp, LevelChange
from tests.factories.cases import SchoolWithPeople, a_case, an_assessment, write
from tests.factories.school import SchoolFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> SchoolWithPeople:
    return SchoolWithPeople()


def refused(act) -> bool:
    """Whether the database refuses, at once or when the transaction would end."""
    try:
        with transaction.atomic():
            act()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError:
        return True
    return False


def sql(statement: str, *values):
    def run():
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    return run


CASES, CHANGES, FOLLOW_UPS = "screening_cases_case", "screening_cases_levelchange", "screening_cases_followup"


@pytest.mark.parametrize("level", ["priority", "general"])
def test_high_is_not_lowered_without_an_agreed_change(people, level):
    case = a_case(people, "high")
    assert refused(sql(f"UPDATE {CASES} SET level = %s WHERE id = %s", level, case.pk))
    assert refused(lambda: Case.objects.filter(pk=case.pk).update(level=level))


def test_high_is_not_lowered_on_a_question_that_nobody_answered(people):
    case = a_case(people, "high")
    change = change_level(user=people.counselor, case=case, to_level="priority", reason="稳定")
    assert refused(lambda: Case.objects.filter(pk=case.pk).update(level="priority", lowered_by=change))


def test_the_one_who_asked_cannot_answer_even_in_sql(people):
    case = a_case(people, "high")
    change = change_level(user=people.counselor, case=case, to_level="priority", reason="稳定")
    answer = {"state": ChangeState.AGREED, "answered_at": timezone.now()}
    mine = LevelChange.objects.filter(pk=change.pk)
    assert refused(lambda: write(mine, answered_by=people.counselor, **answer))
    assert not refused(lambda: write(mine, answered_by=people.deputy, **answer))


def test_an_agreement_cannot_be_invented_in_one_row(people):
    case = a_case(people, "high")
    assert refused(
        lambda: LevelChange.objects.create(
            case=case,
            from_level="high",
            to_level="priority",
            state=ChangeState.AGREED,
            asked_by=people.counselor,
            asked_at=timezone.now(),
            answered_by=people.deputy,
            answered_at=timezone.now(),
            reason="稳定",
        )
    )


def test_an_agreement_lowers_once(people):
    case = a_case(people, "high")
    change = change_level(user=people.counselor, case=case, to_level="priority", reason="稳定")
    LevelChange.objects.filter(pk=change.pk).update(
        state=ChangeState.AGREED, answered_by=people.deputy, answered_at=timezone.now()
    )
    Case.objects.filter(pk=case.pk).update(level="priority", lowered_by=change)
    Case.objects.filter(pk=case.pk).update(level="high")
    assert refused(lambda: Case.objects.filter(pk=case.pk).update(level="priority"))


def test_neither_question_nor_answer_are_rewritten(people):
    case = a_case(people, "high")
    change = change_level(user=people.counselor, case=case, to_level="priority", reason="稳定")
    mine = LevelChange.objects.filter(pk=change.pk)
    assert refused(lambda: write(mine, reason="别的理由"))
    assert refused(lambda: write(mine, asked_by=people.second))
    write(mine, state=ChangeState.RETURNED, answered_by=people.deputy, answered_at=timezone.now())
    assert refused(lambda: write(mine, answer="改写意见"))
    assert refused(lambda: write(mine, answered_by=people.principal))


@pytest.mark.parametrize("column", ["owner", "crisis", "next_follow_up_on"])
def test_high_has_an_owner_a_protocol_and_a_next_follow_up(people, column):
    case = a_case(people, "high")
    assert refused(lambda: Case.objects.filter(pk=case.pk).update(**{column: None}))


def test_a_case_does_not_become_high_by_its_level_alone(people):
    case = a_case(people, "priority")
    assert refused(lambda: Case.objects.filter(pk=case.pk).update(level="high"))


def test_a_high_case_keeps_a_follow_up_that_is_due(people):
    case = a_case(people, "high")
    assert refused(lambda: FollowUp.objects.filter(case=case).update(state="missed"))
    assert refused(sql(f"DELETE FROM {FOLLOW_UPS} WHERE case_id = %s", case.pk))


def test_a_high_case_is_not_closed_even_in_sql(people):
    case = a_case(people, "high")
    assert refused(
        lambda: write(Case.objects.filter(pk=case.pk), state="closed", closed_at=timezone.now(), closing="x")
    )


def test_closing_says_when_and_why(people):
    case = a_case(people)
    assert refused(lambda: write(Case.objects.filter(pk=case.pk), state="closed", closed_at=timezone.now()))
    assert refused(lambda: write(Case.objects.filter(pk=case.pk), state="closed", closing="好转"))


def test_a_child_has_one_active_case_and_one_open_assessment(people):
    case = a_case(people)
    done = an_assessment(people, student=case.student)
    with pytest.raises(DatabaseError), transaction.atomic():
        Case.objects.create(
            school=case.school,
            student=case.student,
            year=case.year,
            sequence=99,
            assessment=done,
            level="general",
            opened_at=timezone.now(),
        )
    assert refused(
        lambda: Assessment.objects.create(
            school=case.school,
            student=case.student,
            suggested="priority",
            due_on=timezone.localdate(),
            made_at=timezone.now(),
        )
    )


def test_nothing_of_it_is_deleted(people):
    case = a_case(people, "high")
    change = change_level(user=people.counselor, case=case, to_level="priority", reason="稳定")
    do_step(user=people.counselor, case=case, key="safety", done_at=timezone.now(), note="已做")
    for table, key in (
        (CASES, case.pk),
        (CHANGES, change.pk),
        (FOLLOW_UPS, case.follow_ups.first().pk),
        ("screening_assessments_assessment", case.assessment_id),
        ("screening_cases_crisisrecord", case.crisis_id),
        ("screening_cases_crisisstep", case.crisis.steps.get(key="safety").pk),
    ):
        assert refused(sql(f"DELETE FROM {table} WHERE id = %s", key)), table


def test_a_completed_assessment_stays_as_it_was(people):
    case = a_case(people)
    mine = Assessment.objects.filter(pk=case.assessment_id)
    for change in ({"interview": "改写"}, {"reason": "改写"}, {"determined": "none"}, {"suggested": "none"}):
        assert refused(lambda change=change: write(mine, **change)), change


def test_an_assessment_is_not_completed_without_level_reason_and_person(people):
    mine = Assessment.objects.filter(pk=an_assessment(people).pk)
    write(mine, state="in_progress", assessor=people.counselor)
    whole = {"state": "completed", "determined": "priority", "reason": "理由", "completed_at": timezone.now()}
    for missing in ("determined", "reason", "completed_at"):
        assert refused(lambda missing=missing: write(mine, **{k: v for k, v in whole.items() if k != missing})), missing
    assert not refused(lambda: write(mine, **whole))


def test_what_was_done_is_not_rewritten(people):
    case = a_case(people, "high")
    do_step(user=people.counselor, case=case, key="safety", done_at=timezone.now(), note="已做")
    done = complete_follow_up(
        user=people.counselor,
        follow_up=case.follow_ups.first(),
        happened_on=timezone.localdate(),
        contact="talk",
        note="见过",
    )
    earlier = timezone.now() - datetime.timedelta(days=1)
    assert refused(lambda: CrisisStep.objects.filter(crisis=case.crisis, key="safety").update(done_at=earlier))
    assert refused(lambda: write(FollowUp.objects.filter(pk=done.pk), note="改写"))
    assert refused(lambda: write(FollowUp.objects.filter(pk=done.pk), happened_on=earlier.date()))


def test_a_step_done_says_who_and_when_written(people):
    case = a_case(people, "high")
    assert refused(lambda: CrisisStep.objects.filter(crisis=case.crisis, key="safety").update(done_at=timezone.now()))


def test_the_story_lies_encrypted_in_the_database(people):
    case = a_case(people)
    with connection.cursor() as cursor:
        cursor.execute("SELECT interview FROM screening_assessments_assessment WHERE id = %s", [case.assessment_id])
        stored = cursor.fetchone()[0]
    assert "睡不着" not in stored
    assert case.assessment.interview.endswith("睡不着")


def test_a_protocol_belongs_to_one_case(people):
    first, second = a_case(people, "high"), a_case(people, "high")
    assert refused(lambda: Case.objects.filter(pk=second.pk).update(crisis=first.crisis))
    assert CrisisRecord.objects.filter(school=SchoolFactory()).count() == 0
