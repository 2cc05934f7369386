"""The errors as a workbook: the list, and the roster with every wrong cell marked, to be mended and handed in again."""

import datetime
import io

import pytest
import xlsxwriter
from openpyxl import load_workbook

from tests.factories.rosters import HEADINGS, csv_file, row, xlsx
from tests.factories.school import SchoolFactory
from xinqiao.school.roster.apply import dry_run
from xinqiao.school.roster.error_sheet import error_workbook, shown

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 24)


@pytest.fixture
def workbook():
    school = SchoolFactory()

    def make(path):
        plan = dry_run(school=school, path=path, by=None, today=TODAY)
        content = error_workbook(path, plan.all_errors())
        return plan, load_workbook(io.BytesIO(content)), content

    return make


def test_wrong_cells_are_marked_in_the_roster_and_listed(workbook, tmp_path):
    rows = [row(), row("20260002", "李雷", 性别="x"), row("20260003", "赵四", 出生日期="2018-02-30", 班级="")]
    plan, book, _content = workbook(xlsx(tmp_path / "r.xlsx", rows))
    roster, listing = book.worksheets
    assert [roster.cell(1, place).value for place in range(1, len(HEADINGS) + 1)] == HEADINGS
    assert roster.cell(2, 2).value == "王小明"
    # The date cell stays a day that an import reads.
    assert roster.cell(2, 4).value == "2018-03-05"
    fills = {
        cell.coordinate for line in roster.iter_rows(min_row=2) for cell in line if cell.fill.fgColor.rgb == "FFFCE8D9"
    }
    assert fills == {"C3", "D4", "F4", "M3", "M4"}
    assert "男" in roster.cell(3, 13).value
    listed = [tuple(cell.value for cell in line) for line in listing.iter_rows(min_row=2)]
    assert [(line[0], line[1]) for line in listed] == [(error.row, error.column) for error in plan.errors]


def test_the_marked_roster_mended_is_a_roster(workbook, tmp_path):
    _plan, book, _content = workbook(xlsx(tmp_path / "r.xlsx", [row(), row("20260002", "李雷", 性别="x")]))
    book.worksheets[0]["C3"] = "男"
    mended = tmp_path / "mended.xlsx"
    book.save(mended)
    plan = dry_run(school=SchoolFactory(), path=mended, by=None, today=TODAY)
    assert (plan.errors, len(plan.created)) == ([], 2)


def test_no_cell_of_it_is_a_formula(workbook, tmp_path):
    evil = '=HYPERLINK("http://x.example")'
    path = tmp_path / "f.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["学号", "姓名", "性别", "班级", "备注"])
        sheet.write_row(1, 0, ["20260001", "王小明", "x", "三年级2班"])
        sheet.write_formula(1, 4, "=1+1", None, evil)
        sheet.write_string(2, 0, "20260002")
        sheet.write_string(2, 1, evil)
        sheet.write_string(2, 3, "@SUM(1)")
    _plan, book, content = workbook(path)
    cells = [cell for sheet in book.worksheets for line in sheet.iter_rows() for cell in line if cell.value]
    assert all(cell.data_type != "f" for cell in cells)
    assert not [cell.value for cell in cells if str(cell.value).startswith(("=", "@"))]
    assert b"<f>" not in content


def test_a_text_file_has_one_too(workbook, tmp_path):
    path = csv_file(tmp_path / "r.csv", [row(性别="x", 出生日期="2018-03-05")], encoding="gb18030")
    _plan, book, _content = workbook(path)
    assert book.worksheets[0]["B2"].value == "王小明"


def test_telephones_keep_their_plus():
    assert shown("+86 138-0013-8000") == "+86 138-0013-8000"
    assert shown("+1+cmd|x") == "'+1+cmd|x"
    assert shown(20260001.0) == "20260001"
    assert shown((2018, 3, 5)) == "2018-03-05"
    assert shown(None) == ""
