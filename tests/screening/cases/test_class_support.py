"""The class-support part: for the class's own teacher, without level, state or story."""

import pytest
from bs4 import BeautifulSoup

from screening.cases.write import save_notes
from tests.factories.accounts import person_with
from tests.factories.cases import STORY, SchoolWithPeople, a_case, a_referral, login
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
ASKED = "每天课间请和她说一句话，座位不要靠门。"


@pytest.fixture
def people() -> SchoolWithPeople:
    people = SchoolWithPeople()
    people.homeroom = person_with(Role.HOMEROOM, school_class=people.school_class)
    return people


def asked_of_the_class(people, case, text=ASKED):
    return save_notes(
        user=people.counselor, case=case, version=case.version, plan="方案戊", next_steps="", class_support=text
    )


def main_of(client, person) -> str:
    response = login(client, person).get("/screening/support/")
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser").main.get_text(" ")


def test_what_the_counselor_asks_of_the_class_is_read_there_and_nothing_else(client, people):
    case = asked_of_the_class(people, a_case(people, "high"))
    shown = main_of(client, people.homeroom)
    assert ASKED in shown
    assert case.student.name in shown
    for other in (*STORY, "方案戊", "高危", case.number):
        assert other not in shown


def test_a_case_of_which_nothing_is_asked_is_not_there(client, people):
    case = a_case(people, "priority")
    assert case.student.name not in main_of(client, people.homeroom)


def test_that_there_is_a_referral_is_told_from_its_letter_on(client, people):
    case = a_case(people, "priority")
    a_referral(people, case, "given")
    assert case.student.name not in main_of(client, people.homeroom)
    other = a_case(people, "priority")
    a_referral(people, other, "sent")
    shown = main_of(client, people.homeroom)
    assert other.student.name in shown
    assert "市儿童医院" not in shown


def test_another_classs_teacher_and_subject_teachers_do_not_read_it(client, people):
    asked_of_the_class(people, a_case(people, "priority"))
    other = SchoolWithPeople(people.school)
    assert ASKED not in main_of(client, person_with(Role.HOMEROOM, school_class=other.school_class))
    for person in (person_with(Role.TEACHER, school_class=people.school_class), people.counselor, people.principal):
        assert login(client, person).get("/screening/support/").status_code == 403


def test_each_reading_is_recorded_once_in_half_an_hour(client, people):
    case = asked_of_the_class(people, a_case(people, "priority"))
    for _time in range(2):
        main_of(client, people.homeroom)
    assert AuditEntry.objects.filter(action="case.read_class_support", student_id=case.student_id).count() == 1


def test_the_page_asks_as_much_for_many_children_as_for_one(client, people, django_assert_num_queries):
    asked_of_the_class(people, a_case(people, "priority"))
    main_of(client, people.homeroom)
    with django_assert_num_queries(5):
        client.get("/screening/support/")
    for _number in range(3):
        asked_of_the_class(people, a_case(people, "priority"))
    client.get("/screening/support/")
    with django_assert_num_queries(5):
        client.get("/screening/support/")
