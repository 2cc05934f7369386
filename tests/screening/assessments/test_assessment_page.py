"""One assessment: the first pass beside the draft, conflicts, and the level at its end."""

import pytest
from django.urls import reverse

from screening.assessments.enums import AssessmentState
from screening.assessments.models import Assessment
from screening.assessments.write import save_draft
from screening.cases.determine import determine_level
from screening.cases.models import Case, CrisisRecord
from screening.errors import Conflict, NotThisState, OwnerMissing, ReasonMissing
from screening.levels import Level
from tests.factories.cases import CAUSES, FAMILY, INTERVIEW, STORY, SchoolWithPeople, a_case, an_assessment, login
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.form_owner import owner_token
from xinqiao.accounts.models import KeptInput
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
DRAFT = {"interview": INTERVIEW, "family": FAMILY, "causes": CAUSES}


@pytest.fixture
def people() -> SchoolWithPeople:
    return SchoolWithPeople()


def url(assessment) -> str:
    return reverse("screening:assessment", args=[assessment.pk])


def send(client, assessment, version=1, act="save", **more):
    return client.post(url(assessment), {"version": version, "act": act, **DRAFT, **more})


def test_it_shows_the_signs_by_domain_and_why_the_level_is_suggested(client, people):
    page = login(client, people.counselor).get(url(an_assessment(people, "priority")))
    over = {each.domain.value: each.over for each in page.context["first_pass"].domains}
    assert over["emotion"]
    assert over["behaviour"]
    assert not over["cognition"]
    assert all(reason in page.text for reason in page.context["first_pass"].reasons)
    assert "界值" in page.text
    assert "不是诊断" in page.text


def test_opening_it_is_recorded_each_time(client, people):
    assessment = an_assessment(people)
    login(client, people.counselor)
    client.get(url(assessment))
    client.get(url(assessment))
    read = AuditEntry.objects.filter(action="assessment.read_narrative", target_id=str(assessment.pk))
    assert [entry.actor_id for entry in read] == [people.counselor.pk] * 2


def test_the_childs_name_is_not_in_the_title(client, people):
    assessment = an_assessment(people)
    page = login(client, people.counselor).get(url(assessment)).text
    assert assessment.student.name in page
    assert assessment.student.name not in page.split("<title>")[1].split("</title>")[0]


def test_the_first_save_takes_it_up_and_each_save_counts(client, people):
    assessment = an_assessment(people)
    assert send(login(client, people.counselor), assessment).status_code == 302
    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.IN_PROGRESS
    assert assessment.assessor == people.counselor
    assert assessment.version == 2
    assert INTERVIEW in client.get(url(assessment)).text


def test_sending_the_same_twice_is_no_conflict(client, people):
    assessment = an_assessment(people)
    login(client, people.counselor)
    assert send(client, assessment).status_code == 302
    assert send(client, assessment).status_code == 302
    assessment.refresh_from_db()
    assert assessment.version == 2


def test_a_conflict_shows_both_texts_and_the_second_press_counts(client, people):
    assessment = an_assessment(people)
    save_draft(user=people.second, assessment=assessment, version=1, interview="另一位老师写的", family="", causes="")
    page = send(login(client, people.counselor), assessment)
    assert page.status_code == 409
    assert "另一位老师写的" in page.text
    assert INTERVIEW in page.text
    assert send(client, assessment, version=page.context["version"]).status_code == 302
    assessment.refresh_from_db()
    assert assessment.interview == INTERVIEW


def test_a_conflict_while_determining_keeps_the_level_and_the_reason_on_the_page(client, people):
    assessment = an_assessment(people)
    save_draft(user=people.second, assessment=assessment, version=1, interview="另一位老师写的", family="", causes="")
    page = send(login(client, people.counselor), assessment, act="determine", level="priority", reason="写了很久的理由")
    assert page.status_code == 409
    assert "写了很久的理由" in page.text
    assert page.context["chosen_level"] == "priority"
    assert not Case.objects.exists()


def test_saving_the_draft_does_not_lose_a_reason_that_was_begun(client, people):
    page = send(login(client, people.counselor), an_assessment(people), reason="写了一半的理由", level="high")
    assert page.status_code == 200
    assert "写了一半的理由" in page.text
    assert page.context["version"] == 2


def test_what_was_typed_is_kept_when_the_session_ended(client, people):
    assessment = an_assessment(people)
    form = {"version": 1, "act": "save", **DRAFT, "_owner": owner_token(people.counselor)}
    answer = client.post(url(assessment), form)
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]
    kept = KeptInput.objects.get(owner=people.counselor)
    assert INTERVIEW in kept.fields
    login(client, people.counselor)
    page = client.get(reverse("kept_input", args=[kept.pk]))
    assert INTERVIEW in page.text
    client.post(url(assessment), {**form, "_kept": str(kept.pk)})
    assessment.refresh_from_db()
    assert assessment.interview == INTERVIEW
    assert not KeptInput.objects.exists()


