"""Documents of editors: by what is in them, with nothing that acts by itself; refused ones leave nothing."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.documents import get_document_model

from content.documents.checking import ACTIVE, DAMAGED, NOT_WHAT_IT_SAYS, TOO_LARGE, DocumentRefused, check_document
from tests.factories import files
from tests.factories.accounts import person_with
from xinqiao.accounts.enums import Role
from xinqiao.accounts.groups import ensure_groups, sync_groups

TYPES = "<Types/>"
RELS = '<Relationships><Relationship Type="{}" Target="{}" TargetMode="External"/></Relationships>'


def office(kind: str = "docx", **parts: str | bytes) -> bytes:
    main = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}[kind]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"[Content_Types].xml": TYPES, main: "<x/>", **parts}.items():
            archive.writestr(name, content)
    return out.getvalue()


def checked(content: bytes, name: str) -> None:
    check_document(io.BytesIO(content), name)


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx"])
def test_an_office_document_is_taken(kind):
    checked(office(kind), f"leaflet.{kind}")


def test_a_pdf_is_taken_and_a_link_in_a_document_may_lead_anywhere():
    checked(files.pdf(2), "Leaflet.PDF")
    checked(office(**{"word/_rels/document.xml.rels": RELS.format("x/hyperlink", "https://12356.example/")}), "a.docx")


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.pdf", NOT_WHAT_IT_SAYS),
        (b"<html>", "a.pdf", NOT_WHAT_IT_SAYS),
        (files.photo(), "a.pdf", NOT_WHAT_IT_SAYS),
        (files.pdf(), "a.docx", NOT_WHAT_IT_SAYS),
        (office(), "a.pdf", NOT_WHAT_IT_SAYS),
        (office("xlsx"), "a.docx", NOT_WHAT_IT_SAYS),
        (files.archive("anything.txt"), "a.docx", NOT_WHAT_IT_SAYS),
        (files.pdf() + office(), "a.pdf", NOT_WHAT_IT_SAYS),
        (office(**{"../../evil.txt": "x"}), "a.docx", NOT_WHAT_IT_SAYS),
        (office(**{"C:\\evil.txt": "x"}), "a.docx", NOT_WHAT_IT_SAYS),
        (files.active_pdf(), "a.pdf", ACTIVE),
        (office(**{"word/vbaProject.bin": b"x"}), "a.docx", ACTIVE),
        (office(**{"word/embeddings/oleObject1.bin": b"x"}), "a.docx", ACTIVE),
        (office(**{"word/settings.xml": "<!DOCTYPE x [<!ENTITY e 'x'>]><x/>"}), "a.docx", ACTIVE),
        (
            office(**{"word/_rels/settings.xml.rels": RELS.format("x/attachedTemplate", "http://evil.example/t.dotm")}),
            "a.docx",
            ACTIVE,
        ),
        (b"%PDF-1.7 and nothing", "a.pdf", DAMAGED),
        (files.pdf()[:1500], "a.pdf", DAMAGED),
        (office()[:-30], "a.docx", DAMAGED),
        (office(**{"word/media/bomb.xml": b"\0" * 30_000_000}), "a.docx", TOO_LARGE),
        (b"%PDF-" + b"x" * (20 * 1024 * 1024), "a.pdf", TOO_LARGE),
    ],
    ids=range(20),
)
def test_what_is_not_what_it_says_or_acts_is_refused(content, name, said):
    with pytest.raises(DocumentRefused) as refused:
        checked(content, name)
    assert str(refused.value) == str(said)


@pytest.mark.django_db
def test_the_chooser_refuses_with_a_sentence_and_keeps_nothing(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    ensure_groups()
    editor = person_with(Role.EDITOR)
    sync_groups(editor)
    client.force_login(editor)
    address = reverse("wagtaildocs_chooser:create")

    def add(content: bytes, name: str):
        given = {
            "document-chooser-upload-title": "x",
            "document-chooser-upload-file": SimpleUploadedFile(name, content),
        }
        return client.post(address, given)

    refused = add(b"<script>alert(1)</script>", "leaflet.pdf")
    assert "文件内容与后缀不符" in str(refused.json())
    assert not get_document_model().objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    add(files.pdf(), "leaflet.pdf")
    assert get_document_model().objects.count() == 1
