"""Rosters as schools hand them in: the same rows as xlsx or csv, in any order of columns, and files made to do harm."""

from __future__ import annotations

import base64
import csv
import datetime
import io
import zipfile
import zlib
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


# 马骉 of class 3(2) as Excel 97 writes it, with a date cell and a number cell; packed, because nothing we have writes such files.
_OLD_EXCEL = (
    "c-rk)O-NKx6#nj;H_i|9Yh$2+4nkV~5Y?hKIu@2~W^ha>D@e^LLeUs=Q46zdf}kL3)zHQ;qK(z2A8Jv%7J-sM5Ck(tt8ft%Md-"
    "ZFJ?}jkCjtjbP~JD(bI;Gc=bm}z{=GLd9n4HTtjMAO&9EV-xlod)6I5KL5CGXVO|oX~q@r0^Rd6{ektKFK^S*Y-9LjuWq2Ph~k|^+z$`PDGY-l"
    "hMUP0{U7<z<^p^2!#Ez<Z<&QX;zJ;rn$)BD`=Inx%_TxHrsZ8PE!rX#VsoyIIas8qAf2kG}Q_j%8ntti7QIg8I-"
    "6M9=ab|p{t46HIkrRu>XD4}hM!9-HZe%yf@=pr;mqm8Yt8H6a=llZQMfp6xjei63xE2|eE{m-"
    "R($6xeLN@Ah@hN1#v(7Jh%q~O68Raz9`?Yt77$3EVcWg+|V!$0;@HQVLwq^h>NzC(rh6|WlkoTxfMnz`Y-"
    "qf`x~FQ)~>juAVAE9TU;!KKX&yXE%J+eKi>cH!k^<RRJzKl4FeOaU5o{@&L&(cbpRQPzxc9Qr}BQN|4o=VcG-"
    ">|=|<)J~<2`Ff@o*y{%7E0~6;4b?U6Wd^f%oZDPvYYmOFoiQ7!&Eq!_pZXGiQknV`*-"
    "ZRYTlQ>d>Rn_4)pW4+QGfXxM}ue(>6;QyBW5j(P3HsC@;^2prxGw?*NoHBj|I8p2tlU0B%h90loaDx>5`2k+oGhBq#B+@f#*@h&AK2iU4N^}_J"
    "TdzjoyMi%k1baZ4`a-"
    "wqn?%XPLfcr4*0&k+<X>^KMwMV8Ma~3l=O`ShEnurQ60APW|dFuZ<4lyUqfYob{Px&7uQC^gB&2m3uHqbrNTanm_Ad7p5<<%s%G#LWu)3dJ_HU"
    "<v99_p1<@`Ci4H!vO5O;-4ZHx{9G|{{^#+31D5OIsQ"
)


def old_excel(path: Path) -> Path:
    """An .xls of one child."""
    path.write_bytes(zlib.decompress(base64.b85decode(_OLD_EXCEL)))
    return path
