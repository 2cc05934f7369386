"""An import taken back as a whole while nothing was built on it, and one whose workers died."""

import datetime

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tasks.deliver import deliver
from tasks.models import OutboxMessage
from tests.factories.accounts import person_with
from tests.factories.cases import SchoolWithPeople, an_assessment
from tests.factories.rosters import row, xlsx
from tests.factories.school import SchoolFactory
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry
from xinqiao.school.models import Enrolment, Guardian, Guardianship, ImportRun, SchoolClass, Student
from xinqiao.school.roster.runs import expire_runs, may_be_undone, stop_the_stuck

pytestmark = pytest.mark.django_db
WANG, LI, ZHAO = (
    row(),
    row("20260002", "李雷", 班级="1班", 监护人姓名="李大", 监护人电话="13900139000"),
    row("20260003", "赵四", 监护人姓名="", 监护人电话="", 关系=""),
)


@pytest.fixture(autouse=True)
def _private_place(settings, tmp_path):
    private = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / "p")}}
    settings.STORAGES = {**settings.STORAGES, "private": private}


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def desk(client, school):
    client.force_login(person_with(Role.ADMINISTRATOR, school=school, username="desk"))
    return client


@pytest.fixture
def worker(django_capture_on_commit_callbacks):
    """What the worker does with all that waits."""

    def work():
        with django_capture_on_commit_callbacks(execute=True):
            for message in OutboxMessage.objects.filter(kind="school.roster", state="pending"):
                assert deliver(message.pk) == "sent"

    return work


@pytest.fixture
def imported(desk, worker, tmp_path):
    """Hand these rows in and have them imported; the run."""

    def do(*rows, decisions=None):
        path = xlsx(tmp_path / "r.xlsx", list(rows))
        answer = desk.post("/directory/import/", {"file": SimpleUploadedFile("r.xlsx", path.read_bytes())})
        run = ImportRun.objects.get(pk=answer["Location"].rstrip("/").rsplit("/", 1)[-1])
        worker()
        if decisions:
            desk.post(reverse("directory:decide", args=[run.pk]), decisions)
            worker()
        desk.post(reverse("directory:confirm", args=[run.pk]))
        worker()
        run.refresh_from_db()
        assert run.state == "done"
        return run

    return do


@pytest.fixture
def taken_back(desk, worker):
    def do(run):
        desk.post(reverse("directory:run_undo", args=[run.pk]))
        worker()
        run.refresh_from_db()
        return run.state

    return do


def directory():
    """All that an import may change, as plain values; when an account or a sealed telephone was written is not among it."""
    return {
        "students": list(
            Student.objects.order_by("pk").values_list(
                "pk", "number", "name", "pinyin", "pinyin_initials", "sex", "born_on", "current_class"
            )
        ),
        "enrolments": list(
            Enrolment.objects.order_by("pk").values_list("pk", "student", "school_class", "starts_on", "ends_on")
        ),
        "links": list(Guardianship.objects.order_by("pk").values_list("pk", "student", "guardian", "relation")),
        "guardians": [(g.pk, g.name, g.phone, g.phone_index) for g in Guardian.objects.order_by("pk")],
        "classes": list(SchoolClass.objects.order_by("pk").values_list("pk", "closed_on")),
    }


def before_today():
    """As if what there is had been imported some days ago."""
    Enrolment.objects.update(starts_on=timezone.localdate() - datetime.timedelta(days=30))


def test_a_first_import_goes_with_all_that_it_made(imported, taken_back, desk):
    empty = directory()
    run = imported(WANG, LI)
    text = desk.get(reverse("directory:run_undo", args=[run.pk])).content.decode()
    assert "王小明" in text
    assert taken_back(run) == "undone"
    assert directory() == empty
    entry = AuditEntry.objects.get(action="roster.undo")
    assert entry.details == {"removed": 2, "put_back": 0}
    assert "已整体撤回" in desk.get(reverse("directory:run", args=[run.pk])).content.decode()
    assert run.way_back == ""


def test_changed_children_are_as_before_and_those_who_left_are_back(imported, taken_back, desk):
    imported(WANG, LI, ZHAO)
    before_today()
    before = directory()
    changed = {**WANG, "姓名": "王晓明", "性别": "女", "监护人电话": "13700137000", "关系": "父亲"}
    moved = {**LI, "班级": "9班", "第二监护人姓名": "李二", "第二监护人电话": "13600136000", "第二监护人关系": "父亲"}
    run = imported(changed, moved, row("20260009", "新来"))
    assert (run.created, run.updated, run.left) == (1, 2, 1)
    assert directory() != before
    text = desk.get(reverse("directory:run_undo", args=[run.pk])).content.decode()
    for each in ("新来", "王小明", "赵四", "姓名"):
        assert each in text
    assert taken_back(run) == "undone"
    assert directory() == before


def test_a_number_that_changed_is_the_old_one_again(imported, taken_back):
    imported(WANG, {**LI, "班级": "2班"})
    before_today()
    before = directory()
    run = imported({**WANG, "学号": "20260077"}, {**LI, "班级": "2班"}, decisions={"near-2": "same"})
    assert (run.created, run.updated) == (0, 1)
    assert taken_back(run) == "undone"
    assert directory() == before


