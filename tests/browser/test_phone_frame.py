"""The frame on a phone: thanks do not stay in the way, no form is lost without a network, very large letters fit."""

import shutil

import pytest

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser
LARGE_LETTERS = "--blink-settings=defaultFontSize=32"


def test_a_word_of_thanks_leaves_the_help_line_free_and_goes_by_itself(visit):
    page = visit("teacher", phone=True)
    page.clock.install()
    page.locator("header .menu > summary").click()
    with page.expect_navigation():
        page.get_by_role("button", name="退出登录").click()
    thanks, help_line = page.locator(".toast.success"), page.locator(".help-bar a[href='tel:12356']")
    assert thanks.bounding_box()["y"] >= help_line.bounding_box()["y"] + help_line.bounding_box()["height"]
    page.clock.fast_forward(10_500)
    assert thanks.count() == 0


def test_with_letters_twice_as_large_nothing_leaves_the_screen(live, chromium):
    browser = chromium.browser_type.launch(
        executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", LARGE_LETTERS]
    )
    page = browser.new_page(base_url=live.url, viewport=PHONE, is_mobile=True)
    wide = {}
    for path in ("/", "/help/", "/parents/", "/search/?q=睡不着", "/training/crisis/", "/accounts/login/", "/no-page/"):
        page.goto(path)
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        wide[path] = page.evaluate("document.documentElement.scrollWidth")
    browser.close()
    assert set(wide.values()) == {PHONE["width"]}, wide


def test_without_a_network_a_form_stays_and_says_so(visit):
    page = visit("teacher", phone=True)
    page.goto("/training/")
    page.locator("header .menu > summary").click()
    page.context.set_offline(True)
    page.get_by_role("button", name="退出登录").click()
    assert "还在这一页" in page.locator(".toasts").inner_text()
    page.context.set_offline(False)
    page.locator(".toast.offline").wait_for(state="detached")
    with page.expect_navigation():
        page.get_by_role("button", name="退出登录").click()
