"""Whether a document is what its name says, and holds nothing that acts by itself: scripts, macros, files inside, paths."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import PurePosixPath
from typing import IO

from django.utils.translation import gettext_lazy as _

from content.documents import pdf_program

MAX_BYTES = 20 * 1024 * 1024
_MAX_MEMBERS = 2000
_MAX_UNPACKED = 200 * 1024 * 1024
_MAX_GROWTH = 100
_GROWTH_COUNTS_FROM = 4 * 1024 * 1024
_LOOKED_AT = 4 * 1024 * 1024

OFFICE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}

NOT_WHAT_IT_SAYS = _(
    "The file is not what the ending of its name says. Save it again in its own program, as PDF if in doubt."
)
ACTIVE = _("The file holds macros, scripts or other files. Save it without them, as PDF if in doubt.")
DAMAGED = _("The file is damaged or protected by a password. Save it again without one.")
TOO_LARGE = _("The file is larger than 20 MB, or would grow far too large when opened.")

_ACTS = re.compile(
    r"vbaproject|vbadata|/activex/|/embeddings/|/macrosheets/|customui|\.(bin|exe|js|vbs|scr|dll|lnk)$", re.IGNORECASE
)
_FROM_ELSEWHERE = re.compile(rb"""<(?:\w+:)?Relationship\s[^>]*>""")


class DocumentRefused(Exception):
    """The text is a whole sentence for the editor."""


def check_document(file: IO[bytes], name: str) -> None:
    """Look through a document without opening it in any program of ours; PDF in a process of its own.

    Raises:
        DocumentRefused
    """
    file.seek(0, 2)
    if file.tell() > MAX_BYTES:
        raise DocumentRefused(TOO_LARGE)
    file.seek(0)
    kind = PurePosixPath(name).suffix.lower().lstrip(".")
    start = file.read(8)
    file.seek(0)
    if kind == "pdf" and start.startswith(b"%PDF-"):
        _check_pdf(file.read())
    elif kind in OFFICE and start.startswith(b"PK\x03\x04"):
        _check_office(file, OFFICE[kind])
    else:
        raise DocumentRefused(NOT_WHAT_IT_SAYS)
    file.seek(0)


def _check_pdf(content: bytes) -> None:
    if b"PK\x05\x06" in content[-66_000:]:  # the end of an archive: it is two files at once
        raise DocumentRefused(NOT_WHAT_IT_SAYS)
    try:
        done = subprocess.run(
            [sys.executable, "-I", pdf_program.__file__],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired:
        raise DocumentRefused(DAMAGED) from None
    if done.returncode or done.stdout not in {b"plain", b"active"}:
        raise DocumentRefused(DAMAGED)
    if done.stdout == b"active":
        raise DocumentRefused(ACTIVE)


def _check_office(file: IO[bytes], main: str) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            _check_members(archive.infolist(), main)
            for member in archive.infolist():
                if member.filename.endswith((".xml", ".rels")):
                    _check_part(archive, member)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        raise DocumentRefused(DAMAGED) from None


def _check_members(members: list[zipfile.ZipInfo], main: str) -> None:
    names = [member.filename for member in members]
    if main not in names or "[Content_Types].xml" not in names or len(set(names)) != len(names):
        raise DocumentRefused(NOT_WHAT_IT_SAYS)
    if any(name.startswith(("/", "\\")) or "\\" in name or ":" in name or ".." in name.split("/") for name in names):
        raise DocumentRefused(NOT_WHAT_IT_SAYS)
    if any(member.flag_bits & 0x1 for member in members):
        raise DocumentRefused(DAMAGED)
    if any(_ACTS.search(name) for name in names):
        raise DocumentRefused(ACTIVE)
    if (
        len(members) > _MAX_MEMBERS
        or sum(member.file_size for member in members) > _MAX_UNPACKED
        or any(
            member.file_size > _GROWTH_COUNTS_FROM and member.file_size > _MAX_GROWTH * max(member.compress_size, 1)
            for member in members
        )
    ):
        raise DocumentRefused(TOO_LARGE)


def _check_part(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """No entities, and nothing that the program would fetch from elsewhere when it opens the file; links may lead anywhere."""
    with archive.open(member) as part:
        content = part.read(_LOOKED_AT)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise DocumentRefused(ACTIVE)
    if member.filename.endswith(".rels"):
        for tag in _FROM_ELSEWHERE.findall(content):
            if b"External" in tag and b"/hyperlink" not in tag:
                raise DocumentRefused(ACTIVE)
