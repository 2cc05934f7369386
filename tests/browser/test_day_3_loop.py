"""Steps 3 to 5 of the day: a class on a phone, the counselor's desk, and what leaders and the administrator see of it."""

import io
import re
import uuid
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from screening.instruments.observation import DEFINITION
from tests.browser.conftest import Live
from tests.browser.looks import troubles

pytestmark = pytest.mark.browser

WORDS = {item["code"]: item["text"] for item in DEFINITION["items"]}
DOMAIN = {item["code"]: item["domain"] for item in DEFINITION["items"]}
# Sentences of the story, each to be looked for where it must not be.
INTERVIEW = "孩子说，夜里常常醒着数灯"
FAMILY = "家里这学期换了照料的人"
CAUSES = "可能和搬家以后没有玩伴有关"
REASON = "说过不想活，有具体的想法，需要马上有人陪"
PROTOCOL = "应急流程"
STORY = (INTERVIEW, FAMILY, CAUSES, REASON)


@dataclass
class Child:
    """One of the four: where in the class, and the signs that the teacher saw."""

    seat: int
    signs: dict[str, int]
    name: str = ""
    number: str = ""


HIGH = Child(11, {"e5": 1})
HEAVY = Child(4, {"e1": 3, "e2": 2, "c1": 2, "b1": 3})
TWO_DOMAINS = Child(33, {"s1": 2, "s2": 2, "v2": 3})
MILD = Child(20, {"e2": 1})
FOUR = (HIGH, HEAVY, TWO_DOMAINS, MILD)


def test_from_the_teachers_phone_to_the_letter_and_who_may_see_what(visit, live: Live):
    the_homeroom_teacher_submits_the_class(visit("homeroom", phone=True))
    counselor = visit("counselor")
    the_counselor_sees_the_four_by_danger(counselor)
    told = {leader: len(live.mails_to(leader, PROTOCOL)) for leader in ("principal", "deputy")}
    case = the_counselor_determines_the_level_after_a_talk(counselor)
    the_letter_waits_for_consent_and_says_the_minimum(counselor, case)
    leaders_are_told_without_a_name(live, told)
    the_deputy_sees_counts_and_late_items_and_no_story(visit("deputy"))
    the_administrator_cannot_open_it(visit("admin"), case)
    who_read_it_is_on_the_record(counselor, visit("principal"), case)


def the_homeroom_teacher_submits_the_class(phone: Page) -> None:
    phone.goto("/screening/")
    phone.get_by_role("main").locator("a[href*='/classes/']").first.click()
    rows = phone.locator(".child")
    expect(rows).to_have_count(45)
    for child in FOUR:
        row = rows.nth(child.seat)
        child.name = row.locator("a").evaluate("link => link.firstChild.textContent.trim()")
        child.number = row.locator("a small").inner_text()
        for domain in dict.fromkeys(DOMAIN[code] for code in child.signs):
            row.locator(f".cell[data-domain={domain}]").tap()
            for code, often in child.signs.items():
                if DOMAIN[code] == domain:
                    sign = phone.locator(".signs .sign").filter(has_text=WORDS[code])
                    sign.locator("label").first.tap()
                    sign.locator(f"label:has(input[type=radio][value='{often}'])").tap()
            if child is HIGH:
                expect(phone.locator("[data-act-now]:visible")).to_contain_text("12356")
            phone.locator("[data-done]").tap()
    expect(phone.locator("[data-n=marked]")).to_have_text("4")
    phone.locator("[data-rest]").tap()
    expect(phone.locator("#rest-dialog .names li")).to_have_count(41)
    with phone.expect_navigation():
        phone.locator("#rest-dialog button.primary").tap()
    expect(phone.locator("[data-n=left]").first).to_have_text("0")
    phone.locator("[data-submit]").tap()
    with phone.expect_navigation():
        phone.locator("#submit-dialog button.primary").tap()
    expect(phone.get_by_role("main")).to_contain_text("提交")
    expect(phone.locator("[data-submit]")).to_have_count(0)
    assert not list(troubles(phone))
    assert "关注" not in phone.locator(".children").inner_text(), "no level beside a name in the class"


def the_counselor_sees_the_four_by_danger(counselor: Page) -> None:
    counselor.goto("/workspace/")
    expect(counselor.get_by_role("main").locator(".todo.now").filter(has_text="三（2）班")).to_contain_text("今天")
    counselor.goto("/assessments/")
    order = counselor.locator(".todo").all_inner_texts()
    waiting = [next(at for at, row in enumerate(order) if child.name in row) for child in (HIGH, HEAVY, TWO_DOMAINS)]
    assert waiting[0] < min(waiting[1:]), "the one in danger first"
    assert "高危关注" in order[waiting[0]]
    assert "重点关注" in order[waiting[1]]
    assert not any(MILD.name in row for row in order), "the mild one stands below those who need a talk"
    counselor.fill("#q", MILD.name)
    counselor.locator("#q").press("Enter")
    expect(counselor.locator("table tbody tr").filter(has_text=MILD.name)).to_contain_text("一般关注")
    counselor.goto("/assessments/")
    counselor.get_by_role("link", name=HEAVY.name).click()
    expect(counselor.get_by_role("main")).to_contain_text(WORDS["e1"])
    expect(counselor.get_by_role("main")).to_contain_text(re.compile(r"总分\s*10"))


