"""A guardian does not agree to counselling: the planned talk waits, the counselor has a task; danger does not wait."""

import pytest
from django.urls import reverse

from screening.assessments.hold import OnHold, on_hold
from screening.assessments.write import save_draft
from screening.workspace.counselor import day_of
from tasks.models import OutboxMessage
from tests.factories.cases import SchoolWithPeople, a_guardian, an_assessment, login
from tests.factories.consents import AskingSchool
from xinqiao.audit.models import AuditEntry
from xinqiao.consents.safety import act_for_safety

pytestmark = pytest.mark.django_db
DRAFT = {"interview": "谈话", "family": "", "causes": ""}


@pytest.fixture
def people():
    return SchoolWithPeople()


def refuse(people, student, given=False):
    student.parents = getattr(student, "parents", None) or [a_guardian(student)]
    place = AskingSchool(people.school)
    place.counselor = people.counselor
    return place.said(student, given=given, kind="counselling")


def test_a_planned_talk_waits_and_the_counselor_has_a_task(people, client):
    assessment = an_assessment(people, "priority")
    refuse(people, assessment.student)
    assert on_hold(assessment)
    with pytest.raises(OnHold):
        save_draft(user=people.counselor, assessment=assessment, version=1, **DRAFT)
    waiting = day_of(people.counselor).waiting
    assert [(item.kind, item.about.split("：")[0]) for item in waiting] == [("consent", "评估已暂停，请与监护人沟通")]
    mails = OutboxMessage.objects.filter(payload__template="screening_assessments/on_hold")
    assert mails.count() == 3  # every counselor of the school
    assert assessment.student.name not in str([mail.payload for mail in mails])
    assert AuditEntry.objects.filter(action="assessment.hold", student_id=assessment.student_id).count() == 1
    page = login(client, people.counselor).get(reverse("screening:assessment", args=[assessment.pk]))
    assert "有监护人不同意个别辅导" in page.content.decode()


def test_it_goes_on_when_the_guardian_agrees(people):
    assessment = an_assessment(people, "priority")
    refuse(people, assessment.student)
    refuse(people, assessment.student, given=True)
    assert not on_hold(assessment)
    assert save_draft(user=people.counselor, assessment=assessment, version=1, **DRAFT).interview == "谈话"


def test_high_risk_does_not_wait_and_that_is_on_the_record(people):
    assessment = an_assessment(people, "high")
    refuse(people, assessment.student)
    assert not on_hold(assessment)
    save_draft(user=people.counselor, assessment=assessment, version=1, **DRAFT)
    entry = AuditEntry.objects.get(action="assessment.go_on_for_safety")
    assert entry.details == {"because": "suggested_high"}


def test_a_decision_for_safety_opens_it_for_some_days(people):
    assessment = an_assessment(people, "priority")
    refuse(people, assessment.student)
    act_for_safety(user=people.counselor, student=assessment.student, kind="counselling", reason="孩子说不想活了")
    assert not on_hold(assessment)
    save_draft(user=people.counselor, assessment=assessment, version=1, **DRAFT)


def test_a_child_seen_later_waits_too(people):
    student = people.child()
    refuse(people, student)
    assert on_hold(an_assessment(people, "priority", student))
