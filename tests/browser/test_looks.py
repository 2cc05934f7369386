"""Every kind of page, on a phone and at a desk, by day and by night: it fits, it is accessible, and it keeps its own rules."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD
from tests.browser.looks import troubles

pytestmark = pytest.mark.browser

# Where a page's address is a child's, a class's or a code's: the page before it, and the link that leads there.
FIRST = "main a[href*='{}']"
PUBLIC = [
    "/", "/parents/", ("/parents/", FIRST.format("/parents/")), "/search/?q=情绪", "/search/?q=没有这样的词", "/help/",
    "/privacy/", "/training/", "/accounts/login/", "/certificates/verify/", "/certificates/verify/XQ-AAAA-AAAA-AAAA/",
    "/components/", "/demo/mail/", "/no/such/page/",
]  # fmt: skip
BY_LOGIN = {
    # Somebody whose class nobody submits in the other walks.
    "staff11": [
        "/screening/", ("/screening/", FIRST.format("/classes/")), ("/screening/", FIRST.format("/classes/"), "rest/"),
        ("/screening/", FIRST.format("/classes/"), ".child a"), "/training/",
    ],
    "counselor": [
        "/workspace/", "/assessments/", ("/assessments/", FIRST.format("/assessments/")), "/cases/",
        ("/cases/", "main table a[href*='/cases/']"), ("/cases/?level=high", "main table a[href*='/cases/']"),
        "/screening/", "/screening/rounds/new/", ("/workspace/", FIRST.format("/referrals/")),
        ("/workspace/", FIRST.format("/referrals/"), FIRST.format("/letter/")),
    ],
    "deputy": ["/workspace/", "/cases/", "/screening/", "/training/completion/"],
    "principal": ["/workspace/", "/audit/"],
    "grade3": ["/workspace/"],
    "district": ["/workspace/"],
    "trainer": ["/training/completion/", "/training/assign/"],
    "staff01": ["/training/", ("/training/", FIRST.format("/training/")), ("/training/", FIRST.format("/certificates/"))],
    "parent": ["/", "/workspace/"],
}  # fmt: skip


def follow(page: Page, steps: str | tuple[str, ...]) -> bool:
    """Go to an address, then on by links; a last step with a slash at its end is added to the address."""
    first, *more = (steps,) if isinstance(steps, str) else steps
    page.goto(first)
    for step in more:
        if step.endswith("/"):
            page.goto(page.url.partition("#")[0] + step)
            continue
        link = page.locator(step).first
        if not link.count():
            return False
        page.goto(link.get_attribute("href"))
    return True


@pytest.mark.parametrize("login", [None, *BY_LOGIN])
def test_each_page_fits_is_accessible_and_complains_of_nothing(visit, login: str | None):
    page = visit(login)
    found, missing = [], []
    for steps in BY_LOGIN[login] if login else PUBLIC:
        if follow(page, steps):
            found += troubles(page)
        else:
            missing.append(steps)
    assert not missing, "nothing there to look at"
    assert not found, "\n".join(found)


def test_the_skip_link_leads_to_the_content_and_dialogs_close_by_escape(visit):
    page = visit("staff11")
    page.goto("/screening/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_class(re.compile("skip"))
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.locator("main a[href*='/classes/']").first.press("Enter")
    expect(page.locator(".child .cell").first).to_be_visible()
    page.locator("[data-rest]").press("Enter")
    dialog = page.locator("#rest-dialog")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("dialog => dialog.contains(document.activeElement)"), "the keyboard is inside of the dialog"
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    menu = page.locator("details.menu > summary")
    menu.press("Enter")
    expect(page.locator("details.menu")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()


def test_public_pages_work_without_a_script(visit):
    page = visit(None, phone=True, java_script_enabled=False)
    page.goto("/")
    page.locator("main a[href*='/parents/']").first.click()
    page.goto("/parents/")
    page.locator("main a[href^='?topic='], main a[href*='topic=']").first.click()
    title = page.locator("main article a, main .card a").first
    expect(title).to_be_visible()
    title.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("a[href='tel:12356']").first).to_be_visible()
    page.goto("/search/")
    page.fill("input[type=search][name=q]:visible", "睡不着")
    page.keyboard.press("Enter")
    expect(page.locator("main a[href*='/parents/']").first).to_be_visible()
    page.goto("/help/")
    expect(page.locator("main a[href='tel:12356']").first).to_be_visible()
    page.goto("/certificates/verify/")
    page.locator("main input[type=text], main input[name=code]").first.fill("XQ-AAAA-AAAA-AAAA")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", "parent")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    expect(page.locator(".top details.menu")).to_be_visible()
