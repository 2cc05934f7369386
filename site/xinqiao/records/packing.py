"""The zip that leaves: AES-256 with names that tell nothing, a PDF to read, JSON for machines, and the attached papers."""

from __future__ import annotations

import io
import json
from typing import Any

import pyzipper
from django.utils import translation
from pyzipper.zipfile_aes import WZ_AES_V2

from tasks.pdf import render_pdf
from xinqiao.records.assemble import LANGUAGE, ChildFile
from xinqiao.records.parts import NOBODY

TEMPLATE = "records/pdf/child_file.html"


def pack(child_file: ChildFile, password: str) -> bytes:
    """The encrypted zip.

    Raises:
        tasks.pdf.UnshowableCharacter: no font has a character of it.
    """
    target = io.BytesIO()
    with pyzipper.AESZipFile(target, "w", compression=pyzipper.ZIP_DEFLATED) as archive:
        archive.setpassword(password.encode())
        # The second version leaves out the checksum, which tells about short texts.
        archive.setencryption(pyzipper.WZ_AES, nbits=256, force_wz_aes_version=WZ_AES_V2)
        archive.writestr("file.pdf", as_pdf(child_file))
        archive.writestr("file.json", as_json(child_file))
        for paper in child_file.papers:
            archive.writestr(paper.file, paper.content)
    return target.getvalue()


def as_json(child_file: ChildFile) -> str:
    return json.dumps(child_file.data, ensure_ascii=False, indent=2)


def as_pdf(child_file: ChildFile) -> bytes:
    """With contents, page numbers, what is not included, and on each page who took it out and when."""
    with translation.override(LANGUAGE):
        return render_pdf(TEMPLATE, {"file": child_file.data, "parts": _numbered(child_file.data), "nobody": NOBODY})


def _numbered(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**part, "number": number} for number, part in enumerate(data["parts"], 1)]
