"""The page: hand in, see, decide, import; nothing is kept afterwards, and nobody else looks in."""

import datetime
import io
import json
import os

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from tasks.deliver import deliver
from tasks.models import OutboxMessage
from tests.factories.accounts import person_with
from tests.factories.rosters import csv_file, row, xlsx
from tests.factories.school import SchoolFactory
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry
from xinqiao.school.models import ImportRun, Student
from xinqiao.school.roster.runs import expire_runs

pytestmark = pytest.mark.django_db
IMPORTS = "/directory/import/"


@pytest.fixture(autouse=True)
def _private_place(settings, tmp_path):
    private = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / "p")}}
    settings.STORAGES = {**settings.STORAGES, "private": private}


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def desk(client, school):
    """A browser in which the administrator of the school is logged in."""
    client.force_login(person_with(Role.ADMINISTRATOR, school=school, username="desk"))
    return client


def hand_in(desk, path):
    response = desk.post(IMPORTS, {"file": SimpleUploadedFile("../../王小明.xlsx", path.read_bytes())})
    assert response.status_code == 302
    return ImportRun.objects.get(started_by__username="desk", state="checking")


def work(django_capture_on_commit_callbacks):
    """What the worker does with all that waits."""
    with django_capture_on_commit_callbacks(execute=True):
        for message in OutboxMessage.objects.filter(kind="school.roster", state="pending"):
            assert deliver(message.pk) == "sent"


@pytest.fixture
def worker(django_capture_on_commit_callbacks):
    return lambda: work(django_capture_on_commit_callbacks)


def test_a_roster_is_handed_in_seen_and_imported(desk, worker, tmp_path, school):
    run = hand_in(desk, xlsx(tmp_path / "r.xlsx", [row(), row("20260002", "李雷", 班级="7班")]))
    page = desk.get(reverse("directory:run", args=[run.pk]))
    assert "正在核对文件" in page.content.decode()
    worker()
    text = desk.get(reverse("directory:run", args=[run.pk])).content.decode()
    assert "王小明" in text
    assert "三（7）班" in text
    assert not Student.objects.exists()
    desk.post(reverse("directory:confirm", args=[run.pk]))
    worker()
    run.refresh_from_db()
    assert run.state == "done"
    assert Student.objects.filter(school=school).count() == 2
    assert AuditEntry.objects.get(action="roster.import").actor.username == "desk"
    text = desk.get(reverse("directory:run", args=[run.pk])).content.decode()
    assert "名册已导入" in text
    assert "王小明" not in text


def test_nothing_is_kept_once_it_is_imported(desk, worker, tmp_path):
    run = hand_in(desk, xlsx(tmp_path / "r.xlsx", [row()]))
    store, name = storages["private"], run.file
    assert store.exists(name)
    assert "王小明" not in name
    assert os.stat(store.path(name)).st_mode & 0o077 == 0
    worker()
    assert "王小明" not in ImportRun.objects.values_list("report", flat=True).get()
    desk.post(reverse("directory:confirm", args=[run.pk]))
    worker()
    run.refresh_from_db()
    assert (run.file, run.report, run.decisions) == ("", "", {})
    assert not store.exists(name)


