"""Step 2 of the day: a teacher takes a course on a phone, fails once, passes, and gets a certificate that can be verified."""

import io
import re

import pytest
import segno
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.conftest import Live
from tests.browser.looks import troubles
from training.demo_texts.questions import QUESTIONS

pytestmark = pytest.mark.browser

RIGHT = {
    text: {words for words, right, _feedback in options if right}
    for _kind, _slug, _section, text, options, _why in QUESTIONS
}
WHY = {text: why for _kind, _slug, _section, text, _options, why in QUESTIONS}


def test_a_teacher_learns_on_a_phone_fails_once_passes_and_gets_a_certificate(visit, live: Live):
    phone = visit("teacher", phone=True)
    phone.goto("/training/")
    phone.get_by_role("link", name="开始学习").first.click()
    forward(phone, 2)
    left_at = phone.get_by_role("article").get_by_role("heading").first.inner_text()
    phone.context.close()

    phone = visit("teacher", phone=True)
    phone.goto("/training/")
    phone.get_by_role("link", name="接着学").first.click()
    expect(phone.get_by_role("article").get_by_role("heading").first).to_have_text(left_at)
    for _ in range(40):
        if "/quiz/" in phone.url:
            break
        forward(phone)

    begin(phone)
    assert not list(troubles(phone))
    answer(phone, rightly=False)
    assert not list(troubles(phone))
    expect(phone.get_by_role("heading", level=1)).to_have_text("这次还没通过")
    for text in phone.locator(".reviewed h3").all_inner_texts():
        expect(phone.get_by_role("main")).to_contain_text(WHY[re.sub(r"^\d+\s*", "", text)])

    begin(phone)
    answer(phone, rightly=True)
    expect(phone.get_by_role("heading", level=1)).to_have_text("已通过")
    phone.get_by_role("link", name="查看证书").click()

    picture = phone.locator(".certificate-sheet img")
    expect(picture).to_be_visible()
    assert not list(troubles(phone))
    assert picture.evaluate("img => img.decode().then(() => img.naturalWidth)") > 1000
    address = phone.locator("a[href*='/certificates/verify/']").first.get_attribute("href")
    with phone.expect_download() as download:
        phone.get_by_role("link", name="下载 PDF").click()
    by_hand = download.value.path().read_bytes()
    mail = live.wait_for_mail("teacher@school.example", "证书")
    (by_mail,) = [part.get_payload(decode=True) for part in mail.iter_attachments()]
    for pdf in (by_hand, by_mail):
        document = PdfReader(io.BytesIO(pdf))
        assert "任课老师" in document.pages[0].extract_text()
        assert address.rstrip("/").rpartition("/")[2] in document.pages[0].extract_text()
        assert drawn(document) in [every_mask(address)[mask] for mask in range(8)]

    stranger = visit(None, phone=True)
    stranger.goto(address)
    expect(stranger.get_by_role("main")).to_contain_text("有效")
    assert not list(troubles(stranger))
    assert "任课老师" not in stranger.content(), "of the name only the family name"


def forward(phone: Page, times: int = 1) -> None:
    for _ in range(times):
        with phone.expect_navigation():
            phone.locator("button[name=go][value=next]").click()


def begin(phone: Page) -> None:
    with phone.expect_navigation():
        phone.locator("main form[method=post] button.primary").first.click()


def answer(phone: Page, *, rightly: bool) -> None:
    """Each question with its right options, or each with one that is wrong."""
    for question in phone.locator("fieldset.question").all():
        text = question.locator("legend span").last.inner_text()
        for option in question.locator("label.opt").all():
            words = re.sub(r"^[A-Z]\s", "", option.locator("span").inner_text())
            if (words in RIGHT[text]) == rightly:
                option.click()
                if not rightly:
                    break
    expect(phone.locator("#kept progress[value='10']")).to_be_visible()
    with phone.expect_navigation():
        phone.get_by_role("button", name="交卷").click()


def every_mask(address: str) -> list[list[list[int]]]:
    return [[list(row) for row in segno.make(address, error="m", micro=False, mask=mask).matrix] for mask in range(8)]


def drawn(document: PdfReader) -> list[list[int]]:
    """The dots of the code in the document, 1 for a dark one."""
    picture = document.pages[0].images[0].image.convert("L")
    size = 4
    border, dots = 2, picture.width // size - 4
    centre = [(border + dot) * size + size // 2 for dot in range(dots)]
    return [[int(picture.getpixel((x, y)) < 128) for x in centre] for y in centre]
