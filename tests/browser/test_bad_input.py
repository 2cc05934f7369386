"""What people get wrong, and what goes wrong under their hands: nothing is lost, done twice, or told to others."""

import re
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD
from tests.browser.looks import troubles

pytestmark = pytest.mark.browser

# Homeroom teachers of the demo school who have begun their first pass.
BEGUN, ALSO_BEGUN = "staff11", "staff05"


def test_a_wrong_password_says_so_keeps_the_name_and_does_not_tell_who_exists(visit):
    page = visit(None, phone=True)
    said = []
    for login in ("teacher", "nobody-of-this-name"):
        page.goto("/accounts/login/")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", "not-the-password")
        page.click("main form button[type=submit]")
        said.append(page.get_by_role("alert").inner_text())
        expect(page.locator("input[name=login]")).to_have_value(login)
        expect(page.locator("input[name=password]")).to_have_value("")
    assert said[0] == said[1]
    page.goto("/workspace/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing_that_was_typed(visit):
    counselor = visit("counselor")
    counselor.goto("/assessments/")
    counselor.locator(".todo:not(.now)").first.get_by_role("link").first.click()
    address = counselor.url
    typed = "孩子说：周三的下午最难熬，其他时候还好。"
    counselor.fill("textarea[name=interview]", typed)
    counselor.context.clear_cookies()
    counselor.click("button[name=act][value=save]")
    expect(counselor).to_have_url(re.compile("/accounts/login/"))
    assert typed not in counselor.content()
    counselor.fill("input[name=login]", "counselor")
    counselor.fill("input[name=password]", PASSWORD)
    counselor.click("main form button[type=submit]")
    assert not list(troubles(counselor))
    counselor.get_by_role("main").locator("form button.primary").click()
    counselor.goto(address)
    expect(counselor.locator("textarea[name=interview]")).to_have_value(typed)


def test_a_session_that_ends_in_the_class_form_keeps_the_marks_until_the_next_login(visit):
    phone = visit(BEGUN, phone=True)
    open_class(phone)
    phone.context.clear_cookies()
    row = phone.locator(".child").last
    mark(phone, row, "emotion")
    with phone.expect_popup() as popup:
        phone.locator("[data-status]:visible a").first.click()
    other = popup.value
    other.fill("input[name=login]", BEGUN)
    other.fill("input[name=password]", PASSWORD)
    other.click("main form button[type=submit]")
    other.wait_for_url(lambda url: "/accounts/login/" not in url)
    other.close()
    phone.bring_to_front()
    phone.evaluate("dispatchEvent(new Event('focus'))")
    saved(phone)
    phone.reload()
    expect(phone.locator(".child").last.locator(".cell[data-domain=emotion]")).to_have_text("1")


def test_a_quiz_sent_twice_counts_once(visit):
    first = visit("homeroom", phone=True)
    first.goto("/training/")
    first.get_by_role("link", name="开始学习").first.click()
    for _ in range(40):
        if "/quiz/" in first.url:
            break
        with first.expect_navigation():
            first.locator("button[name=go][value=next]").click()
    with first.expect_navigation():
        first.locator("main form[method=post] button.primary").first.click()
    second = first.context.new_page()
    second.goto(first.url)
    first.locator("[form=quiz].primary").click()
    first.locator("[form=quiz][name=confirm]").dblclick()
    expect(first.locator(".score")).to_have_text("0")
    second.locator("[form=quiz].primary").dblclick()
    expect(second.locator(".score")).to_have_text("0")
    expect(first.get_by_role("main")).to_contain_text("今天还可以做 4 次")
    second.reload()
    expect(second.get_by_role("main")).to_contain_text("今天还可以做 4 次")


def test_a_class_changed_in_two_tabs_shows_both_and_is_submitted_once(visit):
    one = visit(ALSO_BEGUN, phone=True)
    open_class(one)
    two = one.context.new_page()
    two.goto(one.url)
    mark(one, one.locator(".child").last, "emotion")
    saved(one)
    mark(two, two.locator(".child").last, "social")
    expect(two.locator(".conflict [data-here] li")).to_have_count(1)
    expect(two.locator(".conflict [data-there] li")).to_have_count(1)
    two.locator(".conflict [data-keep=there]").click()
    expect(two.locator(".child").last.locator(".cell[data-domain=emotion]")).to_have_text("1")

    one.bring_to_front()
    one.locator("[data-rest]").click()
    with one.expect_navigation():
        one.locator("#rest-dialog button.primary").dblclick()
    two.reload()
    for tab in (one, two):
        tab.bring_to_front()
        tab.locator("[data-submit]").click()
    for tab in (one, two):
        tab.bring_to_front()
        tab.locator("#submit-dialog button.primary").dblclick()
        expect(tab.locator("[data-submit]")).to_have_count(0)
        expect(tab.get_by_role("main")).to_contain_text("提交")
    one.reload()
    expect(one.locator(".child")).to_have_count(45)


def test_a_file_that_is_no_picture_is_refused_with_a_sentence(visit, tmp_path: Path):
    editor = visit("editor")
    fake = tmp_path / "picture.png"
    fake.write_text("<svg onload='alert(1)'>this is no picture</svg>")
    editor.goto("/admin/images/add/")
    editor.fill("#id_title", "不是图片")
    editor.fill("#id_description", "不是图片")
    editor.set_input_files("#id_file", fake)
    editor.get_by_role("button", name="上传").click()
    expect(editor.locator(".error-message").filter(has_text="图").first).to_be_visible()
    expect(editor.locator("#id_description")).to_have_value("不是图片")
    editor.goto("/admin/images/")
    expect(editor.get_by_role("main")).not_to_contain_text("不是图片")


def test_a_page_without_permission_says_whom_to_ask_and_not_whether_there_is_such_a_record(visit):
    counselor = visit("counselor")
    counselor.goto("/cases/")
    case = counselor.locator("table tbody th a").first.get_attribute("href")
    nothing = f"/cases/{uuid.uuid4()}/"
    for login in ("teacher", "parent", "admin", "editor"):
        page = visit(login, phone=login in {"teacher", "parent"})
        answers = []
        for address in (case, nothing):
            answer = page.goto(address)
            answers.append((answer.status, page.title(), page.get_by_role("main").inner_text()))
        assert answers[0] == answers[1], login
        assert answers[0][0] in {403, 404}
        assert "管理员" in answers[0][2]
    stranger = visit(None)
    for address in (case, nothing):
        stranger.goto(address)
        expect(stranger).to_have_url(re.compile("/accounts/login/"))


def open_class(page: Page) -> None:
    page.goto("/screening/")
    page.get_by_role("main").locator("a[href*='/classes/']").first.click()
    expect(page.locator(".child")).to_have_count(45)


def mark(page: Page, row, domain: str) -> None:
    """The first sign of the domain, seen now and then."""
    # A page in the background draws nothing, and each click would wait for that.
    page.bring_to_front()
    row.locator(f".cell[data-domain={domain}]").click()
    sign = page.locator(".signs .sign").first
    sign.locator("label").first.click()
    sign.locator("label:has(input[type=radio][value='1'])").click()
    page.locator("[data-done]").click()


def saved(page: Page) -> None:
    expect(page.locator(".unsaved")).to_have_count(0)
