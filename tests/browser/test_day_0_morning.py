"""Step 6 of the day, before school: beat finds who has to be reminded; each gets one mail, and no child is named."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Live

pytestmark = pytest.mark.browser

COURSE, FIRST_PASS = "小学校园心理危机识别与应对", "初步筛查"


def test_beat_reminds_a_teacher_and_the_homeroom_teachers_once_and_names_no_child(visit, live: Live):
    for _again in range(2):
        live.when_the_clock_strikes("training-remind-due")
        live.when_the_clock_strikes("screening-remind-first-pass")
    course = live.wait_for_mail("teacher@", COURSE)
    first_pass = live.wait_for_mail("homeroom@", "三（2）班")
    assert len(live.mails_to("teacher@", COURSE)) == 1
    assert len(live.mails_to("homeroom@", "三（2）班")) == 1
    reminded = [mail["To"] for mail in live.mails_to("@school.example", FIRST_PASS)]
    assert len(reminded) == len(set(reminded)) > 1, "each homeroom teacher with an open class, once"

    names, numbers = names_and_numbers(visit)
    for mail in (course, first_pass):
        words = f"{mail['Subject']} {mail.get_body(('plain',)).get_content()} {mail.get_body(('html',)).get_content()}"
        assert not [name for name in (*names, *numbers) if name in words]

    # The mail opens the form, after a login.
    address = next(word for word in first_pass.get_body(("plain",)).get_content().split() if "/classes/" in word)
    phone = visit(None, phone=True)
    phone.goto(address)
    phone.fill("input[name=login]", "homeroom")
    phone.fill("input[name=password]", "xinqiao-demo")
    phone.click("main form button[type=submit]")
    expect(phone.locator(".child")).to_have_count(45)


def names_and_numbers(visit) -> tuple[list[str], list[str]]:
    """Of the children of the class, as its teacher sees them."""
    teacher = visit("homeroom")
    teacher.goto("/screening/")
    teacher.get_by_role("main").locator("a[href*='/classes/']").first.click()
    links = teacher.locator(".child a")
    expect(links).to_have_count(45)
    names = links.evaluate_all("links => links.map(link => link.firstChild.textContent.trim())")
    return names, teacher.locator(".child a small").all_inner_texts()
