"""`/assessments/`: who is waiting, in which order, and picking a child below the cut."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from screening.assessments.models import Assessment
from screening.assessments.schedule import NotToBePicked, pick_child, pick_for_assessment
from screening.cases.determine import determine_level
from screening.levels import Suggestion
from tests.factories.cases import SchoolWithPeople, a_case, an_assessment, login
from tests.factories.screening import A_SIGN, MANY_SIGNS, ClassPassFactory, ResponseFactory
from xinqiao.accounts.access import NotPermitted
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
URL = "/assessments/"


@pytest.fixture
def people() -> SchoolWithPeople:
    return SchoolWithPeople()


def below_the_cut(people: SchoolWithPeople, signs=A_SIGN, **student):
    return ResponseFactory(
        class_pass=ClassPassFactory(school_class=people.school_class, submitted=True),
        student=people.child(**student),
        signs=signs,
    )


def test_the_most_endangered_come_first_then_those_with_less_time(client, people):
    later, sooner, high = (an_assessment(people, level) for level in ("priority", "priority", "high"))
    Assessment.objects.filter(pk=sooner.pk).update(due_on=later.due_on - datetime.timedelta(days=3))
    page = login(client, people.counselor).get(URL)
    assert [row.assessment.pk for row in page.context["waiting"]] == [high.pk, sooner.pk, later.pk]


def test_it_shows_what_the_teacher_saw_in_the_forms_own_words(client, people):
    an_assessment(people, "high")
    assert "我消失就好了" in login(client, people.counselor).get(URL).text


def test_an_empty_list_says_what_to_do(client, people):
    assert "没有等待谈话的孩子" in login(client, people.counselor).get(URL).text


def test_a_child_below_the_cut_can_be_found_and_picked(client, people):
    row = below_the_cut(people, name="马骉")
    below_the_cut(people, name="李平")
    login(client, people.counselor)
    found = client.post(URL, {"q": "mb"})
    assert "马骉" in found.text
    assert "李平" not in found.text
    answer = client.post(reverse("screening:pick", args=[row.pk]))
    assessment = Assessment.objects.get(student=row.student)
    assert answer["Location"] == reverse("screening:assessment", args=[assessment.pk])
    assert assessment.suggested == Suggestion.GENERAL
    assert AuditEntry.objects.filter(action="assessment.pick", student_id=row.student_id).count() == 1
    assert "马骉" not in [each.student.name for each, _seen in client.get(URL).context["below_rows"]]


def test_only_those_are_picked_whom_the_engine_would_leave(client, people):
    row = below_the_cut(people, MANY_SIGNS)
    with pytest.raises(NotToBePicked):
        pick_for_assessment(user=people.counselor, response=row)
    answer = login(client, people.counselor).post(reverse("screening:pick", args=[row.pk]), follow=True)
    assert "已在名单里" in answer.text
    with pytest.raises(NotPermitted):
        pick_for_assessment(user=people.deputy, response=below_the_cut(people))


def test_a_child_of_another_school_is_not_there(client, people):
    other = SchoolWithPeople()
    an_assessment(other, "high")
    row = below_the_cut(other)
    login(client, people.counselor)
    page = client.get(URL)
    assert not page.context["waiting"]
    assert not page.context["below_rows"]
    assert client.post(reverse("screening:pick", args=[row.pk])).status_code == 404


def test_who_has_a_case_already_waits_no_more(client, people):
    a_case(people)
    assert login(client, people.counselor).get(URL).context["waiting"] == []


def test_a_name_is_not_searched_by_the_address(client, people):
    below_the_cut(people, name="李平")
    assert "李平" in login(client, people.counselor).get(URL, {"q": "mb"}).text


def test_a_child_whom_no_first_pass_named_is_found_and_picked(client, people):
    child = people.child(name="马骉")
    login(client, people.counselor)
    assert "马骉" not in client.get(URL).text
    assert [each.pk for each in client.post(URL, {"q": "mb"}).context["others"]] == [child.pk]
    address = reverse("screening:pick_child", args=[child.pk])
    answer = client.post(address)
    assessment = Assessment.objects.get(student=child)
    assert answer["Location"] == reverse("screening:assessment", args=[assessment.pk])
    assert assessment.suggested == Suggestion.UNKNOWN
    assert assessment.response is None
    assert client.get(answer["Location"]).status_code == 200
    assert not client.post(URL, {"q": "mb"}).context["others"]
    client.post(address)
    assert Assessment.objects.filter(student=child).count() == 1
    assert AuditEntry.objects.filter(action="assessment.pick", student_id=child.pk).count() == 1


def test_picking_a_child_who_waits_keeps_how_urgent_it_is(people):
    waiting = an_assessment(people, "high")
    assert pick_child(user=people.counselor, student=waiting.student) == waiting
    waiting.refresh_from_db()
    assert waiting.suggested == Suggestion.HIGH
    assert waiting.response is not None
    with pytest.raises(NotPermitted):
        pick_child(user=people.principal, student=people.child())


def test_a_talk_that_is_done_is_found_again_with_and_without_a_case(client, people):
    with_case = a_case(people, student=people.child(name="马骉"))
    other = an_assessment(people, student=people.child(name="李平"))
    determine_level(user=people.counselor, assessment=other, version=1, level="none", reason="理由丑", owner=None)
    elsewhere = SchoolWithPeople()
    a_case(elsewhere)
    login(client, people.counselor)
    page = client.get(URL)
    assert {each.pk for each in page.context["done"]} == {with_case.assessment_id, other.pk}
    assert with_case.number in page.text
    assert "没有建个案" in page.text
    found = client.post(URL, {"q": "lp"})
    assert [each.pk for each in found.context["done"]] == [other.pk]
    assert "理由丑" not in found.text


def test_late_ones_are_counted(client, people):
    late = an_assessment(people)
    Assessment.objects.filter(pk=late.pk).update(due_on=timezone.localdate() - datetime.timedelta(days=4))
    assert login(client, people.counselor).get(URL).context["late"] == 1


def test_the_page_costs_the_same_for_one_child_and_for_many(client, people, django_assert_num_queries):
    login(client, people.counselor)
    an_assessment(people)
    below_the_cut(people)
    client.get(URL)
    with django_assert_num_queries(11):
        client.get(URL)
    for _ in range(4):
        an_assessment(people)
        below_the_cut(people)
    with django_assert_num_queries(11):
        client.get(URL)
