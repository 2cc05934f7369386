"""The errors of a roster as a spreadsheet: the list of them, and the roster itself with every wrong cell marked, to be mended there."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xinqiao.school.roster import cells as read
from xinqiao.school.roster.errors import CellError, FileRefused
from xinqiao.school.roster.headers import Headers, find_headers
from xinqiao.school.roster.pause import gc_paused
from xinqiao.school.roster.reading import Row, sheets_of
from xinqiao.spreadsheets import neutral

_PLAIN_NUMBER = re.compile(r"[+-]?[\d ()-]+")
_WIDTH = 14


def error_workbook(path: Path, errors: list[CellError]) -> bytes:
    """Two sheets: what is to be mended, and the roster with it.

    The second can be mended and handed in as it is: its last column, which says what to do, means nothing to an import.

    Raises:
        FileRefused: the file cannot be read any more.
    """
    target = io.BytesIO()
    with gc_paused(), xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        headers, rows = _roster(path)
        bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E2F1EF"})
        plain = book.add_format({"num_format": "@"})
        marked = book.add_format({"num_format": "@", "bg_color": "#FCE8D9", "bold": True})
        # The list comes second: whoever hands the file in again hands in the first sheet with a roster's headings.
        sheet = book.add_worksheet(_("Roster"))
        by_row: dict[int, list[CellError]] = defaultdict(list)
        for error in errors:
            by_row[error.row].append(error)
        places = {title: place for place, title in headers.titles.items()}
        last = max((len(cells) for _number, cells in rows), default=0)
        sheet.set_column(0, last, _WIDTH, plain)
        sheet.set_column(last, last, 60, plain)
        sheet.freeze_panes(headers.row, 0)
        for number, cells in rows:
            wrong = {places.get(error.column, -1) for error in by_row[number]}
            for place, value in enumerate(cells):
                form = bold if number == headers.row else marked if place in wrong else plain
                sheet.write_string(number - 1, place, shown(value), form)
            if number == headers.row:
                sheet.write_string(number - 1, last, _("What to mend"), bold)
            elif by_row[number]:
                said = _("; ").join(f"{error.column}: {error.message}" for error in by_row[number])
                sheet.write_string(number - 1, last, neutral(said), marked)
        listing = book.add_worksheet(_("To mend"))
        headings = (pgettext("of a sheet", "Row"), _("Column"), _("What stands there"), _("What to do"))
        for place, (heading, width) in enumerate(zip(headings, (8, 18, 24, 70), strict=True)):
            listing.set_column(place, place, width)
            listing.write_string(0, place, heading, bold)
        for line, error in enumerate(errors, 1):
            listing.write_number(line, 0, error.row)
            for place, value in enumerate((error.column, error.value, error.message), 1):
                listing.write_string(line, place, neutral(value))
    return target.getvalue()


def shown(value: read.Cell) -> str:
    """A cell as it stands in the file, but for what a program could run as a formula; a telephone keeps its plus."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = read.text_of(value) if isinstance(value, tuple) else str(value if value is not None else "")
    return text if _PLAIN_NUMBER.fullmatch(text) else neutral(text)


def _roster(path: Path) -> tuple[Headers, list[Row]]:
    """The headings and every row of the sheet that has them."""
    for sheet in sheets_of(path):
        rows: list[Row] = []

        def seen(source: Iterator[Row], rows: list[Row] = rows) -> Iterator[Row]:
            for row in source:
                rows.append(row)
                yield row

        headers = find_headers(seen(sheet.rows))
        for _rest in headers.rows if headers else sheet.rows:
            pass
        if headers is not None:
            return headers, rows
    raise FileRefused(_("The file is damaged or protected, and cannot be opened as a workbook."))
