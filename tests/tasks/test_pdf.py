"""PDFs: our own fonts and files only, rare characters of real names, readable by a screen reader, small."""

import io
import socket

import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from PIL import Image
from pypdf import PdfReader

from tasks import fonts, typeset
from tasks.pdf import NotAccessible, RefusedAddress, UnshowableCharacter, render_pages, render_pdf

pytestmark = pytest.mark.usefixtures("probe_templates")


def certificate(name: str) -> bytes:
    return render_pdf("probe/pdf/certificate.html", {"name": name})


def free(words: str = "一句话", *, extra: str = "", lang: str = "zh-Hans", heading: str = "一页", **more) -> bytes:
    return render_pdf("probe/pdf/free.html", {"words": words, "extra": extra, "lang": lang, "heading": heading}, **more)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in document)


def fonts_of(pdf: bytes) -> set[str]:
    found = set()
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            found.add(str(font.get_object()["/BaseFont"]).partition("+")[2])
    return found


def test_chinese_can_be_read_back_and_the_file_is_small():
    pdf = certificate("周小青")
    assert "周小青" in text_of(pdf)
    assert "识别与应对学生心理危机" in text_of(pdf)
    assert len(pdf) < 30_000


def test_rare_characters_of_real_names_are_drawn_from_the_whole_font():
    for name in ("马骉", "龚䶮", "㛃"):
        pdf = certificate(name)
        assert name in text_of(pdf)
        # Drawn with a shape and not as an empty box.
        assert len(pdf) < 60_000


def test_a_character_that_no_font_has_is_named_and_nothing_around_it():
    with pytest.raises(UnshowableCharacter) as refused:
        certificate("王\U000323af小明")
    assert "U+323AF" in str(refused.value)
    assert "小明" not in str(refused.value)


def test_joiners_and_blanks_need_no_glyph():
    assert "周 青" in text_of(certificate("周​ 青️")).replace("​", "").replace("️", "")


def test_only_our_own_font_is_used_whatever_the_page_asks_for():
    pdf = free("现在", extra='<p style="font-family: DejaVu Sans, sans-serif">Hello 你好 <b>粗</b></p>')
    assert {name.replace("-", " ").split(" ")[0] for name in fonts_of(pdf)} == {"Xinqiao"}


def test_the_font_configuration_is_made_once_for_the_process():
    certificate("甲")
    before = typeset._configuration(False)
    certificate("乙")
    assert typeset._configuration(False) is before


def test_it_says_its_title_and_language_and_is_tagged():
    reader = PdfReader(io.BytesIO(free(heading="转介函")))
    assert reader.metadata.title == "转介函"
    assert reader.trailer["/Root"]["/Lang"] == "zh-Hans"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data()


def test_the_title_can_be_given():
    assert PdfReader(io.BytesIO(free(heading="", title="另一个标题"))).metadata.title == "另一个标题"


@pytest.mark.parametrize("what", [{"lang": ""}, {"heading": ""}])
def test_a_page_without_title_or_language_is_refused(what):
    with pytest.raises(NotAccessible):
        free(**what)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/a.png",
        "https://example.com/a.png",
        "file:///etc/passwd",
        "ftp://example.com/a.png",
        "static:../../../../etc/passwd",
        "stored:../../etc/passwd",
        "private:/etc/passwd",
        "/etc/passwd",
        "//example.com/a.png",
    ],
)
def test_nothing_but_our_own_files_is_ever_opened(address, monkeypatch):
    def no_network(*args, **kwargs):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "create_connection", no_network)
    monkeypatch.setattr(socket.socket, "connect", no_network)
    for tag in (f'<img src="{address}" alt="">', f'<div style="background: url({address})">a</div>'):
        with pytest.raises(RefusedAddress):
            free(extra=tag)


def test_a_refusal_never_repeats_a_data_address():
    with pytest.raises(RefusedAddress) as refused:
        free(extra='<img alt="" src="data:image/png;base64,' + "QUJD" * 6_000_000 + '">')
    assert len(str(refused.value)) < 200


def test_stored_and_bundled_pictures_are_taken_in(settings, tmp_path):
    picture = io.BytesIO()
    Image.new("RGB", (40, 40), "#0f6b6b").save(picture, "PNG")
    settings.PRIVATE_ROOT = tmp_path
    name = storages["private"].save("probe/green.png", ContentFile(picture.getvalue()))
    try:
        plain = free()
        with_picture = free(extra=f'<img src="private:{name}" alt="绿"><img src="static:img/favicon.svg" alt="桥">')
    finally:
        storages["private"].delete(name)
    assert len(with_picture) > len(plain)


def test_pages_become_pictures_for_where_no_pdf_can_be_shown():
    [picture] = render_pages(certificate("周小青"), width=800)
    image = Image.open(io.BytesIO(picture))
    assert (image.format, image.width) == ("PNG", 800)
    assert len(picture) < 120_000
    # Something is drawn on it.
    assert len(image.convert("L").getcolors(256)) > 2


def test_only_the_first_pages_become_pictures():
    many = free(extra='<p style="break-before: page">a</p>' * 6)
    assert len(render_pages(many, width=200, max_pages=3)) == 3


def test_the_small_font_is_made_once_and_holds_what_is_common():
    fonts.prepare()
    assert fonts.prepare() is False
    assert 7_000 < len(fonts.shown_by_subset()) < 9_000
    assert set(map(ord, "筛查评估干预跟踪一般关注重点高危，。《》“”（）")) <= fonts.shown_by_subset()
    for style in fonts.WEIGHTS:
        assert (fonts.subset_folder() / f"{style}.ttf").stat().st_size < 4_000_000


def test_the_configuration_names_no_folder_of_the_system():
    for whole in (False, True):
        text = fonts.fontconfig_file(whole=whole).read_text()
        assert "/usr/share/fonts" not in text
        assert text.count("<dir>") == (2 if whole else 1)
