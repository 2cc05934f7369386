"""Papers in the browser: added, looked at, downloaded, taken away, brought back; refused without a trace."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import cases, files
from xinqiao.audit.models import AuditEntry
from xinqiao.files.models import SealedFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return cases.SchoolWithPeople()


@pytest.fixture
def case(people):
    return cases.a_case(people)


@pytest.fixture
def counselor(client, people):
    return cases.login(client, people.counselor)


def add(client, case, upload, kind="case-paper"):
    return client.post(reverse("files:add", args=[kind, case.pk]), {"paper": upload})


def paper_of(people, case, **kwargs) -> SealedFile:
    return files.a_paper(people, case, **kwargs)


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_photo_is_added_on_the_cases_page_and_stands_there(counselor, case):
    page = counselor.get(reverse("screening:case", args=[case.pk]))
    assert 'enctype="multipart/form-data"' in page.content.decode()
    added = add(counselor, case, files.upload(files.photo(), "家长来信.jpg"))
    assert added.status_code == 302
    assert added["Location"] == reverse("screening:case", args=[case.pk]) + "#papers"
    page = counselor.get(added["Location"])
    assert "家长来信.jpg" in page.content.decode()
    assert "已加密保存" in page.content.decode()


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (b"", "a.jpg"),
        (b"<svg onload=alert(1)>", "a.svg"),
        (b"<!doctype html><script>", "a.html"),
        (files.archive(), "a.docx"),
        (files.archive("../../../etc/cron.d/x"), "a.zip"),
        (b"GIF89a/*\0\0*/=1;alert(1)", "a.gif"),
        (files.photo()[:4000], "a.jpg"),
        (files.bomb_png(), "a.png"),
        (files.photo(), "a.exe"),
        (b"x" * (10 * 1024 * 1024 + 1), "a.jpg"),
    ],
    ids=["empty", "svg", "html", "docx", "zip with a path", "gif and js", "cut off", "bomb", "ending", "large"],
)
def test_what_is_refused_says_so_in_chinese_and_leaves_nothing(counselor, case, lying, given, name):
    response = add(counselor, case, files.upload(given, name))
    assert response.status_code == 422
    [sentence] = re.findall(r'class="error"[^>]*>(.*?)</', response.content.decode(), re.DOTALL)
    assert re.search(r"[\u4e00-\u9fff]{4,}.*。", sentence, re.DOTALL)
    assert not SealedFile.objects.exists()
    assert not lying()
    assert not AuditEntry.objects.filter(action="file.attach").exists()


@pytest.mark.parametrize(
    "name", ["../../../../etc/passwd.jpg", "C:\\a\\b.jpg", "a\u202egpj.exe.jpg", "名" * 250 + ".jpg"]
)
def test_a_name_that_leads_elsewhere_leads_nowhere(counselor, case, lying, sealed_folder, name):
    upload = files.upload(files.photo())
    upload._name = name
    assert add(counselor, case, upload).status_code == 302
    [stored] = lying()
    assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{30}", str(stored.relative_to(sealed_folder)))
    kept = SealedFile.objects.get().name
    assert len(kept) <= 80
    assert not set(kept) & set("/\\\u202e\0")


def test_a_name_of_five_thousand_characters_is_refused_with_a_sentence(counselor, case, lying):
    upload = files.upload(files.photo())
    upload._name = "名" * 5000 + ".jpg"
    response = add(counselor, case, upload)
    assert response.status_code == 400
    assert "没有保存任何内容" in response.content.decode()
    assert not lying()


def test_a_name_with_markup_is_shown_as_text(counselor, people, case):
    paper_of(people, case, name="<img src=x onerror=alert(1)>.jpg")
    page = counselor.get(reverse("screening:case", args=[case.pk])).content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_it_is_looked_at_as_pictures_and_the_reading_is_one_entry(counselor, people, case):
    paper = paper_of(people, case, content=files.pdf(3), name="报告.pdf")
    page = counselor.get(reverse("files:paper", args=[paper.pk]))
    assert page.status_code == 200
    pictures = re.findall(r'<img src="([^"]+)"', page.content.decode())
    assert len(pictures) == 3
    for address in pictures:
        picture = counselor.get(address)
        assert picture["Content-Type"] == "image/jpeg"
        assert picture.content.startswith(b"\xff\xd8")
    assert AuditEntry.objects.filter(action="file.read", student_id=case.student_id).count() == 1
    for number in (0, 4, 99):
        assert counselor.get(reverse("files:page", args=[paper.pk, number])).status_code == 404


def test_a_picture_asked_for_without_its_page_is_recorded_too(counselor, people, case):
    paper = paper_of(people, case)
    counselor.get(reverse("files:page", args=[paper.pk, 1]))
    assert AuditEntry.objects.filter(action="file.read", target_id=str(paper.pk)).count() == 1


def test_the_download_is_closed_in_and_called_by_a_neutral_name(counselor, people, case):
    paper = paper_of(people, case, content=files.pdf(2), name="王小明的报告.pdf")
    response = counselor.get(reverse("files:download", args=[paper.pk]))
    content = body(response)
    assert content.startswith(b"%PDF")
    assert len(content) == paper.size == int(response["Content-Length"])
    assert re.fullmatch(r'attachment; filename="paper-\d{8}-[0-9a-f]{6}\.pdf"', response["Content-Disposition"])
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert "no-store" in response["Cache-Control"]
    assert AuditEntry.objects.get(action="file.export").target_id == str(paper.pk)


def test_what_is_shown_as_a_picture_is_closed_in_too(counselor, people, case):
    response = counselor.get(reverse("files:page", args=[paper_of(people, case).pk, 1]))
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


def test_taken_away_with_a_reason_and_brought_back(counselor, people, case):
    paper = paper_of(people, case)
    assert counselor.post(reverse("files:remove", args=[paper.pk]), {"reason": ""}).status_code == 422
    counselor.post(reverse("files:remove", args=[paper.pk]), {"reason": "传错了"})
    page = counselor.get(reverse("screening:case", args=[case.pk])).content.decode()
    assert "已移除 1 份" in page
    assert "传错了" in page
    assert counselor.get(reverse("files:paper", args=[paper.pk])).status_code == 404
    assert counselor.get(reverse("files:page", args=[paper.pk, 1])).status_code == 404
    assert counselor.get(reverse("files:download", args=[paper.pk])).status_code == 404
    counselor.post(reverse("files:restore", args=[paper.pk]))
    assert counselor.get(reverse("files:paper", args=[paper.pk])).status_code == 200


def test_who_reads_no_story_sees_no_paper_and_no_name_of_one(client, people, case):
    paper = paper_of(people, case)
    moral = cases.login(client, people.moral)
    page = moral.get(reverse("screening:case", args=[case.pk])).content.decode()
    assert "家长来信" not in page
    for name in ("paper", "download"):
        assert moral.get(reverse(f"files:{name}", args=[paper.pk])).status_code == 403
    assert moral.get(reverse("files:page", args=[paper.pk, 1])).status_code == 403


def test_the_principal_reads_a_high_cases_papers_and_adds_none(client, people):
    case = cases.a_case(people, "high")
    paper = files.a_paper(people, case)
    principal = cases.login(client, people.principal)
    page = principal.get(reverse("screening:case", args=[case.pk])).content.decode()
    assert "家长来信.jpg" in page
    assert "multipart/form-data" not in page
    assert principal.get(reverse("files:paper", args=[paper.pk])).status_code == 200
    assert add(principal, case, files.upload(files.photo())).status_code == 403
    assert principal.post(reverse("files:remove", args=[paper.pk]), {"reason": "x"}).status_code == 403
    assert principal.post(reverse("files:restore", args=[paper.pk])).status_code == 403


def test_a_changed_content_is_an_error_and_shows_nothing(client, people, case, lying):
    paper = paper_of(people, case)
    client = cases.login(client, people.counselor)
    client.raise_request_exception = False
    [stored] = lying()
    sealed = bytearray(stored.read_bytes())
    sealed[200] ^= 1
    stored.write_bytes(sealed)
    assert client.get(reverse("files:page", args=[paper.pk, 1])).status_code == 500


def test_a_referrals_page_keeps_the_hospitals_paper(counselor, people):
    referral = cases.a_referral(people, until="sent")
    added = add(counselor, referral, files.upload(files.photo(), "反馈单.jpg"), kind="referral-feedback")
    assert added.status_code == 302
    page = counselor.get(reverse("screening:referral", args=[referral.pk])).content.decode()
    assert "反馈单.jpg" in page
    assert SealedFile.objects.get().student == referral.case.student


def test_the_list_of_papers_costs_one_query_however_many(counselor, people, case):
    address = reverse("screening:case", args=[case.pk])
    counselor.get(address)
    with CaptureQueriesContext(connection) as one:
        counselor.get(address)
    for number in range(5):
        paper_of(people, case, name=f"{number}.jpg")
    with CaptureQueriesContext(connection) as many:
        counselor.get(address)
    assert len(many) == len(one)
    assert sum("files_sealedfile" in each["sql"] for each in many) == 1
