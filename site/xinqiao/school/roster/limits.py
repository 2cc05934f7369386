"""What a file may weigh, asked before anything opens it: size, kind by content, members, growth, extent of its sheets.

Memory stays bounded whatever the file says of itself: sheets are looked through in small pieces, and what then reads
them runs in a process of its own with a limit (`sheets.py`).
"""

from __future__ import annotations

import enum
import posixpath
import re
import zipfile
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from xinqiao.school.roster.errors import FileRefused

MAX_FILE_BYTES = 30 * 1024 * 1024
MAX_MEMBERS = 500
MAX_UNPACKED_BYTES = 160 * 1024 * 1024
# A sheet of names and dates shrinks to a tenth; only what is made to burst shrinks to a hundredth.
MAX_GROWTH = 100
_GROWTH_COUNTS_FROM = 4 * 1024 * 1024
MAX_ROWS = 99_999
MAX_CELLS = 2_000_000
_PIECE = 1024 * 1024
_LONGEST_ROW = 4 * 1024 * 1024
_MAX_FORMULAS = 10_000

_FAR_CELL = re.compile(rb"""\br=["'](?:[A-Z]*[0-9]{6,}|[A-Z]{3,}[0-9]|[C-Z][A-Z][0-9])""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_FORMULA = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br=["']([A-Z]{1,2})([0-9]{1,5})["'][^>]*>\s*<(?:\w+:)?f[\s>/]""")
_SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(r"""([\w:]+)=["']([^"']*)["']""")


class Kind(enum.Enum):
    XLSX = "xlsx"
    XLS = "xls"
    TEXT = "csv"


Formulas = dict[str, set[tuple[int, int]]]
"""By sheet: the cells (row from 1, column from 0) that hold a formula."""


def kind_of(path: Path) -> Kind:
    """What the file is, by its first bytes and not by its name.

    Raises:
        FileRefused: it is empty or larger than any roster.
    """
    size = path.stat().st_size
    if size == 0:
        raise FileRefused(_("The file is empty."))
    if size > MAX_FILE_BYTES:
        raise FileRefused(
            _("The file is larger than %(limit)s MB; a roster of a whole school is far smaller.")
            % {"limit": MAX_FILE_BYTES // 1024 // 1024}
        )
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PK"):
        return Kind.XLSX
    if start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return Kind.XLS
    return Kind.TEXT


def check_workbook(path: Path) -> Formulas:
    """Look through an xlsx without opening it as one; which cells hold formulas.

    Raises:
        FileRefused: it is no workbook, or larger inside than any roster.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_members(members)
            formulas = {}
            cells = 0
            for member in members:
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", member.filename, re.IGNORECASE):
                    with archive.open(member) as sheet:
                        found, counted = _look_through(sheet, MAX_CELLS - cells)
                    cells += counted
                    if found:
                        formulas[member.filename] = found
            return _by_sheet_name(archive, formulas) if formulas else {}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise FileRefused(_("The file is damaged or protected, and cannot be opened as a workbook.")) from error
    except (ValueError, UnicodeDecodeError) as error:
        raise FileRefused(_("The file is damaged or protected, and cannot be opened as a workbook.")) from error


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise FileRefused(_("The workbook has far more parts than a roster needs. Save the one sheet as a new file."))
    names = [member.filename for member in members]
    for name in names:
        if name.startswith(("/", "\\")) or ":" in name or "\\" in name or ".." in name.split("/"):
            raise FileRefused(_("The file holds paths that lead outside of it, and is not opened."))
    if len(set(names)) != len(names) or "xl/workbook.xml" not in names:
        raise FileRefused(_("The file is not an Excel workbook. Save it as .xlsx or .csv and try again."))
    if any(member.flag_bits & 0x1 for member in members):
        raise FileRefused(_("The file is protected by a password. Save it without one and try again."))
    if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES or any(
        member.file_size > _GROWTH_COUNTS_FROM and member.file_size > MAX_GROWTH * max(member.compress_size, 1)
        for member in members
    ):
        raise FileRefused(_("The workbook would grow far too large when opened, and is not opened."))


def _look_through(sheet: IO[bytes], cells_left: int) -> tuple[set[tuple[int, int]], int]:
    """Count cells and find formulas piece by piece, stopping at the first thing that no roster has."""
    formulas: set[tuple[int, int]] = set()
    cells, rest, first = 0, b"", True
    while True:
        read = sheet.read(_PIECE)
        piece = rest + read
        if first and b"<!DOCTYPE" in piece:
            raise FileRefused(_("The file is damaged or protected, and cannot be opened as a workbook."))
        first = False
        cut = len(piece)
        if read:
            cut = piece.rfind(b"</row>") + 6
            if cut == 5:
                cut = piece.rfind(b"<") if len(piece) > _LONGEST_ROW else 0
        rest, piece = piece[cut:], piece[:cut]
        cells += piece.count(b"<c ") if b":c " not in piece else len(_CELL.findall(piece))
        if cells > cells_left or _FAR_CELL.search(piece):
            raise FileRefused(
                _(
                    "The sheet is far larger than a roster: at most %(rows)s rows. Copy the list into a new, empty sheet."
                )
                % {"rows": MAX_ROWS}
            )
        if len(formulas) < _MAX_FORMULAS and (b"<f>" in piece or b"<f " in piece or b"<f/" in piece or b":f" in piece):
            formulas |= {(int(row), _column(letters)) for letters, row in _FORMULA.findall(piece)}
        if not read:
            return formulas, cells


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _by_sheet_name(archive: zipfile.ZipFile, formulas: dict[str, set[tuple[int, int]]]) -> Formulas:
    """The same by the sheets' names, as the workbook maps them to its parts."""
    parts = {}
    for tag in _RELATION.findall(_small(archive, "xl/_rels/workbook.xml.rels")):
        facts = dict(_ATTRIBUTE.findall(tag))
        target = facts.get("Target", "")
        parts[facts.get("Id", "")] = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
    names = {}
    for tag in _SHEET.findall(_small(archive, "xl/workbook.xml")):
        facts = dict(_ATTRIBUTE.findall(tag))
        names[parts.get(facts.get("r:id", ""), "")] = facts.get("name", "")
    return {names[part]: found for part, found in formulas.items() if part in names}


def _small(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as part:
        return part.read(_PIECE).decode("utf-8", "replace")
