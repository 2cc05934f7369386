"""Files made to do harm: each is refused with one clear sentence, in bounded memory, with nothing written."""

import datetime
import io
import os
import random
import resource
import zipfile

import pytest
import xlsxwriter

from tests.factories.rosters import row, workbook_with_sheet, xlsx
from tests.factories.school import SchoolFactory
from xinqiao.school.models import Student
from xinqiao.school.roster.apply import dry_run, import_roster
from xinqiao.school.roster.errors import FileRefused

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 25)
HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


def refused(path):
    """The sentence with which the file is refused."""
    with pytest.raises(FileRefused) as caught:
        import_roster(school=SchoolFactory(), path=path, by=None, today=TODAY)
    assert not Student.objects.exists()
    return str(caught.value)


def test_a_sheet_that_grows_a_thousand_times_is_not_opened(tmp_path):
    path = workbook_with_sheet(tmp_path / "bomb.xlsx", HEAD + b" " * 50_000_000 + TAIL)
    assert path.stat().st_size < 100_000
    assert "展开后会异常庞大" in refused(path)


def test_a_sheet_of_ten_million_cells_is_not_opened_and_memory_stays_small(tmp_path):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Random text keeps it from shrinking like a bomb: only the count gives it away.
    cells = b"".join(
        b'<c r="A%d" t="str"><v>%s</v></c>' % (n % 90_000 + 1, os.urandom(2).hex().encode()) for n in range(20_000)
    )
    sheet = HEAD + (b'<row r="1">' + cells + b"</row>") * 110 + TAIL
    path = workbook_with_sheet(tmp_path / "large.xlsx", sheet)
    del sheet, cells
    assert "远大于名册" in refused(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400 * 1024


@pytest.mark.parametrize("reference", [b"XFD1048576", b"A1048576", b"XFD1", b"A100000"])
def test_one_cell_far_away_does_not_make_a_sheet_of_billions(tmp_path, reference):
    sheet = HEAD + b'<row r="1"><c r="A1"><v>1</v></c><c r="' + reference + b'"><v>1</v></c></row>' + TAIL
    assert "远大于名册" in refused(workbook_with_sheet(tmp_path / "far.xlsx", sheet))


def test_a_far_cell_that_hides_from_the_search_does_not_take_the_worker_with_it(tmp_path):
    sheet = HEAD + b'<row r = "1"><c r = "A1"><v>1</v></c><c r = "XFD1048576"><v>1</v></c></row>' + TAIL
    assert refused(workbook_with_sheet(tmp_path / "hidden.xlsx", sheet))


def test_entities_are_not_opened(tmp_path):
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + HEAD[21:] + TAIL
    assert refused(workbook_with_sheet(tmp_path / "laughs.xlsx", laughs))


@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/passwd", "C:\\evil.txt", "xl\\..\\evil"])
def test_paths_that_lead_out_are_not_opened(tmp_path, name):
    path = workbook_with_sheet(tmp_path / "path.xlsx", HEAD + TAIL, extra={name: b"x"})
    assert "指向外部的路径" in refused(path)


def test_thousands_of_members_are_not_opened(tmp_path):
    path = workbook_with_sheet(tmp_path / "many.xlsx", HEAD + TAIL, extra={f"xl/x{n}": b"" for n in range(1000)})
    assert "远多于名册所需" in refused(path)


def test_a_size_that_lies_does_not_get_past(tmp_path):
    path = workbook_with_sheet(tmp_path / "lie.xlsx", HEAD + b" " * 30_000_000 + TAIL)
    content = bytearray(path.read_bytes())
    size = (len(HEAD) + 30_000_000 + len(TAIL)).to_bytes(4, "little")
    path.write_bytes(content.replace(size, (1000).to_bytes(4, "little")))
    assert refused(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"PK\x03\x04" + b"\0" * 500,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5000,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.Random(7).randbytes(5000),
        b"\x89PNG\r\n\x1a\n\0\0\0",
        b"%PDF-1.7\n1 0 obj",
        b"GIF89a,\0\0\0",
        b"\xff\xfe\xff",
        b"\xff" * 100,
        "学号,姓名".encode("utf-16-be"),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "学号,姓名,班级\n".encode(),
        '学号,姓名,班级\n"1,2'.encode() + b"x" * 200_000,
        b"\n" * 1000,
    ],
)
def test_what_is_no_roster_is_refused_with_a_sentence(tmp_path, content):
    path = tmp_path / "file.xlsx"
    path.write_bytes(content)
    assert refused(path).endswith("。")


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
        archive.writestr("hello.txt", "x")
    assert "不是 Excel 工作簿" in refused(tmp_path / "x.xlsx")


def test_a_list_without_end_is_refused(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("学号,姓名,班级\n" + "1,王,三（2）班\n" * 100_001)
    assert "超过" in refused(path)


def test_a_formula_is_an_error_at_its_cell_whatever_it_was_computed_to(tmp_path):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["学号", "姓名", "性别", "班级", "备注"])
        sheet.write_row(1, 0, ["1", "王小明", "男"])
        sheet.write_formula(1, 3, '=CONCATENATE("三年级","2班")', None, "三年级2班")
        sheet.write_formula(1, 4, "=1+1", None, 2)
    path = tmp_path / "formula.xlsx"
    path.write_bytes(target.getvalue())
    plan = dry_run(school=SchoolFactory(), path=path, by=None, today=TODAY)
    assert [(e.row, e.column) for e in plan.errors] == [(2, "班级")]
    assert "公式" in plan.errors[0].message


def test_text_that_a_spreadsheet_would_run_is_no_name(tmp_path):
    path = xlsx(tmp_path / "r.xlsx", [row(name="=HYPERLINK(0)", 监护人姓名="+cmd|' /C calc'!A0")])
    plan = dry_run(school=SchoolFactory(), path=path, by=None, today=TODAY)
    assert {e.column for e in plan.errors} == {"姓名", "监护人姓名"}


def test_hidden_sheets_and_sheets_without_headings_are_passed_over(tmp_path):
    path = tmp_path / "sheets.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("说明").write_row(0, 0, ["填写说明", "请勿修改表头"])
        hidden = book.add_worksheet("旧名册")
        hidden.write_row(0, 0, ["学号", "姓名", "性别", "班级"])
        hidden.write_row(1, 0, ["9", "旧同学", "男", "三（2）班"])
        hidden.hide()
        sheet = book.add_worksheet("名册")
        sheet.merge_range(0, 0, 0, 3, "学生名册")
        sheet.write_row(2, 0, ["学号", "姓名", "性别", "班级"])
        sheet.write_row(3, 0, ["1", "王小明", "男", "三（2）班"])
    plan = dry_run(school=SchoolFactory(), path=path, by=None, today=TODAY)
    assert [(child.row, child.name) for child in plan.created] == [(4, "王小明")]