@pytest.mark.parametrize("what", ["record", "changed", "guardian", "name"])
def test_once_something_was_built_on_it_it_stays(imported, taken_back, desk, worker, what):
    imported(LI)
    before_today()
    run = imported(WANG, {**LI, "姓名": "李蕾"})
    child = Student.objects.get(number="20260001")
    if what == "record":
        an_assessment(SchoolWithPeople(), student=child)
    elif what == "changed":
        Enrolment.objects.filter(student=child).update(starts_on=datetime.date(2026, 9, 1))
    elif what == "guardian":
        Guardian.objects.filter(guardianships__student=child).update(user=person_with(Role.GUARDIAN).pk)
    else:
        Student.objects.filter(number="20260002").update(name="李磊")
    before = directory()
    page = desk.get(reverse("directory:run_undo", args=[run.pk])).content.decode()
    assert "不能再撤回" in page
    assert taken_back(run) == "done"
    assert directory() == before
    # Nothing says what it is that was built on it: the administrator is not told of a child's records.
    text = desk.get(reverse("directory:run", args=[run.pk])).content.decode()
    assert "没有撤回" in text
    assert "个案" not in page + text


def test_after_a_week_it_stays_and_what_was_noted_is_forgotten(imported, desk):
    run = imported(WANG)
    assert may_be_undone(run)
    later = timezone.now() + datetime.timedelta(days=8)
    assert not may_be_undone(run, later)
    expire_runs(later)
    run.refresh_from_db()
    assert run.way_back == ""
    assert desk.get(reverse("directory:run_undo", args=[run.pk])).status_code == 302


def test_an_import_that_changes_nothing_has_nothing_to_take_back(imported, desk, tmp_path, worker):
    imported(WANG)
    path = xlsx(tmp_path / "r.xlsx", [WANG])
    answer = desk.post("/directory/import/", {"file": SimpleUploadedFile("r.xlsx", path.read_bytes())})
    worker()
    run = ImportRun.objects.get(pk=answer["Location"].rstrip("/").rsplit("/", 1)[-1])
    assert not run.can_be_confirmed
    assert not may_be_undone(run)


# -- workers that died -------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(desk, tmp_path):
    """A file that was handed in and that nobody has worked on."""
    path = xlsx(tmp_path / "r.xlsx", [WANG])
    answer = desk.post("/directory/import/", {"file": SimpleUploadedFile("r.xlsx", path.read_bytes())})
    return ImportRun.objects.get(pk=answer["Location"].rstrip("/").rsplit("/", 1)[-1])


def test_an_import_whose_workers_died_does_not_stay_at_work(waiting, desk, worker, django_capture_on_commit_callbacks):
    worker()
    desk.post(reverse("directory:confirm", args=[waiting.pk]))
    name = ImportRun.objects.get(pk=waiting.pk).file
    message = OutboxMessage.objects.get(key__endswith=":apply")
    OutboxMessage.objects.filter(pk=message.pk).update(tries=3)  # three workers claimed it and never came back
    with django_capture_on_commit_callbacks(execute=True):
        assert deliver(message.pk) == "dead"
    waiting.refresh_from_db()
    assert waiting.state == "refused"
    assert not storages["private"].exists(name)
    assert not Student.objects.exists()
    assert "多次中断" in desk.get(reverse("directory:run", args=[waiting.pk])).content.decode()
    assert AuditEntry.objects.filter(action="roster.stopped", actor=None).count() == 1


def test_what_fails_three_times_is_given_up_with_a_sentence(waiting, django_capture_on_commit_callbacks):
    storages["private"].delete(waiting.file)  # a mistake that no sentence of the file's own answers
    message = OutboxMessage.objects.get(key__endswith=":check")
    states = []
    for _try in range(3):
        OutboxMessage.objects.filter(pk=message.pk).update(next_try_at=timezone.now())
        with django_capture_on_commit_callbacks(execute=True):
            states.append(deliver(message.pk))
    assert states == ["pending", "pending", "dead"]
    waiting.refresh_from_db()
    assert waiting.state == "refused"


def test_a_run_without_a_message_on_its_way_is_found_by_the_clock(waiting):
    assert stop_the_stuck() == 0
    OutboxMessage.objects.filter(key__endswith=":check").update(
        state="sending", claim=waiting.pk, claimed_at=timezone.now()
    )
    assert stop_the_stuck() == 0
    OutboxMessage.objects.filter(key__endswith=":check").update(state="dead", claim=None, claimed_at=None)
    assert stop_the_stuck() == 1
    waiting.refresh_from_db()
    assert waiting.state == "refused"


def test_taking_back_that_was_interrupted_leaves_the_import_as_it_is(imported, desk):
    run = imported(WANG)
    desk.post(reverse("directory:run_undo", args=[run.pk]))
    message = OutboxMessage.objects.get(key__endswith=":undo")
    OutboxMessage.objects.filter(pk=message.pk).update(tries=3)
    assert deliver(message.pk) == "dead"
    run.refresh_from_db()
    assert run.state == "done"
    assert may_be_undone(run)
    assert Student.objects.count() == 1
