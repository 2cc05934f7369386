"""A second factor in a real browser: an app with its codes, recovery codes that open once, and a passkey with verification."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD
from tests.browser.looks import troubles
from tests.factories.logins import code_now

pytestmark = pytest.mark.browser

# Teachers of the demo school whom no other walk needs.
WITH_APP, WITH_PASSKEY, GUESSED = "staff17", "staff18", "staff19"
VERIFIES = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def give_password(page: Page, login: str, base: str = "") -> None:
    page.goto(f"{base}/accounts/login/")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")


def give_code(page: Page, code: str) -> None:
    expect(page).to_have_url(re.compile("/accounts/2fa/authenticate/"))
    page.fill("input[name=code]", code)
    page.click("main form button.primary")


def log_out(page: Page, base: str = "") -> None:
    page.goto(f"{base}/accounts/logout/")
    page.locator("main form button.primary").click()


def test_an_app_is_set_up_on_the_telephone_and_asked_for_from_then_on(visit):
    phone = visit(WITH_APP, phone=True)
    phone.goto("/accounts/me/")
    assert not list(troubles(phone))
    phone.locator("#factors a.btn").click()
    assert not list(troubles(phone))
    phone.locator("a[href$='/2fa/app/']").click()
    expect(phone.locator("img.factor-qr")).to_be_visible()
    assert phone.locator("img.factor-qr").evaluate("image => image.naturalWidth") > 100
    phone.locator("details summary").last.click()
    secret = phone.locator(".factor-key").inner_text()
    assert not list(troubles(phone))
    phone.fill("input[name=code]", code_now(secret))
    phone.locator("main form button.primary").click()

    expect(phone.locator(".recovery-codes li")).to_have_count(10)
    spare = phone.locator(".recovery-codes li").all_inner_texts()
    assert not list(troubles(phone))
    phone.reload()
    expect(phone.locator(".recovery-codes")).to_have_count(0)

    log_out(phone)
    give_password(phone, WITH_APP)
    assert not list(troubles(phone))
    give_code(phone, "000000")
    expect(phone.locator("#id_code_error")).to_be_visible()
    give_code(phone, code_now(secret, steps=1))
    expect(phone).not_to_have_url(re.compile("/accounts/(login|2fa)/"))

    log_out(phone)
    give_password(phone, WITH_APP)
    give_code(phone, spare[0])
    expect(phone).not_to_have_url(re.compile("/accounts/(login|2fa)/"))

    log_out(phone)
    give_password(phone, WITH_APP)
    give_code(phone, spare[0])
    expect(phone.locator("#id_code_error")).to_be_visible()
    phone.goto("/accounts/me/")
    # The password was right, so the login page goes on with the second step.
    expect(phone).to_have_url(re.compile("/accounts/2fa/authenticate/"))


def test_a_passkey_logs_in_without_a_password_if_its_owner_is_verified(visit, live):
    # A passkey belongs to a name; the tests' server is otherwise reached by a number.
    base = f"http://localhost:{urlsplit(live.url).port}"
    page = visit(None)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    device = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": VERIFIES})["authenticatorId"]

    give_password(page, WITH_PASSKEY, base)
    page.goto(f"{base}/accounts/me/second-factor/")
    page.locator("a[href$='/2fa/passkeys/add/']").click()
    assert not list(troubles(page))
    page.fill("input[name=name]", "办公室电脑")
    page.locator("[data-passkey-go]").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    page.goto(f"{base}/accounts/me/")
    expect(page.get_by_text("办公室电脑")).to_be_visible()

    log_out(page, base)
    page.goto(f"{base}/accounts/login/")
    page.locator("form[data-passkey=login] [data-passkey-go]").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    page.goto(f"{base}/accounts/me/")
    expect(page.get_by_text(WITH_PASSKEY).first).to_be_visible()

    log_out(page, base)
    give_password(page, WITH_PASSKEY, base)
    page.locator("form[data-passkey=use] [data-passkey-go]").click()
    page.wait_for_url(lambda url: "/accounts/2fa/" not in url and "/accounts/login/" not in url)

    log_out(page, base)
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.goto(f"{base}/accounts/login/")
    page.locator("form[data-passkey=login] [data-passkey-go]").click()
    expect(page.locator("[data-passkey-said]")).not_to_be_empty()
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_where_there_can_be_no_passkey_none_is_offered(visit):
    page = visit(None)
    page.goto("/accounts/login/")
    expect(page.locator("form[data-passkey=login]")).to_be_hidden()
    give_password(page, GUESSED)
    page.goto("/accounts/2fa/passkeys/add/")
    expect(page.locator("[data-passkey-go]")).to_be_disabled()
    expect(page.locator("[data-passkey-said]")).not_to_be_empty()


def test_a_device_is_logged_out_from_another_one(visit):
    phone, desk = visit(GUESSED, phone=True), visit(GUESSED)
    desk.goto("/accounts/me/")
    assert not list(troubles(desk))
    desk.locator("#sessions li form button").first.click()
    expect(desk.locator("#sessions")).to_be_visible()
    desk.locator("#sessions > form button").click()
    phone.goto("/accounts/me/")
    expect(phone).to_have_url(re.compile("/accounts/login/"))
