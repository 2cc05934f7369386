"""From a file to rows of cells, whatever its kind: (row number from 1, cells), a little at a time."""

from __future__ import annotations

import codecs
import csv
import io
import marshal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from django.utils.translation import gettext as _

from xinqiao.school.roster import sheet_program
from xinqiao.school.roster.errors import FileRefused
from xinqiao.school.roster.limits import MAX_ROWS, Formulas, Kind, check_workbook, kind_of

Row = tuple[int, list]
"""Cells are text, numbers, or (year, month, day)."""
_PIECE = 1024 * 1024


class Sheet:
    """One list of rows: a sheet of a workbook, or a text file.

    Attributes:
        formulas: cells (row from 1, column from 0) whose content is computed.
    """

    def __init__(self, name: str, rows: Iterator[Row], formulas: set[tuple[int, int]] | None = None) -> None:
        self.name = name
        self.rows = rows
        self.formulas = formulas or set()


def sheets_of(path: Path) -> Iterator[Sheet]:
    """Each visible sheet in turn; the rows of one must be read, or left, before the next is asked for.

    Raises:
        FileRefused: the file is not what a roster can be.
    """
    kind = kind_of(path)
    if kind is Kind.TEXT:
        yield Sheet("", _text_rows(path))
        return
    formulas = check_workbook(path) if kind is Kind.XLSX else {}
    yield from _workbook_sheets(path, formulas)


# -- text ------------------------------------------------------------------------------------------------------------


def _text_rows(path: Path) -> Iterator[Row]:
    with path.open(encoding=_encoding_of(path), newline="") as file:
        start = file.read(4096)
        file.seek(0)
        try:
            for number, cells in enumerate(csv.reader(_without_nothing(file), delimiter=_delimiter(start)), 1):
                if number > MAX_ROWS + 1:
                    raise FileRefused(_too_long())
                if any(cells):
                    yield number, cells
        except csv.Error as error:
            raise FileRefused(_("The file is not a list in columns: save it as CSV or Excel and try again.")) from error


def _without_nothing(file: io.TextIOBase) -> Iterator[str]:
    for line in file:
        if "\0" in line:
            raise FileRefused(_("The file is neither Excel nor text. Save it as .xlsx or .csv and try again."))
        yield line


def _encoding_of(path: Path) -> str:
    """UTF-8 where the whole file is UTF-8 (with or without a mark), else the Chinese one."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ("utf-16",)
    else:
        candidates = ("utf-8-sig", "gb18030")
    for encoding in candidates:
        if _decodes(path, encoding):
            return encoding
    raise FileRefused(_("The file is neither Excel nor text. Save it as .xlsx or .csv and try again."))


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _delimiter(start: str) -> str:
    counts = {mark: start.count(mark) for mark in (",", "\t", ";", "，")}
    return max(counts, key=counts.__getitem__) if any(counts.values()) else ","


def _too_long() -> str:
    return _("The list has more than %(rows)s rows.") % {"rows": MAX_ROWS}


# -- workbooks ---------------------------------------------------------------------------------------------------------


def _workbook_sheets(path: Path, formulas: Formulas) -> Iterator[Sheet]:
    command = [sys.executable, "-I", sheet_program.__file__, str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as reader:
        try:
            with closing(_messages(reader)) as messages:
                for message in messages:
                    if message[0] == "sheet":
                        yield Sheet(message[1], _rows(messages), formulas.get(message[1]))
        finally:
            reader.kill()


def _messages(reader: subprocess.Popen) -> Iterator[tuple]:
    """What the reader says until it has ended well.

    Raises:
        FileRefused: it died, or says why it cannot go on.
    """
    while True:
        try:
            message = marshal.load(reader.stdout)  # noqa: S302 - our own program at the other end, never the file
        except (EOFError, ValueError, TypeError):
            raise FileRefused(_("The file is damaged or protected, and cannot be opened as a workbook.")) from None
        if message[0] == "password":
            raise FileRefused(_("The file is protected by a password. Save it without one and try again."))
        if message[0] == "large":
            raise FileRefused(
                _(
                    "The sheet is far larger than a roster: at most %(rows)s rows. Copy the list into a new, empty sheet."
                )
                % {"rows": MAX_ROWS}
            )
        if message[0] == "end":
            return
        yield message


def _rows(messages: Iterator[tuple]) -> Iterator[Row]:
    for message in messages:
        yield from message[1]
        if len(message[1]) < sheet_program.ROWS_A_PIECE:  # the last piece of a sheet
            return
