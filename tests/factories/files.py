"""Papers as people hand them in, and as others try to."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from typing import Any

import pypdfium2
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from tests.factories.cases import SchoolWithPeople, a_case
from xinqiao.files.attach import attach
from xinqiao.files.intake import clean_paper
from xinqiao.files.models import SealedFile

PLACE = "N39E116-CANARY-PLACE"
"""Where the photo was taken, and with what."""


def photo(form: str = "JPEG", size: tuple[int, int] = (600, 400), seed: int = 1) -> bytes:
    """A photo with the place in its data."""
    picture = Image.new("RGB", size, "#e2f1ef")
    draw, dice = ImageDraw.Draw(picture), random.Random(seed)
    for _ in range(40):
        x, y = dice.randrange(size[0]), dice.randrange(size[1])
        draw.ellipse([x, y, x + 60, y + 40], fill=(dice.randrange(256), dice.randrange(256), dice.randrange(256)))
    exif = picture.getexif()
    exif[0x010F] = PLACE
    out = io.BytesIO()
    picture.save(out, form, exif=exif)
    return out.getvalue()


def pdf(pages: int = 1, text: str = "") -> bytes:
    """A document with a picture on each page."""
    document = pypdfium2.PdfDocument.new()
    for number in range(pages):
        page = document.new_page(595, 842)
        image = pypdfium2.PdfImage.new(document)
        image.load_jpeg(io.BytesIO(photo(seed=number, size=(200, 150))), inline=True)
        image.set_matrix(pypdfium2.PdfMatrix().scale(300, 200).translate(100, 500))
        page.insert_obj(image)
        page.gen_content()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def active_pdf() -> bytes:
    """With JavaScript on opening, a program to launch, and a file inside."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R /Names << /EmbeddedFiles << /Names [(a.exe) 6 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Resources << >> /AA << /O 5 0 R >> >>",
        b"<< /S /JavaScript /JS (app.alert\\('CANARY-JS'\\)) >>",
        b"<< /S /Launch /F (CANARY-LAUNCH.exe) >>",
        b"<< /Type /Filespec /F (a.exe) /EF << /F 7 0 R >> >>",
        b"<< /Type /EmbeddedFile /Length 13 >>\nstream\nCANARY-INSIDE\nendstream",
    ]
    out, offsets = io.BytesIO(), []
    out.write(b"%PDF-1.7\n")
    for number, part in enumerate(parts, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, part))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1))
    for offset in offsets:
        out.write(b"%010d 00000 n \n" % offset)
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, start))
    return out.getvalue()


def bomb_png(side: int = 50_000) -> bytes:
    """A few hundred kilobytes that would be gigabytes of pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    pack = zlib.compressobj(9)
    row = b"\0" * (1 + (side + 7) // 8)
    body = b"".join(pack.compress(row) for _ in range(min(side, 2000))) + pack.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def archive(name: str = "[Content_Types].xml") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(name, "CANARY-ZIP")
        made.writestr("word/document.xml", "<w/>")
    return out.getvalue()


def upload(content: bytes, name: str = "paper.jpg", kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


def a_paper(
    people: SchoolWithPeople | None = None, case: Any = None, content: bytes = b"", name: str = "家长来信.jpg"
) -> SealedFile:
    """Attached by the counselor to a case."""
    people = people or SchoolWithPeople()
    case = case or a_case(people)
    paper = clean_paper(io.BytesIO(content or photo()), name)
    return attach(paper, to=case, kind="case-paper", by=people.counselor)
