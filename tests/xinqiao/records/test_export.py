"""A child's file taken out: what is in it, who gets it, how long it lies here, and that nothing of it is told elsewhere."""

import datetime
import io
import json

import pypdf
import pytest
import pyzipper
import time_machine
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from tasks.models import OutboxMessage
from tests.factories.accounts import person_with
from tests.factories.cases import INTERVIEW, REASON, SchoolWithPeople, login
from tests.factories.records import CANARIES, PASSWORD, a_known_child, fresh
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry
from xinqiao.records.enums import ExportState
from xinqiao.records.errors import ExportGone, NotReady, OnlyOneAtATime, WeakPassword
from xinqiao.records.export import collect, drop_export, expire_exports, make_export, start_export
from xinqiao.records.models import ExportRun
from xinqiao.school.models import Guardianship

pytestmark = pytest.mark.django_db
WHAT = {"edition": "whole", "purpose": "guardian", "recipient": "王女士", "reason": "书面申请在 2 号柜"}


@pytest.fixture
def known(settings, tmp_path):
    settings.STORAGES["private"]["OPTIONS"]["location"] = str(tmp_path / "private")
    return a_known_child()


def started(known, **changes) -> ExportRun:
    asked = {**WHAT, "password": PASSWORD, **changes}
    return start_export(user=fresh(known.people.counselor), student=known.student, **asked)


def made(known, **changes) -> ExportRun:
    run = started(known, **changes)
    make_export(str(run.pk))
    return ExportRun.objects.get(pk=run.pk)


def opened(content: bytes, password: str = PASSWORD) -> pyzipper.AESZipFile:
    archive = pyzipper.AESZipFile(io.BytesIO(content))
    archive.setpassword(password.encode())
    return archive


def pdf_text(archive: pyzipper.AESZipFile) -> str:
    pages = pypdf.PdfReader(io.BytesIO(archive.read("file.pdf"))).pages
    return "\n".join(page.extract_text() for page in pages)


def test_the_file_opens_with_its_password_alone(known):
    run = made(known)
    content = collect(user=known.people.counselor, run=run)
    archive = opened(content)
    assert archive.namelist() == ["file.pdf", "file.json", "papers/01.jpg"]
    assert known.student.name.encode() not in content
    for wrong in ("kx7m-pw3d-h9tq-2mzb", ""):
        with pytest.raises(RuntimeError):
            opened(content, wrong).read("file.json")
    info = archive.infolist()[0]
    assert (info.wz_aes_strength, info.wz_aes_version) == (3, 2)  # 256 bits, and no checksum of the plain text


def test_pdf_and_json_hold_the_same_story(known):
    archive = opened(collect(user=known.people.counselor, run=made(known)))
    data, text = json.loads(archive.read("file.json")), pdf_text(archive).replace("\n", "")
    told = archive.read("file.json").decode()
    for words in (*CANARIES.values(), INTERVIEW, REASON, known.guardian.name):
        assert words in told
        assert words in text
    assert data["schema"] == "xinqiao.child-file/1"
    assert data["child"]["number"] == known.student.number
    assert data["papers"][0]["size"] == len(archive.read("papers/01.jpg"))
    for words in ("目录", "本副本不包含的内容", str(known.people.counselor), data["reference"], "王女士"):
        assert words in text


def test_every_page_says_who_took_it_out_and_how_many_there_are(known):
    archive = opened(collect(user=known.people.counselor, run=made(known)))
    pages = pypdf.PdfReader(io.BytesIO(archive.read("file.pdf"))).pages
    for number, page in enumerate(pages, 1):
        words = page.extract_text()
        assert f"第 {number} 页，共 {len(pages)} 页" in words
        assert f"{known.people.counselor} 于 " in words


def test_the_guardians_copy_says_where_something_is_left_out(known):
    archive = opened(collect(user=known.people.counselor, run=made(known, edition="guardian")))
    told = archive.read("file.json").decode()
    assert archive.namelist() == ["file.pdf", "file.json"]
    for words in (INTERVIEW, CANARIES["note"], CANARIES["step"], CANARIES["follow"], known.guardian.name):
        assert words not in told
    assert CANARIES["plan"] in told
    assert CANARIES["observed"] in told
    assert {"person", "confidence"} <= {
        fact.get("withheld") for part in json.loads(told)["parts"] for each in part["records"] for fact in each["facts"]
    }
    # The person who hands it over stands on it; colleagues do not stand in it.
    parts = json.dumps(json.loads(told)["parts"], ensure_ascii=False)
    for person in (known.people.counselor, known.people.second):
        assert str(person) not in parts
    assert "保密内容，本副本不列" in pdf_text(archive)


