"""The frame of every page: places by duty, the language, plain words for what cannot be shown."""

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests.factories.accounts import person_with
from tests.factories.school import GradeFactory, SchoolClassFactory, SchoolFactory
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry
from xinqiao.ui.context import page_frame
from xinqiao.ui.errors import csrf_failure, server_error

pytestmark = pytest.mark.django_db


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def places(page: BeautifulSoup, where: str = "nav.nav") -> list[str]:
    return [link.get_text(strip=True) for link in page.select(f"{where} a")]


def person(role: Role):
    school = SchoolFactory()
    school_class = SchoolClassFactory(grade=GradeFactory(school=school))
    return person_with(
        role, school=school, school_class=school_class if role in {Role.HOMEROOM, Role.TEACHER} else None
    )


def test_without_a_login_the_public_places_and_help_are_shown(client):
    page = soup(client.get("/accounts/login/"))
    assert places(page) == ["首页", "家长学校", "教师培训"]
    assert places(page, "nav.places") == ["首页", "家长学校", "教师培训", "搜索", "现在求助"]
    assert page.select_one(".help-bar a[href='tel:12356']")


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (Role.COUNSELOR, ["今天", "筛查", "个案", "知情同意", "培训", "名录", "家长学校"]),
        (Role.PRINCIPAL, ["今天", "筛查", "个案", "知情同意", "培训", "名录", "审计", "家长学校"]),
        (Role.HOMEROOM, ["筛查", "知情同意", "培训", "名录", "家长学校"]),
        (Role.TEACHER, ["培训", "名录", "家长学校"]),
        (Role.ADMINISTRATOR, ["培训", "名录", "紧急查阅", "编辑后台", "家长学校"]),
        (Role.GUARDIAN, ["我的孩子", "家长学校"]),
    ],
)
def test_each_duty_has_its_places(client, role, shown):
    client.force_login(person(role))
    assert places(soup(client.get("/components/"))) == shown


@pytest.mark.parametrize(
    ("path", "place"), [("/assessments/", "/screening/"), ("/referrals/1/", "/cases/"), ("/cases/1/", "/cases/")]
)
def test_a_page_of_the_loop_says_in_which_place_it_lies(rf, path, place):
    request = rf.get(path)
    request.user = person_with(Role.COUNSELOR)
    assert [each["url"] for each in page_frame(request)["places"] if each["current"]] == [place]


def test_the_bar_of_a_phone_never_holds_more_than_five_and_always_help(client):
    for role in Role:
        if role != Role.GRADE_LEADER:
            client.force_login(person(role))
            shown = places(soup(client.get("/components/")), "nav.places")
            assert len(shown) <= 5
            assert "现在求助" in shown


def test_the_first_thing_that_the_keyboard_meets_leads_to_the_content(client):
    page = soup(client.get("/components/"))
    first = page.body.find(["a", "button", "input"])
    assert (first["href"], first.get_text()) == ("#main", "跳到正文")
    assert page.find(id="main")["tabindex"] == "-1"


def test_a_refused_page_and_a_missing_one_say_the_same_and_whom_to_ask(client):
    client.force_login(person(Role.TEACHER))
    refused, missing = client.get(reverse("audit_trail")), client.get("/no-such-page/")
    assert (refused.status_code, missing.status_code) == (403, 404)
    assert soup(refused).main.get_text() == soup(missing).main.get_text()
    assert "学校管理员" in soup(refused).main.get_text()
    assert soup(refused).title == soup(missing).title


def test_without_a_login_a_missing_page_offers_one_and_says_nothing_else(client):
    page = soup(client.get("/no-such-page/"))
    assert page.main.select_one("a.primary")["href"].startswith(reverse("account_login"))


def test_a_refused_try_is_on_the_record_once(client):
    teacher = person(Role.TEACHER)
    client.force_login(teacher)
    client.get(reverse("audit_trail"))
    client.get(reverse("audit_trail"))
    assert AuditEntry.objects.filter(action="access.refused", actor=teacher).count() == 1


def test_the_language_is_a_cookie_and_back_to_the_page(client):
    response = client.get(reverse("choose_language", args=["en"]), {"next": "/components/"})
    assert response["Location"] == "/components/"
    page = soup(client.get("/components/"))
    assert page.html["lang"] == "en"
    assert page.h1.get_text() == "All components"


@pytest.mark.parametrize("elsewhere", ["https://else.example/", "//else.example", "javascript:alert(1)"])
def test_the_language_switch_leads_nowhere_else(client, elsewhere):
    assert client.get(reverse("choose_language", args=["en"]), {"next": elsewhere})["Location"] == "/"


def test_an_unknown_language_is_not_there(client):
    assert client.get(reverse("choose_language", args=["xx"])).status_code == 404


def test_a_form_that_cannot_be_sent_says_what_to_do(rf):
    response = csrf_failure(rf.post("/"))
    assert response.status_code == 403
    assert "请返回上一页" in response.content.decode()


def test_a_failure_of_ours_needs_no_database_and_shows_the_numbers(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = server_error(rf.get("/"))
    assert response.status_code == 500
    for number in ("12356", "110", "120"):
        assert f"tel:{number}" in response.content.decode()


def test_the_page_of_components_exists_in_the_demo_and_shows_each(client):
    page = soup(client.get("/components/"))
    for part in (".page-head", ".card", ".data-table", ".paging", ".field .error", ".level.high", ".timeline",
                 ".empty", "progress", "dialog", ".toast", ".todo", ".tabs", ".notice", ".say", ".steps"):  # fmt: skip
        assert page.select_one(part), part


def test_a_field_with_an_error_is_tied_to_its_words(client):
    control = soup(client.get("/components/")).find(id="id_name")
    assert control["aria-invalid"] == "true"
    assert soup(client.get("/components/")).find(id="id_name_error").get_text()
    assert "id_name_error" in control["aria-describedby"]
    assert "id_name_hint" in control["aria-describedby"]


def test_a_level_is_a_word_and_never_a_colour_alone():
    with translation.override("zh-hans"):
        for level, words in (("general", "一般关注"), ("priority", "重点关注"), ("high", "高危关注")):
            html = render_to_string("ui/_level.html", {"level": level, "words": words})
            assert words in html
            assert f"level {level}" in html


def test_it_speaks_chinese_to_a_browser_that_asks_for_english_until_somebody_chooses(db):
    browser = Client(headers={"accept-language": "en-US,en;q=0.9"})
    assert "登录" in browser.get(reverse("account_login")).content.decode()
    browser.get(reverse("choose_language", args=["en"]))
    page = browser.get(reverse("account_login"))
    assert "Log in" in page.content.decode()
    assert page["Content-Language"] == "en"


def test_a_language_that_there_is_not_is_chinese(db):
    browser = Client()
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "xx"
    assert "登录" in browser.get(reverse("account_login")).content.decode()