@pytest.mark.parametrize("level", ["general", "priority", "high"])
def test_determining_a_level_opens_a_case(client, people, level):
    assessment = an_assessment(people, "priority")
    answer = send(
        login(client, people.counselor),
        assessment,
        act="determine",
        level=level,
        reason="谈过以后",
        owner=people.counselor.pk,
    )
    case = Case.objects.get(student=assessment.student)
    assert answer["Location"] == reverse("screening:case", args=[case.pk])
    assert case.level == level
    assert case.owner == people.counselor
    assert case.follow_ups.count() == 4
    assert (case.crisis is not None) == (level == "high")
    assessment.refresh_from_db()
    assert (assessment.suggested, assessment.determined) == ("priority", level)
    assert assessment.overruled == (level != "priority")
    assert assessment.interview == INTERVIEW


def test_high_starts_the_protocol_and_says_so_before(client, people):
    assessment = an_assessment(people, "high")
    page = login(client, people.counselor).get(url(assessment)).text
    assert "两小时内与监护人联系" in page
    assert "安排随访" in page
    send(client, assessment, act="determine", level="high", reason="需要马上保护", owner=people.counselor.pk)
    crisis = CrisisRecord.objects.get()
    assert crisis.steps.count() == 5
    assert crisis.declared_by == people.counselor


def test_none_completes_without_a_case_and_stays_readable(client, people):
    assessment = an_assessment(people)
    send(login(client, people.counselor), assessment, act="determine", level="none", reason="谈过，没有发现")
    assert not Case.objects.exists()
    page = client.get(url(assessment))
    assert "谈过，没有发现" in page.text
    assert INTERVIEW in page.text
    assert AuditEntry.objects.filter(action="assessment.read_narrative", target_id=str(assessment.pk)).exists()


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"level": "priority", "reason": " "}, "reason"),
        ({"level": "high", "reason": "理由"}, "owner"),
        ({"reason": "理由"}, "level"),
        ({"level": "worse", "reason": "理由"}, "level"),
    ],
)
def test_what_is_missing_is_said_at_its_place_and_the_draft_is_saved(client, people, more, place):
    assessment = an_assessment(people)
    page = send(login(client, people.counselor), assessment, act="determine", **more)
    assert page.status_code == 422
    assert place in page.context["level_form"].errors
    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.IN_PROGRESS
    assert assessment.interview == INTERVIEW


def test_the_functions_refuse_by_themselves(people):
    assessment = an_assessment(people)
    give = {"user": people.counselor, "assessment": assessment, "version": 1, "level": "high", "reason": "理由"}
    with pytest.raises(OwnerMissing):
        determine_level(**give)
    with pytest.raises(OwnerMissing):
        determine_level(**give, owner=people.moral)  # holds no duty that lets them
    with pytest.raises(ReasonMissing):
        determine_level(**{**give, "reason": "  "}, owner=people.counselor)
    with pytest.raises(NotPermitted):
        determine_level(**{**give, "user": people.principal}, owner=people.counselor)
    with pytest.raises(Conflict):
        determine_level(**{**give, "version": 7}, owner=people.counselor)
    determine_level(**give, owner=people.counselor)
    with pytest.raises(NotThisState):
        save_draft(user=people.counselor, assessment=assessment, version=2, interview="", family="", causes="")


def test_a_second_worse_assessment_raises_the_active_case(people):
    case = a_case(people, "general")
    again = an_assessment(people, "high", case.student)
    same = determine_level(
        user=people.counselor, assessment=again, version=1, level="high", reason="更让人担心", owner=people.counselor
    )
    case.refresh_from_db()
    assert same == case
    assert case.level == Level.HIGH
    assert case.crisis is not None


def test_a_completed_one_with_a_case_is_read_there(client, people):
    case = a_case(people)
    answer = login(client, people.counselor).get(url(case.assessment))
    assert answer["Location"] == reverse("screening:case", args=[case.pk])


def test_posting_to_a_completed_one_changes_nothing(client, people):
    case = a_case(people)
    send(login(client, people.counselor), case.assessment, version=9, interview="改写")
    assert Assessment.objects.get(pk=case.assessment_id).interview == INTERVIEW


@pytest.mark.parametrize("who", ["principal", "deputy", "moral"])
def test_nobody_else_reads_a_word_of_it(client, people, who):
    assessment = an_assessment(people)
    save_draft(user=people.counselor, assessment=assessment, version=1, **DRAFT)
    answer = login(client, getattr(people, who)).get(url(assessment))
    assert answer.status_code == 403
    assert not any(text in answer.text for text in STORY)


def test_another_schools_counselor_finds_nothing(client, people):
    assessment = an_assessment(people)
    assert login(client, SchoolWithPeople().counselor).get(url(assessment)).status_code == 404


def test_the_page_costs_a_known_number_of_queries(client, people, django_assert_num_queries):
    assessment = an_assessment(people)
    login(client, people.counselor).get(url(assessment))
    with django_assert_num_queries(10):
        client.get(url(assessment))


def test_determining_twice_from_two_tabs_opens_one_case(client, people):
    assessment = an_assessment(people)
    form = {"act": "determine", "level": "priority", "reason": "谈过以后", "owner": people.counselor.pk}
    login(client, people.counselor)
    first = send(client, assessment, **form)
    send(client, assessment, **form)
    assert Case.objects.count() == 1
    assert client.get(url(assessment))["Location"] == first["Location"]
