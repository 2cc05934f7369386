"""The class form in a browser: saved by itself, on a weak network, with a session that ends, in two tabs, by keyboard, without a script."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD

pytestmark = pytest.mark.browser
TEACHER = "staff16"
"""Homeroom teacher of 六（2）班, which nobody has begun; each test keeps to its own rows."""


@pytest.fixture
def form(visit):
    page = visit(TEACHER, phone=True)
    open_form(page)
    return page


def open_form(page: Page) -> None:
    page.goto("/screening/")
    page.get_by_role("main").locator("a[href*='/classes/']").first.click()
    expect(page.locator(".child .cell").first).to_be_visible()


def row(page: Page, seat: int):
    return page.locator(".child").nth(seat)


def mark(page: Page, seat: int, *, domain: str = "emotion", sign: int = 0):
    # A page in the background draws nothing, and each click would wait for that.
    page.bring_to_front()
    row(page, seat).locator(f".cell[data-domain={domain}]").click()
    page.locator(".signs .sign input[type=checkbox]").nth(sign).check()


def cell(page: Page, seat: int, domain: str = "emotion"):
    return row(page, seat).locator(f".cell[data-domain={domain}]")


def saved(page: Page) -> None:
    expect(page.locator("[data-status]")).to_contain_text("已自动保存")


def log_in_here(page: Page, login: str = TEACHER) -> None:
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def test_a_sign_with_its_frequency_and_a_sentence_is_there_after_a_reload(form):
    mark(form, 0)
    form.locator(".signs .sign").first.locator("label", has_text="常常").last.click()
    form.locator(".signs textarea").fill("早读时常独自坐着")
    saved(form)
    form.reload()
    expect(cell(form, 0)).to_have_text("1")
    cell(form, 0).click()
    expect(form.locator(".signs input[type=radio]:checked")).to_have_value("2")
    expect(form.locator(".signs textarea")).to_have_value("早读时常独自坐着")


def test_a_sign_taken_back_leaves_the_child_to_be_confirmed(form):
    mark(form, 1)
    form.locator(".signs .sign input[type=checkbox]").first.uncheck()
    expect(row(form, 1).locator(".state")).to_have_text("确认未见异常")
    row(form, 1).locator(".state").click()
    expect(row(form, 1).locator(".state")).to_have_text("未见异常")
    saved(form)
    form.reload()
    expect(row(form, 1).locator(".state")).to_have_text("未见异常")
    row(form, 1).locator(".state").click()
    expect(row(form, 1).locator(".state")).to_have_text("确认未见异常")
    saved(form)


def test_a_critical_sign_says_at_once_what_to_do_even_without_a_network(form):
    form.context.set_offline(True)
    cell(form, 2).click()
    form.locator(".signs .sign", has_text="不想活了").locator("input[type=checkbox]").check()
    expect(form.locator("[data-act-now]")).to_contain_text("不要让孩子独处")
    expect(form.locator("[data-status]")).to_contain_text("网络不好")
    form.context.set_offline(False)
    saved(form)
    form.locator(".signs .sign", has_text="不想活了").locator("input[type=checkbox]").uncheck()
    expect(form.locator("[data-act-now]")).to_be_hidden()
    expect(form.locator(".signs [data-told]")).to_contain_text("已经通知心理老师")
    saved(form)


def test_what_is_marked_without_a_network_is_saved_when_it_is_back(form):
    form.context.set_offline(True)
    mark(form, 3)
    expect(form.locator("[data-status]")).to_contain_text("还有 1 人未保存")
    form.context.set_offline(False)
    saved(form)
    form.reload()
    expect(cell(form, 3)).to_have_text("1")


def test_a_confirmation_that_the_network_held_back_is_asked_for_again(form):
    form.context.set_offline(True)
    mark(form, 12)
    expect(form.locator("[data-status]")).to_contain_text("网络不好")
    form.locator("[data-rest]").click()
    form.locator("#rest-dialog .primary").click()
    expect(form.locator("#rest-dialog")).to_be_hidden()
    form.context.set_offline(False)
    expect(form.locator("[data-status]")).to_contain_text("请再点一次")
    expect(row(form, 13).locator(".state")).to_have_text("确认未见异常")


def test_a_name_that_nobody_has_is_said(form):
    form.locator(".find").fill("zzz")
    expect(form.get_by_text("这个班没有这样的名字")).to_be_visible()
    form.locator(".find").fill("")
    expect(form.get_by_text("这个班没有这样的名字")).to_be_hidden()


def test_two_tabs_show_both_versions_and_the_teacher_chooses(form):
    second = form.context.new_page()
    open_form(second)
    mark(form, 4, sign=0)
    saved(form)
    mark(second, 4, domain="behaviour", sign=1)
    conflict = second.locator(".conflict")
    expect(conflict.locator("[data-here]")).to_contain_text("推打、骂人")
    expect(conflict.locator("[data-there]")).to_contain_text("常常难过、流泪")
    conflict.locator("[data-keep=there]").click()
    expect(cell(second, 4)).to_have_text("1")
    expect(cell(second, 4, "behaviour")).to_have_text("—")
    mark(second, 4, domain="cognition")
    saved(second)
    mark(form, 4, domain="social")
    form.locator("[data-keep=here]").click()
    saved(form)
    form.reload()
    expect(cell(form, 4, "social")).to_have_text("1")
    expect(cell(form, 4, "cognition")).to_have_text("—")


def test_when_the_session_ends_what_is_marked_waits_for_the_login_in_another_window(form):
    form.context.clear_cookies(name="sessionid")
    mark(form, 5)
    status = form.locator("[data-status]")
    expect(status).to_contain_text("请重新登录")
    with form.context.expect_page() as opened:
        status.locator("a").click()
    log_in_here(opened.value)
    opened.value.close()
    form.evaluate("dispatchEvent(new Event('focus'))")
    saved(form)
    form.reload()
    expect(cell(form, 5)).to_have_text("1")


def test_when_the_session_ends_what_is_marked_survives_a_login_in_the_same_window(form):
    address = form.url
    form.context.clear_cookies(name="sessionid")
    mark(form, 6)
    login = form.locator("[data-status] a").get_attribute("href")
    form.on("dialog", lambda dialog: dialog.accept())
    form.goto(login)
    log_in_here(form)
    assert form.url.startswith(address)
    expect(cell(form, 6)).to_have_text("1")
    saved(form)
    assert form.evaluate("sessionStorage.length") == 0


def test_under_another_persons_login_nothing_is_saved(form):
    second = form.context.new_page()
    second.goto("/accounts/logout/")
    second.locator("main form button").click()
    second.goto("/accounts/login/")
    log_in_here(second, "homeroom")
    mark(form, 7)
    expect(form.locator("[data-status]")).to_contain_text("刷新")


def test_a_child_is_found_by_pinyin_initials_and_by_number(form):
    child = row(form, 8)
    initials = child.get_attribute("data-find").split()[1]
    number = child.locator("small").inner_text()
    for typed in (initials, number):
        form.locator(".find").fill(typed)
        expect(child).to_be_visible()
        assert form.locator(".child:visible").count() < 45
    form.locator(".find").fill("zzzz")
    expect(form.locator(".child:visible")).to_have_count(0)


def test_the_form_is_filled_in_by_keyboard_alone(form):
    cell(form, 9).focus()
    form.keyboard.press("Enter")
    expect(cell(form, 9)).to_have_attribute("aria-expanded", "true")
    form.keyboard.press("Space")
    form.keyboard.press("Tab")
    form.keyboard.press("ArrowRight")
    form.keyboard.press("Escape")
    expect(cell(form, 9)).to_be_focused()
    saved(form)
    form.reload()
    cell(form, 9).click()
    expect(form.locator(".signs input[type=radio]:checked")).to_have_value("2")


def test_without_a_script_each_child_has_a_page_and_each_row_its_button(visit):
    page = visit(TEACHER, phone=True, java_script_enabled=False)
    page.goto("/screening/")
    page.get_by_role("main").locator("a[href*='/classes/']").first.click()
    row(page, 10).locator("a").click()
    page.locator("fieldset.sign").first.locator("label", has_text="偶尔").click()
    page.get_by_role("button", name="保存标记").click()
    expect(row(page, 10).locator("i.on")).to_contain_text("1")
    row(page, 11).get_by_role("button").click()
    expect(row(page, 11).locator("em")).to_have_text("未见异常")


def test_the_rest_by_their_names_then_the_class_once(form):
    left = int(form.locator(".form-bar [data-n=left]").inner_text())
    form.locator("[data-submit]").dispatch_event("click")
    expect(form.locator("[data-status]")).to_contain_text(f"还有 {left} 个孩子没有考虑到")
    form.locator("[data-rest]").click()
    expect(form.locator("#rest-dialog .names li")).to_have_count(left)
    with form.expect_navigation():
        form.locator("#rest-dialog .primary").click()
    second = form.context.new_page()
    open_form(second)
    form.locator("[data-submit]").click()
    with form.expect_navigation():
        form.locator("#submit-dialog .primary").dblclick()
    expect(form.get_by_role("main")).to_contain_text(re.compile("已于 .* 提交"))
    second.locator("[data-submit]").click()
    with second.expect_navigation():
        second.locator("#submit-dialog .primary").click()
    expect(second.get_by_role("main")).to_contain_text(re.compile("已于 .* 提交"))
