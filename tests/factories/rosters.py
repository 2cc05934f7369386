"""Rosters as schools hand them in: the same rows as xlsx or csv, in any order of columns, and files made to do harm."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from pathlib import Path
from typing import Any

import xlsxwriter

HEADINGS = ["学号", "姓名", "性别", "出生日期", "年级", "班级", "监护人姓名", "关系", "监护人电话", "第二监护人姓名", "第二监护人关系", "第二监护人电话"]  # fmt: skip


def row(number: str = "20260001", name: str = "王小明", **changes: Any) -> dict[str, Any]:
    """One child, complete; change or empty any column by its heading."""
    full = {
        "学号": number,
        "姓名": name,
        "性别": "男",
        "出生日期": datetime.date(2018, 3, 5),
        "年级": "三年级",
        "班级": "2班",
        "监护人姓名": "李芳",
        "关系": "母亲",
        "监护人电话": "13800138000",
        "第二监护人姓名": "",
        "第二监护人关系": "",
        "第二监护人电话": "",
    }
    return {**full, **changes}


def xlsx(path: Path, rows: list[dict[str, Any]], headings: list[str] | None = None) -> Path:
    """A workbook of one sheet; dates are date cells."""
    headings = headings or (list(rows[0]) if rows else HEADINGS)
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("名单")
    dates = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, headings)
    for place, each in enumerate(rows, 1):
        for column, heading in enumerate(headings):
            value = each.get(heading, "")
            if isinstance(value, datetime.date):
                sheet.write_datetime(place, column, datetime.datetime(value.year, value.month, value.day), dates)
            elif isinstance(value, int | float):
                sheet.write_number(place, column, value)
            else:
                sheet.write_string(place, column, value)
    book.close()
    return path


def csv_file(
    path: Path, rows: list[dict[str, Any]], headings: list[str] | None = None, *, encoding: str = "utf-8"
) -> Path:
    headings = headings or (list(rows[0]) if rows else HEADINGS)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows([each.get(heading, "") for heading in headings] for each in rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def workbook_with_sheet(path: Path, sheet: bytes, *, extra: dict[str, bytes] | None = None) -> Path:
    """A real workbook whose one sheet is replaced by these bytes."""
    whole = xlsx(path.with_suffix(".whole"), [row()])
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else old.read(name))
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return path
