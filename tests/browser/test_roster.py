"""A roster imported by its administrator: errors found, downloaded and mended, a near-duplicate decided, done, again, taken back."""

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live
from tests.browser.looks import troubles
from tests.factories.rosters import HEADINGS, row, xlsx

pytestmark = pytest.mark.browser

A_CHILD = """
import json
from xinqiao.school.models import Student
child = Student.objects.filter(current_class__grade__number=6).order_by("pk").first()
print(json.dumps({"name": child.name, "sex": child.get_sex_display(), "born_on": child.born_on.isoformat()}))
"""
_MANY = 600


def test_a_roster_with_errors_is_mended_decided_imported_and_taken_back(visit, live: Live, tmp_path: Path):
    known = json.loads(live.command("shell", "-v", "0", "-c", A_CHILD).strip().splitlines()[-1])
    rows = [
        row("X0001", "甲小一", 性别="男生吧", 年级="六年级", 班级="9班", 监护人姓名="甲大", 监护人电话="10000000001"),
        row(
            "X0002",
            known["name"],
            性别="女",
            出生日期=known["born_on"],
            年级="六年级",
            班级="9班",
            监护人姓名="",
            监护人电话="",
            关系="",
        ),
    ]
    rows[0]["监护人电话"] = "010-88886666"
    rows += [
        row(f"X1{number:04d}", f"乙{'一二三四五六七八九十'[number % 10]}", 年级="六年级", 班级="9班", 监护人姓名="", 监护人电话="", 关系="")
        for number in range(_MANY)
    ]  # fmt: skip
    page = visit("admin")

    hand_in(page, xlsx(tmp_path / "first.xlsx", rows, HEADINGS), sees_progress=True)
    expect(page.get_by_role("heading", name="处需要改正")).to_be_visible()
    expect(page.get_by_role("cell", name="男生吧")).to_be_visible()
    assert not list(troubles(page))
    with page.expect_download() as download:
        page.get_by_role("link", name="下载错误清单").click()
    marked = tmp_path / "marked.xlsx"
    download.value.save_as(marked)

    book = load_workbook(marked)
    assert book.worksheets[0]["C2"].value == "男生吧"
    book.worksheets[0]["C2"] = "男"
    book.save(marked)
    hand_in(page, marked)
    page.get_by_role("radio", name="是另一个孩子").check()
    page.get_by_role("button", name="按以上决定").click()
    expect(page.get_by_role("button", name="全部导入")).to_be_visible()
    expect(count(page, "新增")).to_have_text(str(_MANY + 2))
    page.get_by_role("button", name="全部导入").click()
    expect(page.get_by_text("名册已导入")).to_be_visible(timeout=30_000)
    imported = page.url

    # The same file again changes nothing.
    hand_in(page, marked)
    expect(page.get_by_text("没有需要导入的内容")).to_be_visible()
    expect(count(page, "未变")).to_have_text(str(_MANY + 2))

    page.goto(imported)
    page.get_by_role("link", name="看看会撤回什么").click()
    expect(page.get_by_text("甲小一")).to_be_attached()
    assert not list(troubles(page))
    page.get_by_role("button", name="全部撤回").click()
    expect(page.get_by_text("这次导入已整体撤回")).to_be_visible(timeout=30_000)


def hand_in(page: Page, path: Path, *, sees_progress: bool = False) -> None:
    """Choose the file and wait until it is checked."""
    page.goto("/directory/import/")
    page.set_input_files("input[type=file]", path)
    with page.expect_response(
        lambda answer: answer.request.method == "GET" and "/directory/import/" in answer.url
    ) as first:
        page.get_by_role("button", name="核对文件").click()
    if sees_progress:
        assert "<progress" in first.value.text()
    expect(page.locator("#run[hx-get]")).to_have_count(0, timeout=30_000)


def count(page: Page, label: str):
    """The number of one kind of children."""
    return page.locator(".roster-counts li", has_text=label).locator(".count")