def test_the_password_lies_encrypted_until_the_file_is_made_and_in_no_message(known):
    run = started(known)
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM records_exportrun WHERE id = %s", [run.pk])
        assert cursor.fetchone()[0].startswith("x1.")
    for message in OutboxMessage.objects.all():
        assert PASSWORD not in json.dumps(message.payload)
    make_export(str(run.pk))
    run = ExportRun.objects.get(pk=run.pk)
    assert (run.state, run.password, run.done) == (ExportState.READY, "", run.of)
    assert PASSWORD not in json.dumps(list(AuditEntry.objects.values_list("details", flat=True)), default=str)


def test_the_database_keeps_no_password_beside_a_file(known):
    run = made(known)
    run.password = PASSWORD
    with pytest.raises(DatabaseError), transaction.atomic():
        run.save(update_fields=["password"])


@pytest.mark.parametrize("password", ["short", "金丝雀甲乙-1234-5678", "c20260007-xxxxx", "jinsiquejiayi-2026"])
def test_a_password_that_everybody_would_try_is_refused(known, password):
    with pytest.raises(WeakPassword):
        started(known, password=password)
    assert not ExportRun.objects.exists()


def test_it_is_fetched_three_times_and_then_deleted(known):
    run = made(known)
    name = run.file
    for _each in range(3):
        collect(user=known.people.counselor, run=run)
    with pytest.raises(ExportGone):
        collect(user=known.people.counselor, run=run)
    run.refresh_from_db()
    assert (run.state, run.file) == (ExportState.GONE, "")
    assert AuditEntry.objects.filter(action="records.export_fetch", student_id=known.student.pk).count() == 3
    assert name


def test_after_a_day_it_is_gone(known, django_capture_on_commit_callbacks):
    run = made(known)
    assert storages["private"].exists(run.file)
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=24, minutes=1)):
        with pytest.raises(ExportGone):
            collect(user=known.people.counselor, run=run)
        with django_capture_on_commit_callbacks(execute=True):
            assert expire_exports() == 1
    assert not storages["private"].exists(run.file)


def test_what_was_never_made_keeps_no_password_either(known):
    run = started(known)
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=25)):
        expire_exports()
    run = ExportRun.objects.get(pk=run.pk)
    assert (run.state, run.password) == (ExportState.GONE, "")
    make_export(str(run.pk))  # a message that comes late finds nothing to do
    assert ExportRun.objects.get(pk=run.pk).state == ExportState.GONE


def test_made_twice_it_is_one_file_and_asked_twice_it_is_refused(known):
    run = started(known)
    with pytest.raises(OnlyOneAtATime):
        started(known)
    with pytest.raises(NotReady):
        collect(user=known.people.counselor, run=run)
    make_export(str(run.pk))
    first = ExportRun.objects.get(pk=run.pk).sha256
    make_export(str(run.pk))
    assert ExportRun.objects.get(pk=run.pk).sha256 == first
    drop_export(user=fresh(known.people.counselor), run=run)
    assert ExportRun.objects.get(pk=run.pk).state == ExportState.GONE


def test_a_character_without_a_font_is_named_before_anything_is_written(known):
    known.student.name = "王\ue123"
    known.student.save(update_fields=["name"])
    run = made(known)
    assert run.state == ExportState.FAILED
    assert run.password == ""
    assert "\ue123" in run.stopped_by


@pytest.mark.parametrize("role", [Role.PRINCIPAL, Role.DEPUTY, Role.ADMINISTRATOR, Role.HOMEROOM, Role.DISTRICT])
def test_it_is_nobodys_duty_but_the_counselors(known, role):
    scope = {"school_class": known.people.school_class} if role == Role.HOMEROOM else {}
    person = person_with(role, school=known.people.school, **scope)
    with pytest.raises(NotPermitted):
        start_export(user=person, student=known.student, password=PASSWORD, **WHAT)


# The pages


def page_of(known) -> str:
    return reverse("records:export", args=[known.student.pk])


def test_the_page_asks_why_makes_the_file_and_hands_it_out(known, client, django_capture_on_commit_callbacks):
    login(client, known.people.counselor)
    assert client.get(page_of(known)).context["form"].initial["password"] not in {"", PASSWORD}
    answer = client.post(page_of(known), {**WHAT, "password": PASSWORD})
    run = ExportRun.objects.get()
    assert answer.url == reverse("records:export_run", args=[run.pk])
    assert "正在制作文件" in client.get(answer.url).content.decode()
    make_export(str(run.pk))
    page = client.get(answer.url).content.decode()
    assert "下载压缩包" in page
    assert known.student.name not in page
    answer = client.post(reverse("records:export_download", args=[run.pk]))
    assert answer["Content-Disposition"] == f'attachment; filename="file-{run.code}.zip"'
    assert "no-store" in answer["Cache-Control"]
    assert opened(answer.content).namelist()
    client.post(reverse("records:export_drop", args=[run.pk]))
    assert "文件已从系统里删除" in client.get(reverse("records:export_run", args=[run.pk])).content.decode()


