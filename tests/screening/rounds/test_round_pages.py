"""The acts on a round behind `/screening/`: opening one, its due day, closing it, reminding."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from screening.rounds.enums import RoundState
from screening.rounds.models import ClassPass, Round
from tasks.models import OutboxMessage
from tests.factories.accounts import person_with
from tests.factories.school import GradeFactory, SchoolClassFactory, SchoolFactory, TermFactory
from tests.factories.screening import (
    ClassPassFactory,
    RoundFactory,
    pass_of_a_class,
)
from xinqiao.accounts.enums import Role

pytestmark = pytest.mark.django_db


def as_(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def round_(school):
    return RoundFactory(school=school)


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


def test_before_its_first_day_a_round_says_when_it_begins_and_nobody_is_reminded(round_, school, counselor):
    pass_of_a_class(1, round=round_, school_class=SchoolClassFactory(grade=GradeFactory(school=school)))
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    type(round_).objects.filter(pk=round_.pk).update(opens_on=tomorrow, due_on=tomorrow)
    address = reverse("screening:remind", args=[round_.pk])
    for name in ("overview", "workspace"):
        page = counselor.get(reverse(f"screening:{name}")).content.decode()
        assert f"{tomorrow.month}月{tomorrow.day}日开始" in page
        assert address not in page
    assert "还没有开始" in counselor.post(address, follow=True).content.decode()
    assert not OutboxMessage.objects.exists()


def test_closing_asks_once_while_classes_have_not_submitted(round_, school, counselor):
    pass_of_a_class(1, round=round_, school_class=SchoolClassFactory(grade=GradeFactory(school=school)))
    address = reverse("screening:close_round", args=[round_.pk])
    assert "还有 1 个班没有提交" in counselor.get(reverse("screening:overview")).content.decode()
    assert "没有结束：还有 1 个班没有提交" in counselor.post(address, follow=True).content.decode()
    round_.refresh_from_db()
    assert round_.state == RoundState.OPEN
    counselor.post(address, {"sure": "yes"})
    round_.refresh_from_db()
    assert round_.state == RoundState.CLOSED


def test_the_button_says_how_many_classes_are_reminded_and_leads_back(round_, school):
    classes = SchoolClassFactory.create_batch(2, grade=GradeFactory(school=school))
    ClassPassFactory(round=round_, school_class=classes[0], submitted=True)
    begun = pass_of_a_class(1, round=round_, school_class=classes[1])
    deputy = as_(person_with(Role.DEPUTY, school=school))
    address = reverse("screening:remind", args=[round_.pk])
    assert "已发邮件提醒 1 个班级" in deputy.post(address, follow=True).content.decode()
    assert OutboxMessage.objects.get().recipient == begun.teacher
    assert deputy.post(address, {"back": "workspace"})["Location"] == reverse("screening:workspace")


def test_a_round_of_another_school_is_not_found(round_):
    stranger = as_(person_with(Role.COUNSELOR))
    for name in ("due_day", "close_round", "remind"):
        assert stranger.post(reverse(f"screening:{name}", args=[round_.pk])).status_code == 404
