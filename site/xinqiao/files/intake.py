"""From an upload to what may be kept: size, name, kind by content, and everything made anew from its pixels.

Nothing of the stranger's own bytes is kept. They stay in memory, are opened by a process of their own (`paper_program`),
and what comes back is a picture or a PDF of pictures that we wrote ourselves.
"""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
import unicodedata
from pathlib import PurePosixPath
from typing import IO

from django.utils.translation import gettext_lazy as _

from xinqiao.files import paper_program
from xinqiao.files.errors import PaperRefused

MAX_BYTES = 10 * 1024 * 1024
MAX_KEPT_BYTES = 24 * 1024 * 1024
MAX_NAME = 80
_PATIENCE = 60

ACCEPT = "image/jpeg,image/png,image/webp,application/pdf"
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}
_PICTURE_NAMES = {"jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp", "heic", "heif", "tif", "tiff"}

ANOTHER_KIND = _(
    "Only photos (JPG, PNG, WebP) and PDF files can be kept here. Take a photo of the paper, or save it as PDF."
)
SENTENCES = {
    "empty": _("The file is empty. Choose it again, or take a new photo."),
    "large": _("The file is larger than 10 MB. Take the photo again with a smaller size, or split the PDF."),
    "pixels": _("This picture has too many pixels. Take a photo of the paper instead."),
    "pages": _("The PDF has more than 50 pages. Keep only the pages that are needed."),
    "password": _("The PDF is protected by a password. Save it without one and choose it again."),
    "damaged": _("The file is damaged or not complete. Open it on your device to see, and choose it again or take a new photo."),
    "another": ANOTHER_KIND,
    "heic": _("Photos in the form HEIC cannot be kept here. On the phone choose “most compatible” in the camera's settings, or send it as JPG."),
    "name": _("The ending of the file's name says something else than what is in the file. Give it its right ending, or take a photo of the paper."),
    "text": _("This is a web page or a program and not a paper. Take a photo of the paper, or save it as PDF."),
    "archive": _("Office documents and archives cannot be kept here. Save the paper as PDF, or take a photo of it."),
    "long": _("The file took too long to open. Take a photo of the paper instead."),
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class CleanPaper:
    """What may be kept: written by ourselves, of a kind that we know.

    Attributes:
        name: what its owner called it, as a label and never as a path.
    """

    name: str
    content_type: str
    pages: int
    content: bytes = dataclasses.field(repr=False)

    @property
    def size(self) -> int:
        return len(self.content)


def clean_paper(upload: IO[bytes], name: str = "") -> CleanPaper:
    """Look at an upload and make of it what may be kept.

    Args:
        upload: anything that reads; read from where it stands, at most a byte more than is allowed.
        name: what it was called where it comes from.

    Raises:
        PaperRefused: a sentence for whoever chose it. Nothing was kept.
    """
    given = upload.read(MAX_BYTES + 1)
    if not given:
        raise PaperRefused(SENTENCES["empty"])
    if len(given) > MAX_BYTES:
        raise PaperRefused(SENTENCES["large"])
    kind = _kind_of(given)
    label = clean_name(name)
    if not _ending_fits(label, kind):
        raise PaperRefused(SENTENCES["name"])
    facts, content = _made_anew(given, kind)
    if len(content) > MAX_KEPT_BYTES:
        raise PaperRefused(SENTENCES["large"])
    return CleanPaper(label, facts["content_type"], facts["pages"], content)


def clean_name(name: str) -> str:
    """A name as a label: one line, no path, nothing that turns the direction of writing or cannot be seen."""
    text = unicodedata.normalize("NFC", name.replace("\0", ""))
    text = re.split(r"[/\\]", text)[-1]
    text = "".join(
        each for each in text if unicodedata.category(each) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    )
    text = " ".join(text.split()).strip(". ")
    stem, dot, ending = text.rpartition(".")
    if len(text) > MAX_NAME and dot and len(ending) <= 5:
        return stem[: MAX_NAME - len(ending) - 2] + "…." + ending
    return text[:MAX_NAME]


def _kind_of(given: bytes) -> str:
    """What the file is by its first bytes: `picture` or `pdf`.

    Raises:
        PaperRefused: anything else, with a sentence that helps for the likely ones.
    """
    start = given[:512]
    if start.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (start[:4] == b"RIFF" and start[8:12] == b"WEBP"):
        return "picture"
    if start.startswith(b"%PDF-"):
        return "pdf"
    if start[4:8] == b"ftyp" and start[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis", b"hevc"}:
        raise PaperRefused(SENTENCES["heic"])
    if start.startswith((b"PK", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise PaperRefused(SENTENCES["archive"])
    if re.match(rb"[\s\xef\xbb\xbf\x00\xff\xfe]*(<|#!|MZ|\x7fELF)", start):
        raise PaperRefused(SENTENCES["text"])
    raise PaperRefused(ANOTHER_KIND)


def _ending_fits(label: str, kind: str) -> bool:
    """Whether the name's ending belongs to this kind. Chats call every picture .jpg, which does no harm."""
    ending = PurePosixPath(label).suffix.lower().lstrip(".")
    if not re.fullmatch(r"[a-z0-9]{1,5}", ending):  # no ending, or the end of a sentence
        return True
    return ending == "pdf" if kind == "pdf" else ending in _PICTURE_NAMES


def _made_anew(given: bytes, kind: str) -> tuple[dict, bytes]:
    command = [sys.executable, "-I", paper_program.__file__, kind]
    try:
        done = subprocess.run(
            command,
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired:
        raise PaperRefused(SENTENCES["long"]) from None
    line, _newline, content = done.stdout.partition(b"\n")
    if done.returncode or not line:  # it met a limit, or the library fell over
        raise PaperRefused(SENTENCES["damaged"])
    facts = json.loads(line)
    if "refused" in facts:
        raise PaperRefused(SENTENCES[facts["refused"]])
    return facts, content
