"""What is taken in and what is refused: by content, with a clear sentence, and nothing of the stranger's bytes kept."""

import io
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest
from django.utils import translation
from PIL import Image

from tests.factories import files
from xinqiao.files import paper_program
from xinqiao.files.errors import PaperRefused
from xinqiao.files.intake import MAX_BYTES, MAX_NAME, SENTENCES, clean_name, clean_paper

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF_JS = b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)"


def cleaned(content: bytes, name: str = "paper.jpg"):
    return clean_paper(io.BytesIO(content), name)


@pytest.mark.parametrize(("form", "ending"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_a_photo_is_made_anew_from_its_pixels_without_place_and_device(form, ending):
    given = files.photo(form)
    assert files.PLACE.encode() in given
    kept = cleaned(given, f"photo.{ending}")
    assert files.PLACE.encode() not in kept.content
    with Image.open(io.BytesIO(kept.content)) as picture:
        assert picture.format == form
        assert picture.size == (600, 400)
        assert not picture.getexif()


def test_a_photo_taken_sideways_stands_upright():
    given = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (300, 100)).save(given, "JPEG", exif=exif)
    with Image.open(io.BytesIO(cleaned(given.getvalue()).content)) as picture:
        assert picture.size == (100, 300)
        assert not picture.getexif()


def test_a_large_photo_is_brought_down():
    with Image.open(io.BytesIO(cleaned(files.photo(size=(6400, 4800))).content)) as picture:
        assert max(picture.size) == 3000


def test_a_pdf_becomes_pictures_of_its_pages_and_nothing_else():
    kept = cleaned(files.pdf(3), "report.pdf")
    assert (kept.content_type, kept.pages) == ("application/pdf", 3)
    read = pypdf.PdfReader(io.BytesIO(kept.content))
    assert [round(page.mediabox.width) for page in read.pages] == [595] * 3
    assert all(len(page.images) == 1 for page in read.pages)


def test_scripts_programs_and_files_in_a_pdf_stay_behind():
    given = files.active_pdf()
    assert b"JavaScript" in given
    kept = cleaned(given, "report.pdf").content
    for word in (b"JavaScript", b"/JS", b"OpenAction", b"Launch", b"EmbeddedFile", b"CANARY"):
        assert word not in kept
    assert not pypdf.PdfReader(io.BytesIO(kept)).attachments


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (files.photo() + b"<?php system($_GET['c']); ?> CANARY-ZIP", "photo.jpg"),
        (files.photo("PNG") + files.archive(), "photo.png"),
        (files.pdf() + files.archive(), "report.pdf"),
        (files.photo("WEBP") + SVG + b"CANARY-ZIP", "photo.webp"),
    ],
    ids=["JPEG and PHP", "PNG and zip", "PDF and zip", "WebP and SVG"],
)
def test_the_second_nature_of_a_polyglot_is_not_kept(given, name):
    kept = cleaned(given, name).content
    for word in (b"<?php", b"CANARY", b"PK\x03\x04", b"<svg"):
        assert word not in kept


@pytest.mark.parametrize(
    ("given", "name", "key"),
    [
        (b"", "paper.jpg", "empty"),
        (b"x" * (MAX_BYTES + 1), "paper.jpg", "large"),
        (files.bomb_png(), "paper.png", "pixels"),
        (files.photo()[:5000], "paper.jpg", "damaged"),
        (files.photo("PNG")[:900], "paper.png", "damaged"),
        (files.pdf()[:1500], "report.pdf", "damaged"),
        (b"%PDF-1.7\nnothing of one", "report.pdf", "damaged"),
        (files.pdf(51), "report.pdf", "pages"),
        (SVG, "drawing.svg", "text"),
        (SVG, "drawing.jpg", "text"),
        (b"\xef\xbb\xbf <!doctype html><script>", "page.png", "text"),
        (b"#!/bin/sh\nrm -rf /", "paper.jpg", "text"),
        (b"MZ" + b"\0" * 100, "paper.jpg", "text"),
        (GIF_JS, "moving.gif", "another"),
        (b"plain words", "notes.txt", "another"),
        (files.archive(), "letter.docx", "archive"),
        (files.archive(), "photo.jpg", "archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "letter.doc", "archive"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 100, "IMG_1.HEIC", "heic"),
        (files.photo(), "page.html", "name"),
        (files.photo(), "program.exe", "name"),
        (files.photo(), "report.pdf", "name"),
        (files.pdf(), "photo.jpg", "name"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_may_not_be_kept_is_refused_with_a_sentence_in_chinese(given, name, key):
    with translation.override("zh-hans"), pytest.raises(PaperRefused) as refused:
        cleaned(given, name)
    with translation.override("zh-hans"):
        assert str(refused.value) == str(SENTENCES[key])
        assert str(refused.value).endswith("。")
        assert "file" not in str(refused.value)


def test_a_pdf_with_a_password_is_refused():
    writer, out = pypdf.PdfWriter(io.BytesIO(files.pdf())), io.BytesIO()
    writer.encrypt("secret")
    writer.write(out)
    with pytest.raises(PaperRefused, match="密码"):
        cleaned(out.getvalue(), "report.pdf")


def test_chats_call_every_picture_jpg_which_is_taken():
    assert cleaned(files.photo("WEBP"), "mmexport170.jpg").content_type == "image/webp"
    assert cleaned(files.photo(), "").name == ""
    assert cleaned(files.photo(), "家长签的同意书").name == "家长签的同意书"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\Users\\a\\同意书.jpg", "同意书.jpg"),
        ("/absolute/同意书.jpg", "同意书.jpg"),
        ("a\0.jpg", "a.jpg"),
        ("a\u202egpj.exe.jpg", "agpj.exe.jpg"),
        ("a\u200b\u2066\r\nSet-Cookie: x.jpg", "aSet-Cookie: x.jpg"),
        ("  同意书   1.jpg ", "同意书 1.jpg"),
        ("..", ""),
        ("....", ""),
    ],
)
def test_a_name_is_a_label_and_never_a_path(given, kept):
    assert clean_name(given) == kept


def test_a_name_of_five_thousand_characters_is_cut_and_keeps_its_ending():
    name = clean_name("名" * 5000 + ".jpg")
    assert len(name) == MAX_NAME
    assert name.endswith("….jpg")


def test_the_process_that_opens_a_file_has_limits_of_memory_and_time_and_may_write_nothing(tmp_path):
    """The same program with less memory: it dies, and that is a refusal."""
    program = Path(paper_program.__file__).read_bytes()
    for limit in (b"RLIMIT_AS", b"RLIMIT_CPU", b"RLIMIT_FSIZE", b"RLIMIT_CORE"):
        assert limit in program
    small = tmp_path / "program.py"
    small.write_bytes(program.replace(b"1024 * 1024 * 1024", b"90 * 1024 * 1024"))
    for given, left in ((files.photo(), 0), (files.photo(size=(7000, 7000)), 1)):
        done = subprocess.run([sys.executable, "-I", small, "picture"], input=given, capture_output=True)
        refused = done.returncode != 0 or b"refused" in done.stdout[:40]
        assert refused == bool(left)
