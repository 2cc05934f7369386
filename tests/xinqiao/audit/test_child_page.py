"""Who saw one child's records: by person and one by one, for the principal of that child's school."""

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from tests.factories.accounts import person_with
from tests.factories.school import SchoolFactory, StudentFactory
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry
from xinqiao.audit.trail import record


@pytest.fixture
def school(db):
    return SchoolFactory()


@pytest.fixture
def principal(school, client):
    principal = person_with(Role.PRINCIPAL, school=school, display_name="陈校长")
    client.force_login(principal)
    return principal


@pytest.fixture
def counselor(school):
    return person_with(Role.COUNSELOR, school=school, display_name="林老师")


@pytest.fixture
def student(school):
    return StudentFactory(school=school, name="某某同学")


def page_of(client, student, **query) -> BeautifulSoup:
    response = client.get(f"/audit/children/{student.pk}/", query)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def table(page: BeautifulSoup, number: int) -> list[list[str]]:
    rows = page.select("table")[number].select("tbody tr")
    return [[cell.get_text(strip=True) for cell in row.find_all("td")] for row in rows]


def some_acts(counselor, student) -> None:
    for action in ("case.read_narrative", "assessment.read_narrative", "case.export", "case.write"):
        record(actor=counselor, action=action, student_id=student.pk)
    record(actor=None, action="training.age", student_id=student.pk)


def test_each_person_is_listed_with_what_they_did(client, principal, counselor, student):
    some_acts(counselor, student)
    people = {row[0]: row[1:4] for row in table(page_of(client, student), 0)}
    assert people == {"陈校长": ["1", "0", "0"], "林老师": ["2", "1", "1"], "系统": ["0", "0", "1"]}


def test_acts_are_listed_one_by_one_and_narrowed_by_sort(client, principal, counselor, student):
    some_acts(counselor, student)
    assert [row[2] for row in table(page_of(client, student, sort="out"), 2)] == ["打印了个案"]
    assert len(table(page_of(client, student, sort="read"), 2)) == 3
    assert len(table(page_of(client, student, sort="nonsense"), 2)) == 6


def test_another_childs_acts_are_not_among_them(client, principal, counselor, student):
    record(actor=counselor, action="case.read_narrative", student_id=StudentFactory(school=student.school).pk)
    assert [row[0] for row in table(page_of(client, student), 0)] == ["陈校长"]


def test_looking_is_on_the_childs_record_once_in_half_an_hour(client, principal, student):
    for _time in range(3):
        page_of(client, student)
    assert AuditEntry.objects.filter(action="audit.read_child", student_id=student.pk, actor=principal).count() == 1
    other = StudentFactory(school=student.school)
    page_of(client, other)
    assert AuditEntry.objects.filter(action="audit.read_child", at__lte=timezone.now()).count() == 2


def test_a_child_of_another_school_is_not_found(client, principal):
    assert client.get(f"/audit/children/{StudentFactory().pk}/").status_code == 404


def test_the_name_stands_in_the_page_and_neither_in_its_title_nor_in_an_address(client, principal, student):
    page = page_of(client, student)
    assert "某某同学" in page.main.get_text()
    assert page.title.get_text() == "谁看过这名学生的记录 · 心桥"
    assert "某某同学" not in page.h1.get_text()
    assert not [link["href"] for link in page.find_all("a", href=True) if student.number in link["href"]]


def test_no_level_stands_beside_the_name(client, principal, counselor, student):
    facts = {"determined": "high", "suggested": "priority", "overruled": True, "signs": 3, "version": 2}
    record(actor=counselor, action="assessment.complete", student_id=student.pk, details=facts)
    acts = " ".join(cell for row in table(page_of(client, student), 2) for cell in row)
    assert "版本 2" in acts
    assert not any(level in acts for level in ("高危", "重点关注", "一般关注", "迹象"))


def test_the_trail_leads_there(client, principal, counselor, student):
    record(actor=counselor, action="case.read_narrative", student_id=student.pk)
    page = BeautifulSoup(client.get("/audit/").content, "html.parser")
    assert page.select(f'a[href="/audit/children/{student.pk}/"]')


def test_the_page_asks_as_much_for_many_entries_as_for_one(
    client, principal, counselor, student, django_assert_num_queries
):
    page_of(client, student)
    with django_assert_num_queries(10):
        page_of(client, student)
    for _number in range(60):
        record(actor=counselor, action="case.write", student_id=student.pk)
    with django_assert_num_queries(10):
        page_of(client, student)
