"""What the leaders, a grade and a district see: who must act and how late it is; no child's name, no story."""

import datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse

from screening.cases.levels import change_level
from screening.workspace.figures import publish_figures
from screening.workspace.leaders import overview_of
from tests.factories.screening import ClassPassFactory, ResponseFactory, RoundFactory
from tests.factories.workspace import NOW, Place, ago
from xinqiao.accounts.enums import Role

NAME, REASON = "不应出现的姓名", "孩子需要有人常常看一看"


@pytest.fixture
def place(db) -> Place:
    return Place()


def open_round(place: Place, due: datetime.date) -> RoundFactory:
    return RoundFactory(school=place.school, opens_on=due - datetime.timedelta(days=7), due_on=due)


def test_what_is_late_stands_under_who_must_act_and_the_latest_comes_first(place):
    colleague = place.person(Role.COUNSELOR, display_name="另一位心理老师")
    place.case(level="general", opened=ago(10))
    place.case(level="general", opened=ago(21), owner=colleague)
    late = overview_of(place.person(Role.DEPUTY), NOW).late
    assert [[person.display_name for person in each.people] for each in late] == [["另一位心理老师"], ["心理老师"]]
    assert late[0].longest > late[1].longest


def test_an_assessment_that_nobody_has_begun_is_the_counselors(place):
    place.assessment(made=ago(15))
    (each,) = overview_of(place.person(Role.DEPUTY), NOW).late
    assert each.people == [place.counselor]


def test_a_class_that_is_late_is_its_homeroom_teachers(place):
    teacher = place.person(Role.HOMEROOM)
    ClassPassFactory(round=open_round(place, datetime.date(2026, 11, 23)), school_class=place.school_class)
    (each,) = overview_of(place.person(Role.PRINCIPAL), NOW).late
    assert each.people == [teacher]
    assert each.longest == 2


def test_a_change_of_level_asks_those_who_may_answer_and_nobody_else(place):
    case = place.case(level="high", opened=ago(3))
    change_level(user=place.counselor, case=case, to_level="priority", reason="平稳", now=ago(1))
    assert len(overview_of(place.person(Role.PRINCIPAL), NOW).asked) == 1
    assert overview_of(place.person(Role.MORAL_EDUCATION), NOW).asked == []


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("role", [Role.PRINCIPAL, Role.DEPUTY, Role.MORAL_EDUCATION])
def test_no_leader_reads_a_name_or_a_story_here(place, client, role):
    case = place.case(level="high", opened=ago(20), name=NAME)
    place.assessment(made=ago(15), name=NAME)
    client.force_login(place.person(role))
    page = client.get(reverse("screening:workspace")).content.decode()
    assert case.number in page
    assert reverse("screening:case", args=[case.pk]) in page
    assert NAME not in page
    assert REASON not in page


@time_machine.travel(NOW, tick=False)
def test_level_counts_are_for_those_who_may_see_levels(place, client):
    place.case(level="priority")
    client.force_login(place.person(Role.DEPUTY))
    assert "重点关注" in client.get(reverse("screening:workspace")).content.decode()
    client.force_login(place.person(Role.MORAL_EDUCATION))
    assert "重点关注" not in client.get(reverse("screening:workspace")).content.decode()


@time_machine.travel(NOW, tick=False)
def test_the_page_asks_the_database_as_often_for_many_as_for_few(place, client, django_assert_num_queries):
    round_ = open_round(place, datetime.date(2026, 11, 23))

    def some(number: int) -> None:
        place.case(level="high", opened=ago(20))
        place.assessment(made=ago(15))
        teacher = place.person(Role.HOMEROOM)
        assert teacher
        ClassPassFactory(
            round=round_,
            school_class=type(place.school_class).objects.create(grade=place.school_class.grade, number=number),
        )

    client.force_login(place.person(Role.DEPUTY))
    some(5)
    with django_assert_num_queries(28):
        client.get(reverse("screening:workspace"))
    some(6)
    some(7)
    with django_assert_num_queries(28):
        client.get(reverse("screening:workspace"))


@time_machine.travel(NOW, tick=False)
def test_a_grade_leader_sees_the_own_grades_completion_and_no_counts(place, client):
    round_ = open_round(place, datetime.date(2026, 11, 27))
    ClassPassFactory(round=round_, school_class=place.school_class)
    other = Place()
    ClassPassFactory(round=open_round(other, datetime.date(2026, 11, 27)), school_class=other.school_class)
    place.case(level="high", opened=ago(1))
    client.force_login(place.person(Role.GRADE_LEADER))
    page = client.get(reverse("screening:workspace")).content.decode()
    assert page.count(str(place.school_class)) == 1
    assert "在管个案" not in page


@time_machine.travel(NOW, tick=False)
def test_a_homeroom_teacher_is_sent_to_the_own_class(place, client):
    client.force_login(place.person(Role.HOMEROOM))
    assert client.get(reverse("screening:workspace")).url == reverse("screening:overview")


@time_machine.travel(NOW, tick=False)
def test_the_district_sees_published_counts_and_never_a_small_one(place, client):
    for level in ["priority"] * 6 + ["general"] * 2:
        place.case(level=level, opened=ago(1), name=NAME)
    class_pass = ClassPassFactory(
        round=open_round(place, datetime.date(2026, 11, 27)), school_class=place.school_class, submitted=True
    )
    ResponseFactory(class_pass=class_pass)
    client.force_login(place.person(Role.DISTRICT))
    page = client.get(reverse("screening:workspace")).content.decode()
    assert "第一批数字将在周一公布" in page
    publish_figures()
    page = client.get(reverse("screening:workspace")).content.decode()
    cells = [cell.get_text(strip=True) for cell in BeautifulSoup(page, "html.parser").select("td.num")]
    assert NAME not in page
    assert "8" in cells
    assert "6" not in cells  # with the sum of 8 it would give the 2 back
    assert set(cells) == {"8", "不公布"}


@time_machine.travel(NOW, tick=False)
def test_the_districts_page_asks_as_often_for_many_schools(place, client, django_assert_num_queries):
    client.force_login(place.person(Role.DISTRICT))
    for _each in range(2):
        with django_assert_num_queries(8):
            client.get(reverse("screening:workspace"))
        Place().case(opened=ago(1))