@pytest.mark.parametrize("missing", ["edition", "purpose", "recipient", "reason", "password"])
def test_without_an_answer_nothing_is_made(known, client, missing):
    login(client, known.people.counselor)
    answer = client.post(page_of(known), {**WHAT, "password": PASSWORD, missing: ""})
    assert answer.status_code == 422
    assert not ExportRun.objects.exists()


def test_a_colleague_sees_that_it_was_taken_out_and_cannot_fetch_it(known, client):
    run = made(known)
    login(client, known.people.second)
    assert run.code in client.get(reverse("records:index")).content.decode()
    assert client.get(reverse("records:export_run", args=[run.pk])).status_code == 404
    assert client.post(reverse("records:export_download", args=[run.pk])).status_code == 404


def test_who_asks_is_checked_where_a_court_restricts_a_guardian(known, client):
    login(client, known.people.counselor)
    assert "法院限制" not in client.get(page_of(known)).content.decode()
    Guardianship.objects.filter(student=known.student).update(restricted=True)
    assert "法院限制" in client.get(page_of(known)).content.decode()


def test_the_pages_ask_the_database_a_fixed_number_of_times(known, client, django_assert_num_queries):
    login(client, known.people.counselor)
    run = made(known)
    client.get(reverse("records:index"))
    with django_assert_num_queries(QUERIES["index"]):
        client.get(reverse("records:index"))
    with django_assert_num_queries(QUERIES["run"]):
        client.get(reverse("records:export_run", args=[run.pk]))
    with django_assert_num_queries(QUERIES["export"]):
        client.get(page_of(known))


QUERIES = {"index": 5, "run": 4, "export": 26}


# The command


def run_command(*arguments, capsys) -> tuple[int, dict]:
    try:
        call_command("export_student", *arguments, "--json")
        code = 0
    except SystemExit as end:
        code = end.code
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture
def password_file(tmp_path):
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n", encoding="utf-8")
    return path


def test_the_command_writes_the_zip_and_says_what_is_in_it(known, tmp_path, password_file, capsys):
    target = tmp_path / "file.zip"
    arguments = (known.student.number, "--output", str(target), "--password-file", str(password_file))
    code, told = run_command(*arguments, capsys=capsys)
    assert code == 0
    assert (told["file"], told["papers"], told["bytes"]) == (str(target), 1, target.stat().st_size)
    assert told["parts"]["cases"] >= 2
    assert target.stat().st_mode & 0o777 == 0o600
    assert CANARIES["plan"] in opened(target.read_bytes()).read("file.json").decode()
    entry = AuditEntry.objects.get(action="records.export")
    assert (entry.actor, entry.student_id, entry.details["channel"]) == (None, known.student.pk, "command")


@pytest.mark.parametrize("number", ["no-such-child"])
def test_an_unknown_number_is_refused_and_nothing_written(known, tmp_path, password_file, capsys, number):
    target = tmp_path / "file.zip"
    code, told = run_command(number, "--output", str(target), "--password-file", str(password_file), capsys=capsys)
    assert (code, list(told)) == (1, ["refused"])
    assert not target.exists()
    assert not AuditEntry.objects.filter(action="records.export").exists()


@pytest.mark.parametrize("password", ["", "short1", "金丝雀甲乙12345"])
def test_a_bad_password_writes_nothing(known, tmp_path, capsys, password):
    target, path = tmp_path / "file.zip", tmp_path / "password"
    path.write_text(password, encoding="utf-8")
    arguments = (known.student.number, "--output", str(target), "--password-file", str(path), "--json")
    with pytest.raises((SystemExit, CommandError)) as ended:
        call_command("export_student", *arguments)
    assert getattr(ended.value, "returncode", ended.value.args[0]) in (1, 2)
    assert not target.exists()


def test_a_number_of_two_schools_has_to_be_said_with_its_school(known, tmp_path, password_file):
    other = SchoolWithPeople()
    other.child(number=known.student.number)
    arguments = (known.student.number, "--output", str(tmp_path / "f.zip"), "--password-file", str(password_file))
    with pytest.raises(CommandError) as wrong:
        call_command("export_student", *arguments)
    assert wrong.value.returncode == 2
    call_command("export_student", *arguments, "--school", str(known.people.school.pk), "--json")
    assert (tmp_path / "f.zip").exists()