def the_counselor_determines_the_level_after_a_talk(counselor: Page) -> str:
    """The address of the case."""
    counselor.goto("/assessments/")
    counselor.get_by_role("link", name=HIGH.name).click()
    counselor.fill("textarea[name=interview]", INTERVIEW)
    counselor.fill("textarea[name=family]", FAMILY)
    counselor.click("button[name=act][value=save]")
    expect(counselor.locator("textarea[name=interview]")).to_have_value(INTERVIEW)
    counselor.fill("textarea[name=causes]", CAUSES)
    counselor.locator("label:has(input[name=level][value=high])").click()
    counselor.select_option("select[name=owner]", label="心理老师")
    counselor.click("button[name=act][value=determine]")
    expect(counselor.locator("textarea[name=causes]"), "without a reason nothing is decided").to_have_value(CAUSES)
    counselor.fill("textarea[name=reason]", REASON)
    counselor.click("button[name=act][value=determine]")
    counselor.wait_for_url("**/cases/**")
    for words in (HIGH.name, *STORY):
        expect(counselor.get_by_role("main")).to_contain_text(words)
    assert not list(troubles(counselor))
    return counselor.url.partition("#")[0].partition("?")[0]


def the_letter_waits_for_consent_and_says_the_minimum(counselor: Page, case: str) -> None:
    counselor.locator("form[action$='/refer/'] button").click()
    counselor.wait_for_url("**/referrals/**")
    referral = counselor.url.partition("#")[0]
    counselor.fill("input[name=hospital]", "市儿童医院心理科")
    counselor.fill("textarea[name=observed]", "近两周几次说到不想活，上课常趴着，午饭剩下很多。")
    counselor.fill("textarea[name=done_so_far]", "心理老师已单独谈话，班主任全天陪伴。")
    counselor.fill("textarea[name=asked]", "请评估目前的风险，告诉我们在校应注意什么。")
    counselor.locator("#write button.primary").click()
    expect(counselor.locator("#letter")).to_contain_text("市儿童医院心理科")
    assert counselor.request.get(f"{referral}letter.pdf").status in {403, 404, 409}, "no letter before the consent"
    counselor.locator("form[action$='/consent/ask/'] button").click()
    counselor.select_option("select[name=guardian]", index=1)
    counselor.select_option("select[name=how]", index=1)
    counselor.fill("textarea[name=evidence]", "当面签字，纸质同意书存于心理咨询室。")
    counselor.locator("button[name=given][value=yes]").click()
    counselor.locator("#issue input[name=minimum_checked]").first.check()
    counselor.locator("#issue form[action$='/issue/'] button.primary").click()
    with counselor.expect_download() as download:
        counselor.locator("a[href$='letter.pdf']").first.click()
    letter = PdfReader(io.BytesIO(download.value.path().read_bytes()))
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in letter.pages))
    for there in (HIGH.name, "市儿童医院心理科", "上课常趴着", "请评估目前的风险", "12356", "不是诊断"):
        assert there in text
    for absent in (*STORY, HIGH.number, "高危", "重点关注", "总分"):
        assert absent not in text
    assert HIGH.name not in (letter.metadata.title or "")
    assert len(letter.pages) == 1
    counselor.goto(f"{referral}letter/")
    assert counselor.locator("img.letter-picture").evaluate("img => img.decode().then(() => img.naturalWidth)") > 1000
    counselor.goto(case)
    expect(counselor.locator("#referrals")).to_contain_text("市儿童医院心理科")


def leaders_are_told_without_a_name(live: Live, before: dict[str, int]) -> None:
    for leader, so_far in before.items():
        live.wait_for_mail(leader, PROTOCOL, after=so_far)
    for mail in live.mails():
        words = f"{mail['Subject']} {mail.get_body(('plain',)).get_content()} {mail.get_body(('html',)).get_content()}"
        for child in FOUR:
            assert child.name not in words
            assert child.number not in words


def the_deputy_sees_counts_and_late_items_and_no_story(deputy: Page) -> None:
    deputy.goto("/workspace/")
    main = deputy.get_by_role("main")
    expect(main).to_contain_text("逾期")
    expect(main.locator(".stat").first).to_be_visible()
    for words in (*STORY, *(child.name for child in FOUR), *(child.number for child in FOUR)):
        expect(main).not_to_contain_text(words)


def the_administrator_cannot_open_it(admin: Page, case: str) -> None:
    answers = []
    for address in (case, re.sub(r"/cases/[^/]+/", f"/cases/{uuid.uuid4()}/", case)):
        answer = admin.goto(address)
        assert answer.status in {403, 404}
        answers.append((answer.status, admin.get_by_role("main").inner_text()))
        assert not list(troubles(admin))
    assert answers[0] == answers[1], "the same answer whether or not there is such a case"
    for words in STORY:
        assert words not in answers[0][1]


def who_read_it_is_on_the_record(counselor: Page, principal: Page, case: str) -> None:
    counselor.goto(case)
    expect(counselor.locator("#readers")).to_contain_text("心理老师")
    expect(counselor.locator("#readers")).not_to_contain_text("系统管理员")
    principal.goto("/audit/")
    main = principal.get_by_role("main")
    expect(main).to_contain_text("心理老师")
    for words in (*STORY, HIGH.name):
        expect(main).not_to_contain_text(words)
