"""What comes in as a picture: refused in one clear sentence, or made anew from its pixels and nothing else."""

import io
import struct
import zlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from content.models import Picture
from content.pictures.cleaning import MAX_SIDE, NotAPicture, PictureTooLarge, cleaned_picture
from content.pictures.forms import NOT_A_PICTURE, TOO_LARGE
from tests.factories.accounts import person_with
from tests.factories.content import PictureFactory, picture_bytes, public_site
from xinqiao.accounts.enums import Role
from xinqiao.accounts.groups import ensure_groups, sync_all

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
SECRET = b"<script>canary-7731</script>"


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is enormous."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + png_chunk(b"IDAT", zlib.compress(b"\0" * 64)) + png_chunk(b"IEND", b"")


def photo_with_place() -> bytes:
    """A phone's photo: taken sideways, with the place and the device in its data."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "canary-7731 phone"
    exif.get_ifd(0x8825)[2] = (31.0, 14.0, 5.0)
    return picture_bytes((120, 80), "JPEG", exif=exif, comment=b"canary-7731")


NOT_PICTURES = {
    "a text": b"just words\n" * 50,
    "nothing": b"",
    "an SVG": SVG,
    "a web page": b"<html><body><script>alert(1)</script></body></html>",
    "a cut-off JPEG": picture_bytes((300, 300), "JPEG")[:400],
    "a TIFF": picture_bytes(kind="TIFF"),
    "a BMP": picture_bytes(kind="BMP"),
    "a PDF": b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj",
    "a zip": b"PK\x03\x04" + b"\0" * 200,
}


@pytest.mark.parametrize("what", NOT_PICTURES)
@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_what_is_no_picture_is_refused_whatever_its_name(what, suffix):
    with pytest.raises(NotAPicture):
        cleaned_picture(ContentFile(NOT_PICTURES[what]), f"holiday.{suffix}")


@pytest.mark.parametrize("size", [(30_000, 30_000), (100_000, 500), (6400, 6400)])
def test_too_many_pixels_are_refused_before_they_are_decoded(size):
    with pytest.raises(PictureTooLarge):
        cleaned_picture(ContentFile(bomb(*size)), "bomb.png")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_what_hangs_behind_a_picture_does_not_come_in(kind):
    clean = cleaned_picture(ContentFile(picture_bytes(kind=kind) + SECRET + b"PK\x03\x04"), "polyglot.jpg").read()
    assert SECRET not in clean
    assert b"PK\x03\x04" not in clean


def test_text_inside_of_a_png_does_not_come_in():
    data = picture_bytes()
    at = data.index(b"IDAT") - 4
    hidden = (
        data[:at]
        + png_chunk(b"tEXt", b"Comment\0" + SECRET)
        + png_chunk(b"iTXt", b"XML\0\0\0\0\0" + SECRET)
        + data[at:]
    )
    assert b"canary" not in cleaned_picture(ContentFile(hidden), "hidden.png").read()


def test_a_photo_comes_in_upright_and_without_its_place_and_device():
    clean = cleaned_picture(ContentFile(photo_with_place()), "photo.JPG")
    with Image.open(clean) as picture:
        assert picture.size == (80, 120)
        assert not picture.getexif()
    assert b"canary" not in clean.open().read()
    assert clean.name == "photo.jpg"


def test_moving_pictures_stand_still_and_huge_ones_become_smaller():
    frames = [Image.new("P", (40, 40), colour) for colour in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    still = cleaned_picture(ContentFile(out.getvalue()), "dance.gif")
    assert still.name == "dance.png"
    large = cleaned_picture(ContentFile(picture_bytes((MAX_SIDE + 800, 100), "JPEG")), "wide.jpg")
    with Image.open(large) as picture:
        assert picture.width == MAX_SIDE


@pytest.mark.parametrize("mode", ["CMYK", "L", "P", "RGBA", "LA", "1", "I;16"])
def test_every_way_of_storing_colours_comes_in(mode):
    out = io.BytesIO()
    kind = "JPEG" if mode == "CMYK" else "PNG"
    Image.new(mode, (20, 20)).save(out, kind)
    with Image.open(cleaned_picture(ContentFile(out.getvalue()), "odd.png")) as picture:
        assert picture.mode in {"RGB", "RGBA"}


def test_a_picture_stored_without_the_form_is_made_anew_too(db):
    picture = Picture.objects.create(title="照片", file=ContentFile(photo_with_place(), name="photo.jpg"))
    assert b"canary" not in picture.file.open().read()
    assert (picture.width, picture.height) == (80, 120)
    with pytest.raises(NotAPicture):
        Picture.objects.create(title="假的", file=ContentFile(b"words", name="words.jpg"))


# -- in the editor's admin ---------------------------------------------------------------------------------------------


@pytest.fixture
def editor_client(client, db):
    public_site()
    person = person_with(Role.EDITOR)
    ensure_groups()
    sync_all()
    client.force_login(person)
    return client


def upload(client, data: bytes, name: str = "holiday.jpg", **fields: str):
    file = SimpleUploadedFile(name, data, content_type="image/jpeg")
    return client.post(
        reverse("wagtailimages:add"),
        {"title": "假日", "description": "河边的桥", "collection": 1, "file": file, **fields},
    )


@pytest.mark.parametrize("what", [what for what in NOT_PICTURES if what != "nothing"])
def test_an_editor_is_told_in_chinese_what_to_choose_instead(editor_client, what):
    response = upload(editor_client, NOT_PICTURES[what])
    assert response.status_code == 200
    assert response.context["form"].errors["file"] == [str(NOT_A_PICTURE)]
    assert "这个文件不是" in response.content.decode()
    assert not Picture.objects.exists()


def test_an_svg_under_its_own_name_and_a_bomb_are_refused_too(editor_client):
    assert upload(editor_client, SVG, "drawing.svg").context["form"].errors["file"] == [str(NOT_A_PICTURE)]
    assert upload(editor_client, bomb(30_000, 30_000), "bomb.png").context["form"].errors["file"] == [str(TOO_LARGE)]
    assert not Picture.objects.exists()


def test_a_picture_needs_its_words(editor_client):
    response = upload(editor_client, picture_bytes(kind="JPEG"), description="")
    assert "description" in response.context["form"].errors
    assert not Picture.objects.exists()


def test_a_photo_from_a_phone_is_taken(editor_client):
    assert upload(editor_client, photo_with_place(), "IMG 0001 (1).JPG").status_code == 302
    picture = Picture.objects.get()
    assert b"canary" not in picture.file.open().read()
    assert picture.default_alt_text == "河边的桥"


def test_many_at_once_are_looked_at_one_by_one(editor_client):
    url = reverse("wagtailimages:add_multiple")
    bad = SimpleUploadedFile("holiday.jpg", NOT_PICTURES["a text"])
    answer = editor_client.post(url, {"title": "假日", "files[]": bad, "collection": 1})
    assert answer.json() == {"success": False, "error_message": str(NOT_A_PICTURE)}
    good = SimpleUploadedFile("holiday.jpg", photo_with_place())
    assert editor_client.post(url, {"title": "假日", "files[]": good, "collection": 1}).json()["success"]
    assert Picture.objects.count() == 1


# -- as files ----------------------------------------------------------------------------------------------------------


def name_of(file) -> str:
    return file.name.rpartition("/")[2]


def test_sizes_made_for_pages_go_to_everyone_and_may_be_kept(client, db):
    rendition = PictureFactory().get_rendition("width-200|format-webp")
    response = client.get(reverse("picture", args=[name_of(rendition.file)]))
    assert response.status_code == 200
    assert response["Content-Type"] == "image/webp"
    assert "max-age" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies


def test_an_original_goes_to_those_who_edit_and_is_kept_by_nobody(client, db):
    url = reverse("picture_original", args=[name_of(PictureFactory().file)])
    assert client.get(url).status_code == 302
    client.force_login(person_with(Role.GUARDIAN))
    assert client.get(url).status_code == 403
    client.force_login(person_with(Role.EDITOR))
    response = client.get(url)
    assert response.status_code == 200
    assert "private" in response["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "images/",
        "images/../original_images/x.png",
        "images/%2e%2e/%2e%2e/keys",
        "",
        "original_images/",
        "documents/x.pdf",
    ],
)
def test_nothing_else_lies_under_the_media_address(client, db, path):
    assert client.get(f"/media/{path}").status_code == 404


def test_what_was_stored_under_a_strange_name_is_served_under_a_plain_one(db):
    picture = Picture.objects.create(title="x", file=ContentFile(picture_bytes(), name="../../etc/密 码 (1).png"))
    assert picture.file.name.startswith("original_images/")
    assert ".." not in picture.file.name
    assert reverse("picture_original", args=[name_of(picture.file)])