def test_errors_are_shown_by_row_column_and_reason_and_cannot_be_imported(desk, worker, tmp_path):
    run = hand_in(desk, xlsx(tmp_path / "r.xlsx", [row(), row("20260002", "李雷", 出生日期="九月")]))
    worker()
    text = desk.get(reverse("directory:run", args=[run.pk])).content.decode()
    assert "有 1 处需要改正" in text
    assert "九月" in text
    assert "全部导入" not in text
    desk.post(reverse("directory:confirm", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == "checked"
    assert not Student.objects.exists()


def test_what_only_a_person_can_decide_is_asked_and_the_answer_counts(desk, worker, tmp_path):
    run = hand_in(desk, xlsx(tmp_path / "r.xlsx", [row(), row(name="王大明")]))
    worker()
    text = desk.get(reverse("directory:run", args=[run.pk])).content.decode()
    assert 'name="twice-2"' in text
    assert "全部导入" not in text
    desk.post(reverse("directory:decide", args=[run.pk]), {"twice-2": "last"})
    worker()
    desk.post(reverse("directory:confirm", args=[run.pk]))
    worker()
    assert Student.objects.get().name == "王大明"


def test_a_directory_that_changed_meanwhile_is_shown_again_and_nothing_done(desk, worker, tmp_path, school):
    path = xlsx(tmp_path / "r.xlsx", [row()])
    first, second = hand_in(desk, path), None
    worker()
    second = hand_in(desk, path)
    worker()
    for run in (first, second):
        desk.post(reverse("directory:confirm", args=[run.pk]))
        worker()
        worker()
    second.refresh_from_db()
    assert second.state == "checked"
    assert second.counts == {"created": 0, "updated": 0, "unchanged": 1, "left": 0}
    assert "名册又被他人改动" in desk.get(reverse("directory:run", args=[second.pk])).content.decode()


def test_what_cannot_be_read_says_why_and_the_file_is_gone(desk, worker, tmp_path):
    path = tmp_path / "r.xlsx"
    path.write_bytes(b"PK\x03\x04 not a workbook")
    run = hand_in(desk, path)
    name = run.file
    worker()
    text = desk.get(reverse("directory:run", args=[run.pk])).content.decode()
    assert "文件已损坏或受保护" in text
    assert not storages["private"].exists(name)


def test_it_can_be_dropped(desk, worker, tmp_path, django_capture_on_commit_callbacks):
    run = hand_in(desk, xlsx(tmp_path / "r.xlsx", [row()]))
    worker()
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("directory:drop", args=[run.pk]))
    assert not storages["private"].exists(run.file)
    run.refresh_from_db()
    assert (run.state, run.report) == ("dropped", "")


def test_what_nobody_decides_on_is_gone_after_a_day(desk, worker, tmp_path, django_capture_on_commit_callbacks):
    run = hand_in(desk, xlsx(tmp_path / "r.xlsx", [row()]))
    worker()
    assert expire_runs() == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert expire_runs(timezone.now() + datetime.timedelta(hours=25)) == 1
    assert not storages["private"].exists(run.file)


def test_a_colleague_sees_that_there_was_an_import_and_not_what_was_in_it(desk, client, worker, tmp_path, school):
    run = hand_in(desk, xlsx(tmp_path / "r.xlsx", [row()]))
    worker()
    client.force_login(person_with(Role.ADMINISTRATOR, school=school))
    assert client.get(reverse("directory:run", args=[run.pk])).status_code == 404
    text = client.get(IMPORTS).content.decode()
    assert "等待您决定" in text
    assert str(run.pk) not in text


def test_the_part_that_changes_comes_alone_and_stops_asking_when_it_is_done(desk, worker, tmp_path):
    run = hand_in(desk, xlsx(tmp_path / "r.xlsx", [row()]))
    address = reverse("directory:run", args=[run.pk])
    part = desk.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" in part
    assert "<html" not in part
    worker()
    assert "hx-trigger" not in desk.get(address, headers={"HX-Request": "true"}).content.decode()


def test_the_worker_may_do_it_twice(desk, worker, tmp_path):
    run = hand_in(desk, xlsx(tmp_path / "r.xlsx", [row()]))
    worker()
    desk.post(reverse("directory:confirm", args=[run.pk]))
    worker()
    from xinqiao.school.roster.runs import work_on

    work_on(str(run.pk))
    assert Student.objects.count() == 1
    assert AuditEntry.objects.filter(action="roster.import").count() == 1


def test_the_template_is_a_roster_itself(desk, worker, tmp_path):
    response = desk.get(reverse("directory:template"))
    headings = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()[0]
    filled = dict(
        zip(headings, ["1", "王小明", "男", "2018-03-05", "三年级", "2班", "李芳", "母亲", "13800138000"], strict=False)
    )
    run = hand_in(desk, csv_file(tmp_path / "r.csv", [{heading: filled.get(heading, "") for heading in headings}]))
    worker()
    run.refresh_from_db()
    assert (run.created, json.loads(run.report)["unused"]) == (1, [])


def test_a_file_too_large_and_none_at_all_are_refused_at_once(desk, monkeypatch):
    assert desk.post(IMPORTS).status_code == 422
    monkeypatch.setattr("xinqiao.school.forms.MAX_FILE_BYTES", 10)
    response = desk.post(IMPORTS, {"file": SimpleUploadedFile("r.csv", b"x" * 11)})
    assert response.status_code == 422
    assert not ImportRun.objects.exists()


def test_the_pages_ask_few_questions_of_the_database(desk, worker, tmp_path, django_assert_num_queries):
    run = hand_in(desk, xlsx(tmp_path / "r.xlsx", [row(), row("20260002", "李雷", 班级="7班")]))
    worker()
    desk.get(IMPORTS)
    with django_assert_num_queries(6):
        desk.get(IMPORTS)
    with django_assert_num_queries(4):
        desk.get(reverse("directory:run", args=[run.pk]))


def test_all_errors_are_downloaded_marked_in_the_roster(desk, worker, tmp_path):
    run = hand_in(desk, xlsx(tmp_path / "r.xlsx", [row(str(20260000 + n), 性别="x") for n in range(250)]))
    worker()
    address = reverse("directory:run_errors", args=[run.pk])
    assert address in desk.get(reverse("directory:run", args=[run.pk])).content.decode()
    answer = desk.get(address)
    assert answer["Content-Disposition"] == 'attachment; filename="roster-to-mend.xlsx"'
    assert answer["Cache-Control"] == "private, no-store" or "no-store" in answer["Cache-Control"]
    listing = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(1).to_python()
    assert len(listing) == 251
    assert AuditEntry.objects.filter(action="roster.errors").count() == 1
    desk.post(reverse("directory:drop", args=[run.pk]))
    assert desk.get(address).status_code == 302
