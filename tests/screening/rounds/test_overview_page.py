"""`/screening/` for each duty: how far the classes are, and no child."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from screening.rounds.summaries import rebuild
from tests.factories.accounts import AppointmentFactory, person_with
from tests.factories.school import GradeFactory, SchoolClassFactory, SchoolFactory, StudentFactory
from tests.factories.screening import (
    A_CRITICAL_SIGN,
    A_SIGN,
    ClassPassFactory,
    ResponseFactory,
    RoundFactory,
    pass_of_a_class,
)
from xinqiao.accounts.enums import Role
from xinqiao.school.models import SchoolClass

pytestmark = pytest.mark.django_db
OVERVIEW = "/screening/"


def as_(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def seen_by(person) -> BeautifulSoup:
    response = as_(person).get(OVERVIEW)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def words(page: BeautifulSoup) -> str:
    return page.select_one("main").get_text(" ", strip=True)


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def round_(school):
    return RoundFactory(school=school)


@pytest.fixture
def two_classes(school, round_):
    """三（1）班 has submitted, with one high and one general; 四（1）班 has begun."""
    done, begun = (
        pass_of_a_class(
            3, school_class=SchoolClassFactory(grade=GradeFactory(school=school, number=grade), number=1), **more
        )
        for grade, more in ((3, {"round": round_, "submitted": True}), (4, {"round": round_}))
    )
    for child, signs in zip(done.kids, (A_CRITICAL_SIGN, A_SIGN, {}), strict=True):
        ResponseFactory(class_pass=done, student=child, signs=signs)
    ResponseFactory(class_pass=begun, student=begun.kids[0])
    rebuild(round_)
    return done, begun


# -- the homeroom teacher


def test_the_teacher_finds_the_form_of_the_class_and_how_far_it_is():
    class_pass = pass_of_a_class(3)
    ResponseFactory(class_pass=class_pass, student=class_pass.kids[0])
    page = seen_by(class_pass.teacher)
    assert "1 / 3" in words(page)
    assert page.select_one("main a.primary")["href"] == reverse(
        "screening:class_form", args=[class_pass.round_id, class_pass.school_class_id]
    )
    assert "继续填写" in words(page)


def test_the_teacher_sees_no_other_class(two_classes):
    done, begun = two_classes
    page = words(seen_by(begun.teacher))
    assert str(begun.school_class) in page
    assert str(done.school_class) not in page


def test_after_submission_the_teacher_is_thanked_and_can_look_again(two_classes):
    page = words(seen_by(two_classes[0].teacher))
    assert "谢谢您" in page
    assert "查看已提交的内容" in page
    assert "高危" not in page


def test_before_the_first_day_the_teacher_reads_when_it_begins(school):
    round_ = RoundFactory(school=school, opens_on=timezone.localdate() + datetime.timedelta(days=3))
    page = seen_by(pass_of_a_class(1, round=round_, school_class=SchoolClassFactory(grade__school=school)).teacher)
    assert "开始，到时就可以填写" in words(page)
    assert not page.select_one("main a.primary")


def test_without_an_open_round_the_teacher_reads_what_to_do_with_a_worry():
    page = words(seen_by(person_with(Role.HOMEROOM, school_class=SchoolClassFactory())))
    assert "目前没有要填的筛查" in page
    assert "直接告诉心理老师" in page


# -- the school's leaders


@pytest.mark.parametrize("role", [Role.COUNSELOR, Role.DEPUTY, Role.PRINCIPAL])
def test_who_may_see_levels_sees_counts_of_each_class_and_no_child(two_classes, role, school):
    page = seen_by(person_with(role, school=school))
    row = next(tr for tr in page.select("tbody tr") if "三（1）班" in tr.text)
    assert [cell.text for cell in row.select(".level-count")] == ["1", "0", "1", "1", "0"]
    assert "3 / 3" in row.text
    begun = next(tr for tr in page.select("tbody tr") if "四（1）班" in tr.text)
    assert "1 / 3" in begun.text
    assert [cell.text for cell in begun.select(".level-count")] == ["—"] * 5
    names = [kid.name for class_pass in two_classes for kid in class_pass.kids]
    assert not [name for name in names if name in page.text]


def test_moral_education_sees_completion_and_no_levels(two_classes, school):
    page = seen_by(person_with(Role.MORAL_EDUCATION, school=school))
    assert "三（1）班" in words(page)
    assert not page.select(".level-count")
    assert "高危" not in words(page)


def test_a_grade_leader_sees_the_grade_and_no_levels(two_classes):
    page = seen_by(person_with(Role.GRADE_LEADER, grade=two_classes[0].school_class.grade))
    assert "三（1）班" in words(page)
    assert "四（1）班" not in words(page)
    assert not page.select(".level-count")
    assert not page.select("main form")


def test_another_school_sees_nothing_of_it(two_classes):
    page = words(seen_by(person_with(Role.COUNSELOR)))
    assert "三（1）班" not in page
    assert "目前没有进行中的筛查" in page


def test_the_counselor_with_no_round_is_offered_to_open_one(school):
    page = seen_by(person_with(Role.COUNSELOR, school=school))
    assert page.select_one("main .empty a")["href"] == reverse("screening:new_round")
    leader = seen_by(person_with(Role.DEPUTY, school=school))
    assert not leader.select_one("main .empty a")


def test_a_late_class_is_said_to_be_late(school):
    today = timezone.localdate()
    round_ = RoundFactory(
        school=school, opens_on=today - datetime.timedelta(days=30), due_on=today - datetime.timedelta(days=15)
    )
    ClassPassFactory(round=round_, school_class=SchoolClassFactory(grade__school=school))
    page = words(seen_by(person_with(Role.COUNSELOR, school=school)))
    assert "逾期" in page


def test_a_person_with_a_class_and_a_grade_sees_both(two_classes):
    done, begun = two_classes
    AppointmentFactory(
        user=begun.teacher, role=Role.GRADE_LEADER, school=done.round.school, grade=done.school_class.grade
    )
    page = words(seen_by(begun.teacher))
    assert "继续填写" in page
    assert "三（1）班" in page


@pytest.mark.parametrize("classes", [2, 18])
def test_the_overview_takes_the_same_queries_for_any_school(classes, school, round_, django_assert_num_queries):
    for _class in range(classes):
        class_pass = ClassPassFactory(round=round_, school_class=SchoolClassFactory(grade__school=school))
        StudentFactory(school=school, current_class=class_pass.school_class)
    client = as_(person_with(Role.COUNSELOR, school=school))
    with django_assert_num_queries(9):
        client.get(OVERVIEW)


def test_classes_are_called_by_their_names_in_chinese():
    assert str(SchoolClass(grade=GradeFactory(number=3), number=2)) == "三（2）班"
