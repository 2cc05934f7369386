"""The class form as a page: small, with the same queries for any class, and of use without a script."""

import gzip

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from screening.rounds.enums import Considered, PassState, RoundState
from screening.rounds.models import ClassPass, Response
from tests.factories.screening import (
    A_CRITICAL_SIGN,
    A_SIGN,
    MANY_SIGNS,
    ResponseFactory,
    RoundFactory,
    pass_of_a_class,
)

pytestmark = pytest.mark.django_db
LARGEST = 30 * 1024
JSON = {"Accept": "application/json"}
QUERIES = 6


@pytest.fixture
def class_pass():
    return pass_of_a_class(3)


def address(class_pass, name="class_form", **more):
    return reverse(
        f"screening:{name}", kwargs={"round_id": class_pass.round_id, "class_id": class_pass.school_class_id, **more}
    )


def as_teacher(class_pass) -> Client:
    client = Client()
    client.force_login(class_pass.teacher)
    return client


def page_of(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def text_of(response) -> str:
    return page_of(response).get_text(" ", strip=True)


@pytest.mark.parametrize("marked", [0, 4])
def test_forty_five_children_are_at_most_thirty_kilobytes(marked):
    class_pass = pass_of_a_class(45)
    for child in class_pass.kids[:marked]:
        ResponseFactory(class_pass=class_pass, student=child, signs=MANY_SIGNS, note="早读时常独自坐着，问了说没事。")
    response = as_teacher(class_pass).get(address(class_pass))
    assert len(response.content) <= LARGEST
    assert len(gzip.compress(response.content)) <= 9 * 1024


@pytest.mark.parametrize("children", [2, 45])
def test_the_form_takes_the_same_queries_for_any_class(children, django_assert_num_queries):
    class_pass = pass_of_a_class(children)
    ResponseFactory(class_pass=class_pass, student=class_pass.kids[0], signs=MANY_SIGNS)
    client = as_teacher(class_pass)
    with django_assert_num_queries(QUERIES):
        client.get(address(class_pass))


def test_each_child_stands_in_a_row_with_what_is_marked(class_pass):
    ResponseFactory(class_pass=class_pass, student=class_pass.kids[0], signs={"e1": 2, "e2": 1, "s1": 1}, note="一句")
    ResponseFactory(class_pass=class_pass, student=class_pass.kids[1], considered=Considered.ABSENT)
    page = page_of(as_teacher(class_pass).get(address(class_pass)))
    one, two, three = page.select(".child")
    assert [cell.get_text(" ", strip=True) for cell in one.select("i")] == ["情绪 2", "", "", "社会适应 1", ""]
    assert one["data-answers"] == "e1:2,e2:1,s1:1"
    assert (one["data-note"], one["data-version"]) == ("一句", "1")
    assert two.em.text == "未到校"
    assert three.button["value"] == f"{class_pass.kids[2].pk}:0"
    assert "已标记 1 人 · 已确认 1 人 · 还有 1 人" in page.get_text()


def test_no_level_is_said_of_a_child_before_or_after_submission(class_pass):
    for child in class_pass.kids:
        ResponseFactory(class_pass=class_pass, student=child, signs=A_CRITICAL_SIGN)
    client = as_teacher(class_pass)
    for _again in range(2):
        words = text_of(client.get(address(class_pass)))
        assert not [level for level in ("高危", "重点关注", "一般关注") if level in words]
        client.post(address(class_pass, "submit"))


def test_no_childs_name_stands_in_the_title_or_the_address(class_pass):
    page = page_of(as_teacher(class_pass).get(address(class_pass)))
    for child in class_pass.kids:
        assert child.name not in page.title.text
        assert not [link for link in page.select("a") if child.name in link["href"] or child.number in link["href"]]


@pytest.mark.parametrize("name", ["class_form", "rest", "submit"])
def test_no_cache_keeps_a_page_with_childrens_names(class_pass, name):
    kept = as_teacher(class_pass).get(address(class_pass, name))["Cache-Control"]
    assert "no-store" in kept
    assert "private" in kept


def test_an_empty_class_says_what_to_do():
    class_pass = pass_of_a_class(0)
    assert "名册" in text_of(as_teacher(class_pass).get(address(class_pass)))


def test_a_closed_round_says_so_and_offers_nothing_to_fill_in():
    class_pass = pass_of_a_class(1)
    closed = pass_of_a_class(
        1,
        school_class=class_pass.school_class,
        round=RoundFactory(school=class_pass.round.school, state=RoundState.CLOSED),
    )
    page = page_of(as_teacher(class_pass).get(address(closed)))
    assert "这一轮已经结束" in page.get_text()
    assert not page.select("main form, main button")


# -- without a script


def test_a_row_is_confirmed_by_its_own_button(class_pass):
    child = class_pass.kids[0]
    response = as_teacher(class_pass).post(address(class_pass, "confirm_one"), {"child": f"{child.pk}:0"})
    assert response["Location"].endswith(f"#c{child.pk}")
    assert Response.objects.get(student=child).considered == Considered.CONFIRMED


@pytest.mark.parametrize("value", ["", "x:0", "1", "1:x"])
def test_a_button_that_says_nothing_changes_nothing(class_pass, value):
    assert as_teacher(class_pass).post(address(class_pass, "confirm_one"), {"child": value}).status_code == 302
    assert not Response.objects.exists()


def test_a_row_marked_meanwhile_is_not_confirmed_over_it(class_pass):
    row = ResponseFactory(class_pass=class_pass, student=class_pass.kids[0], signs=A_SIGN)
    response = as_teacher(class_pass).post(
        address(class_pass, "confirm_one"), {"child": f"{class_pass.kids[0].pk}:0"}, follow=True
    )
    assert "另一个窗口" in text_of(response)
    row.refresh_from_db()
    assert row.considered == Considered.MARKED


def test_the_rest_are_shown_by_name_and_confirmed_together(class_pass):
    ResponseFactory(class_pass=class_pass, student=class_pass.kids[0], signs=A_SIGN)
    client = as_teacher(class_pass)
    page = page_of(client.get(address(class_pass, "rest")))
    assert [li.get_text(strip=True) for li in page.select("main li") if li.input] == [
        kid.name for kid in class_pass.kids[1:]
    ]
    children = [field["value"] for field in page.select("input[name=child]")]
    response = client.post(address(class_pass, "rest"), {"child": children}, follow=True)
    assert "已确认：2 个孩子都观察过" in text_of(response)
    assert "每个孩子都考虑过了" in text_of(client.get(address(class_pass, "rest")))


def test_with_somebody_left_the_page_of_submission_says_how_many_and_who(class_pass):
    client = as_teacher(class_pass)
    page = page_of(client.get(address(class_pass, "submit")))
    assert "还有 3 个孩子没有考虑到" in page.get_text()
    assert page.select_one(f"main a[href='{address(class_pass, 'rest')}']")
    assert "还有 3 个孩子" in text_of(client.post(address(class_pass, "submit"), follow=True))
    assert ClassPass.objects.get().state == PassState.DRAFT


def test_submitting_twice_says_thank_you_twice_and_does_it_once(class_pass):
    for child in class_pass.kids:
        ResponseFactory(class_pass=class_pass, student=child)
    client = as_teacher(class_pass)
    assert "全班" in text_of(client.get(address(class_pass, "submit")))
    first = client.post(address(class_pass, "submit"), follow=True)
    submitted_at = ClassPass.objects.get().submitted_at
    second = client.post(address(class_pass, "submit"), follow=True)
    for answer in (first, second):
        assert "已提交。谢谢您" in text_of(answer)
    assert ClassPass.objects.get().submitted_at == submitted_at
    assert "已经提交过了" in text_of(client.get(address(class_pass, "submit")))


@pytest.mark.parametrize(("name", "get_queries"), [("rest", 6), ("submit", 6)], ids=["rest", "submit"])
def test_the_pages_before_an_act_take_few_queries(class_pass, name, get_queries, django_assert_num_queries):
    client = as_teacher(class_pass)
    with django_assert_num_queries(get_queries):
        client.get(address(class_pass, name))
