"""Guardians join: letters are printed, a mother joins on her telephone, adds her second child, and a restricted father sees nothing."""

import io
import re

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.conftest import Live

pytestmark = pytest.mark.browser
TEACHER = "staff14"
"""Homeroom teacher of a class that no other walk touches."""
PASSWORD = "海棠花开了又谢了的四月"
CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")


def ask(live: Live, expression: str) -> str:
    """A question to the database of the running product."""
    shell = f"from xinqiao.school.models import *; from xinqiao.accounts.models import *; print('=>', {expression})"
    return live.command("shell", "--no-imports", "-c", shell).rsplit("=> ", 1)[1].strip()


def change(live: Live, statement: str) -> None:
    live.command("shell", "--no-imports", "-c", f"from xinqiao.school.models import *; {statement}")


def children_of_the_class(live: Live) -> list[list[str]]:
    """Id, name, birthday and the telephone of the guardian of the first two children."""
    text = ask(
        live,
        "';'.join(f'{s.pk},{s.name},{s.born_on},{s.guardianships.get().guardian.phone}' for s in"
        " Student.objects.filter(current_class__in=[a.school_class_id for a in"
        f" User.objects.get(username='{TEACHER}').current_appointments() if a.role == 'homeroom'])"
        ".order_by('number')[:2])",
    )
    return [line.split(",") for line in text.split(";")]


def codes_on(pdf: bytes) -> dict[str, str]:
    """The code of each child by name, as it stands on the letters."""
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    names = re.findall(r"班\s*(\S+)\s*的家长", text)
    return dict(zip(names, CODE.findall(text), strict=True))


def answer_questions(page: Page, code: str, born_on: str, phone: str) -> None:
    if code:
        page.get_by_label("信上的邀请码").fill(code)
    page.get_by_label("孩子的出生日期").fill(born_on)
    page.get_by_label("您留在学校的手机号").fill(phone)
    page.get_by_role("button", name="继续").click()


