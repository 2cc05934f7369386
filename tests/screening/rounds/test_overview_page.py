"""`/screening/` for each duty, and the acts on a round behind it."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from screening.rounds.enums import RoundState
from screening.rounds.models import ClassPass, Round
from screening.rounds.summaries import rebuild
from tasks.models import OutboxMessage
from tests.factories.accounts import AppointmentFactory, person_with
from tests.factories.school import GradeFactory, SchoolClassFactory, SchoolFactory, StudentFactory, TermFactory
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


# -- acts on a round


@pytest.fixture
def counselor(school):
    return as_(person_with(Role.COUNSELOR, school=school))


def test_opening_a_round_offers_all_classes_and_five_school_days(school, counselor):
    TermFactory(school=school)
    SchoolClassFactory.create_batch(2, grade=GradeFactory(school=school))
    page = BeautifulSoup(counselor.get(reverse("screening:new_round")).content, "html.parser")
    form = {
        "opens_on": page.select_one("[name=opens_on]")["value"],
        "due_on": page.select_one("[name=due_on]")["value"],
        "classes": [box["value"] for box in page.select("[name=classes][checked]")],
    }
    assert datetime.date.fromisoformat(form["due_on"]) > timezone.localdate()
    assert len(form["classes"]) == 2
    response = counselor.post(reverse("screening:new_round"), form, follow=True)
    assert "新一轮已开启" in response.content.decode()
    assert ClassPass.objects.filter(round__state=RoundState.OPEN).count() == 2
    again = counselor.post(reverse("screening:new_round"), form)
    assert "还在另一轮筛查中" in again.content.decode()
    assert Round.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"due_on": "2026-01-01"}, "早于"), ({"classes": []}, 'class="error"'), ({"opens_on": ""}, "id_opens_on_error")],
    ids=["due before it opens", "no class", "no day"],
)
def test_a_round_that_cannot_be_is_said_to_be_wrong_and_nothing_is_opened(school, counselor, change, sentence):
    TermFactory(school=school)
    school_class = SchoolClassFactory(grade__school=school)
    today = timezone.localdate()
    form = {"opens_on": today, "due_on": today + datetime.timedelta(days=5), "classes": [school_class.pk], **change}
    response = counselor.post(reverse("screening:new_round"), form)
    assert sentence in response.content.decode()
    assert not Round.objects.exists()


def test_a_class_of_another_school_cannot_be_put_into_a_round(school, counselor):
    TermFactory(school=school)
    today = timezone.localdate()
    counselor.post(
        reverse("screening:new_round"), {"opens_on": today, "due_on": today, "classes": [SchoolClassFactory().pk]}
    )
    assert not Round.objects.exists()


def test_without_a_term_it_says_whom_to_ask(school, counselor):
    response = counselor.get(reverse("screening:new_round"))
    assert "还没有学期" in response.content.decode()


def test_the_due_day_is_moved_and_a_wrong_one_is_refused_in_a_sentence(round_, counselor):
    later = round_.due_on + datetime.timedelta(days=2)
    address = reverse("screening:due_day", args=[round_.pk])
    assert "截止日期已调整" in counselor.post(address, {"due_on": later}, follow=True).content.decode()
    assert "请选择日期" in counselor.post(address, {"due_on": "x"}, follow=True).content.decode()
    assert "早于" in counselor.post(address, {"due_on": "2020-01-01"}, follow=True).content.decode()
    round_.refresh_from_db()
    assert round_.due_on == later


def test_closing_twice_closes_once_and_says_so(round_, counselor):
    address = reverse("screening:close_round", args=[round_.pk])
    assert "这一轮已结束" in counselor.post(address, follow=True).content.decode()
    assert "刷新页面" in counselor.post(address, follow=True).content.decode()
    round_.refresh_from_db()
    assert round_.state == RoundState.CLOSED


def test_the_button_says_how_many_classes_are_reminded_and_leads_back(two_classes, round_, school):
    deputy = as_(person_with(Role.DEPUTY, school=school))
    address = reverse("screening:remind", args=[round_.pk])
    assert "已发邮件提醒 1 个班级" in deputy.post(address, follow=True).content.decode()
    assert OutboxMessage.objects.get().recipient == two_classes[1].teacher
    assert deputy.post(address, {"back": "workspace"})["Location"] == reverse("screening:workspace")


def test_a_round_of_another_school_is_not_found(round_):
    stranger = as_(person_with(Role.COUNSELOR))
    for name in ("due_day", "close_round", "remind"):
        assert stranger.post(reverse(f"screening:{name}", args=[round_.pk])).status_code == 404


def test_classes_are_called_by_their_names_in_chinese():
    assert str(SchoolClass(grade=GradeFactory(number=3), number=2)) == "三（2）班"