def test_from_the_printed_letter_to_the_guardian_s_own_place(visit, live):
    first, second = children_of_the_class(live)

    teacher = visit(TEACHER)
    teacher.goto("/directory/")
    teacher.get_by_role("link", name="邀请家长").click()
    expect(teacher.get_by_role("heading", level=1)).to_contain_text("的家长")
    teacher.get_by_role("button", name="制作邀请信").click(timeout=60_000)
    expect(teacher.get_by_role("heading", name="信已做好")).to_be_visible(timeout=60_000)
    picture = teacher.get_by_role("img", name="邀请信第 1 页")
    expect(picture).to_be_visible()
    assert picture.evaluate("img => img.decode().then(() => img.naturalWidth)") == 1240
    with teacher.expect_download() as download:
        teacher.get_by_role("link", name=re.compile("下载")).click()
    assert re.fullmatch(r"letters-[0-9a-f]{8}\.pdf", download.value.suggested_filename)
    pdf = download.value.path().read_bytes()
    codes = codes_on(pdf)
    assert len(codes) == 45
    assert first[3] not in "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)

    mother = visit(None, phone=True)
    # By the QR code: the address is the site's own, and leaves the bar at once.
    mother.goto(f"/accounts/join/{codes[first[1]].replace('-', '')}/")
    expect(mother).to_have_url(f"{live.url}/accounts/join/")
    expect(mother.get_by_label("信上的邀请码")).to_have_value(codes[first[1]])
    answer_questions(mother, "", first[2], "10000000000")
    expect(mother.get_by_role("alert")).to_contain_text("没能确认")
    answer_questions(mother, codes[first[1]].lower().replace("-", " "), first[2], f"+86 {first[3]}")
    expect(mother.get_by_text("两个回答都对")).to_contain_text(first[1])
    mother.get_by_label("您的称呼").fill("海棠妈妈")
    mother.get_by_label("密码", exact=True).fill(PASSWORD)
    mother.get_by_label("再输一遍密码").fill(PASSWORD)
    mother.get_by_label("我已阅读").check()
    mother.get_by_role("button", name="加入").click()
    expect(mother).to_have_url(f"{live.url}/family/")
    expect(mother.get_by_role("heading", name=first[1])).to_be_visible()
    expect(mother.get_by_role("navigation", name="主要栏目").last.get_by_role("link", name="我的孩子")).to_be_visible()

    # Her second child: the roster has the same telephone under another row.
    change(
        live,
        f"g=Guardianship.objects.get(student={second[0]}).guardian; g.phone='{first[3]}'; g.save(update_fields=['phone'])",
    )
    mother.get_by_role("link", name="添加另一个孩子").click()
    answer_questions(mother, codes[second[1]], second[2], first[3])
    expect(mother.get_by_text("两个回答都对")).to_contain_text(second[1])
    mother.get_by_role("button", name="添加这个孩子").click()
    expect(mother.get_by_role("heading", name=second[1])).to_be_visible()
    expect(mother.get_by_role("heading", name=first[1])).to_be_visible()

    # She logs in with her telephone, in another browser.
    again = visit(None, phone=True)
    again.goto("/accounts/login/")
    again.fill("input[name=login]", first[3])
    again.fill("input[name=password]", PASSWORD)
    again.click("main form button[type=submit]")
    expect(again).to_have_url(f"{live.url}/family/")
    expect(again.get_by_role("heading", name=second[1])).to_be_visible()

    # A court's decision: at once, in the open session, nothing of that child is there.
    change(live, f"Guardianship.objects.filter(student={second[0]}).update(restricted=True)")
    mother.reload()
    expect(mother.get_by_role("heading", name=first[1])).to_be_visible()
    expect(mother.get_by_role("heading", name=second[1])).to_have_count(0)
    stranger = visit(None, phone=True)
    stranger.goto("/accounts/join/")
    answer_questions(stranger, codes[second[1]], second[2], first[3])
    expect(stranger.get_by_role("alert")).to_contain_text("与学校联系")

    # The teacher sees who has joined, and takes the letter back.
    teacher.goto("/directory/invitations/")
    row = teacher.get_by_role("row", name=first[1])
    expect(row).to_contain_text(re.compile("母亲|父亲"))
    expect(teacher.get_by_role("row", name=second[1])).to_contain_text("法院限制")
    row.get_by_role("link", name=first[1]).click()
    assert first[1] not in teacher.title()
    teacher.get_by_role("button", name="撤回").first.click()
    expect(teacher.get_by_text("已撤回，这个邀请码不能再用了")).to_be_visible()
    late = visit(None, phone=True)
    late.goto("/accounts/join/")
    answer_questions(late, codes[first[1]], first[2], first[3])
    expect(late.get_by_role("alert")).to_contain_text("已经失效")


def test_a_mail_invites_without_a_name_and_its_link_is_good_once(visit, live):
    first, _second = children_of_the_class(live)
    teacher = visit(TEACHER, phone=True)
    teacher.goto(f"/directory/invitations/children/{first[0]}/")
    teacher.get_by_label("家长的邮箱").fill("invited@family.example")
    teacher.get_by_role("button", name="发送邮件").click()
    expect(teacher.get_by_text("邮件已发出")).to_be_visible()
    mail = live.wait_for_mail("invited@family.example", "邀请")
    body = mail.get_body(("plain",)).get_content()
    assert first[1] not in body + mail["Subject"]
    link = re.search(r"/accounts/join/[A-Z2-9]{12}/", body).group()
    assert f"{live.url}{link}" in body
    guardian = visit(None, phone=True)
    guardian.goto(link)
    expect(guardian.get_by_label("信上的邀请码")).to_have_value(CODE)
    teacher.reload()
    expect(teacher.get_by_text("已发送")).to_be_visible()
