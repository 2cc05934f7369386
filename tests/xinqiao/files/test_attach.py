"""Papers with their records: who may, what is kept where, taken away and back, destroyed, and never half-done."""

import datetime
import io
import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tests.factories import cases, files
from xinqiao.accounts.access import NotPermitted
from xinqiao.audit.models import AuditEntry
from xinqiao.crypto.keyring import SealBroken
from xinqiao.files import attach as acts
from xinqiao.files.attach import UNDO_FOR, all_or_nothing, attach, bring_back, take_away
from xinqiao.files.erase import erase_papers, papers_of, sweep
from xinqiao.files.errors import ContentBroken, NotHere, ReasonNeeded, TooManyPapers
from xinqiao.files.intake import clean_paper
from xinqiao.files.models import SealedFile
from xinqiao.files.reading import content_of, read_paper, take_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return cases.SchoolWithPeople()


@pytest.fixture
def case(people):
    return cases.a_case(people)


def a_clean_one():
    return clean_paper(io.BytesIO(files.photo()), "家长来信.jpg")


def again(paper) -> SealedFile:
    return SealedFile.objects.get(pk=paper.pk)


def test_what_is_kept_lies_sealed_under_a_name_that_says_nothing(people, case, lying):
    clean = a_clean_one()
    paper = attach(clean, to=case, kind="case-paper", by=people.counselor)
    [stored] = lying()
    assert stored.stat().st_mode & 0o777 == 0o600
    assert str(paper.pk) not in str(stored)
    sealed = stored.read_bytes()
    assert clean.content[100:160] not in sealed
    assert not sealed.startswith((b"\xff\xd8", b"%PDF"))
    assert content_of(again(paper)) == clean.content
    assert (paper.school, paper.student) == (case.school, case.student)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(f)::text FROM files_sealedfile f")
        assert "来信" not in cursor.fetchone()[0]


def test_each_act_is_on_the_trail_and_names_nothing(people, case):
    paper = attach(a_clean_one(), to=case, kind="case-paper", by=people.counselor)
    read_paper(user=people.counselor, paper=paper)
    list(take_out(user=people.counselor, paper=paper))
    take_away(paper=paper, by=people.counselor, reason="传错了孩子")
    bring_back(paper=paper, by=people.counselor)
    entries = AuditEntry.objects.filter(action__startswith="file.").order_by("pk")
    assert [entry.action for entry in entries] == [
        *("file.attach", "file.read", "file.export", "file.take_away", "file.bring_back"),
    ]
    assert {entry.student_id for entry in entries} == {case.student_id}
    assert "来信" not in str([entry.details for entry in entries])
    assert "传错" not in str([entry.details for entry in entries])


def test_a_content_moved_to_another_row_does_not_open(people, case):
    one = attach(a_clean_one(), to=case, kind="case-paper", by=people.counselor)
    two = attach(a_clean_one(), to=case, kind="case-paper", by=people.counselor)
    one, two = again(one), again(two)
    paths = one.path, two.path
    with connection.cursor() as cursor:  # as somebody with power over the database would
        cursor.execute("UPDATE files_sealedfile SET path = 'x' WHERE id = %s", [one.pk])
        cursor.execute("UPDATE files_sealedfile SET path = %s WHERE id = %s", [paths[0], two.pk])
    with pytest.raises(ContentBroken):
        content_of(again(two))


def test_a_key_moved_with_its_content_to_another_row_does_not_open(people, case):
    one = attach(a_clean_one(), to=case, kind="case-paper", by=people.counselor)
    two = attach(a_clean_one(), to=case, kind="case-paper", by=people.counselor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT path, data_key, sha256 FROM files_sealedfile WHERE id = %s", [one.pk])
        stolen = cursor.fetchone()
        cursor.execute("UPDATE files_sealedfile SET path = 'x' WHERE id = %s", [one.pk])
        cursor.execute(
            "UPDATE files_sealedfile SET path = %s, data_key = %s, sha256 = %s WHERE id = %s", [*stolen, two.pk]
        )
    with pytest.raises(SealBroken):
        content_of(again(two))


def test_who_may_not_write_in_the_case_attaches_and_takes_away_nothing(people, case, lying):
    paper = attach(a_clean_one(), to=case, kind="case-paper", by=people.counselor)
    for person in (people.moral, people.principal, cases.SchoolWithPeople().counselor):
        with pytest.raises(NotPermitted):
            attach(a_clean_one(), to=case, kind="case-paper", by=person)
    with pytest.raises(NotPermitted):
        take_away(paper=paper, by=people.principal, reason="x")
    assert len(lying()) == 1


def test_a_paper_belongs_only_to_a_record_of_its_kind(people, case):
    with pytest.raises(ValueError, match="does not belong"):
        attach(a_clean_one(), to=case.student, kind="case-paper", by=people.counselor)


def test_taking_away_asks_for_a_reason_and_can_be_undone_for_a_while(people, case, lying):
    paper = attach(a_clean_one(), to=case, kind="case-paper", by=people.counselor)
    with pytest.raises(ReasonNeeded):
        take_away(paper=paper, by=people.counselor, reason="  ")
    take_away(paper=paper, by=people.counselor, reason="重复")
    assert again(paper).removed_because == "重复"
    with pytest.raises(NotHere):
        take_away(paper=paper, by=people.counselor, reason="重复")
    assert not SealedFile.objects.of(case).kept().exists()
    assert len(lying()) == 1
    bring_back(paper=paper, by=people.counselor)
    assert SealedFile.objects.of(case).kept().get().removed_because == ""
    with pytest.raises(NotHere):
        bring_back(paper=paper, by=people.counselor)


def test_after_its_time_a_content_is_destroyed_and_its_row_stays(
    people, case, lying, django_capture_on_commit_callbacks
):
    kept = attach(a_clean_one(), to=case, kind="case-paper", by=people.counselor)
    gone = attach(a_clean_one(), to=case, kind="case-paper", by=people.counselor)
    take_away(paper=gone, by=people.counselor, reason="重复")
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep(timezone.now() + UNDO_FOR - datetime.timedelta(hours=1))["destroyed"] == 0
        assert sweep(timezone.now() + UNDO_FOR + datetime.timedelta(hours=1))["destroyed"] == 1
    row = again(gone)
    assert (row.path, row.data_key, row.name, row.removed_because) == ("", "", "", "")
    assert len(lying()) == 1
    assert content_of(again(kept))
    with pytest.raises(ContentBroken):
        content_of(row)
    with pytest.raises(NotHere):
        bring_back(paper=row, by=people.counselor)
    with pytest.raises(DatabaseError), transaction.atomic():
        SealedFile.objects.filter(pk=gone.pk).update(path="sealed/aa/other")


def test_erasing_a_child_destroys_every_paper_about_it_and_no_other(
    people, case, lying, django_capture_on_commit_callbacks
):
    other = cases.a_case(people)
    for each in (case, case, other):
        attach(a_clean_one(), to=each, kind="case-paper", by=people.counselor)
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_papers(student=case.student, by=people.principal) == 2
    assert len(lying()) == 1
    assert not papers_of(case.student).exists()
    assert papers_of(other.student).count() == 1


def test_where_the_row_cannot_be_written_no_content_stays_behind(people, case, lying, monkeypatch):
    monkeypatch.setattr(acts, "record", _fails)
    with pytest.raises(DatabaseError):
        attach(a_clean_one(), to=case, kind="case-paper", by=people.counselor)
    assert not SealedFile.objects.exists()
    assert not lying()


def _fails(**facts):
    raise DatabaseError


def test_an_act_around_it_that_fails_takes_the_content_with_it(people, case, lying):
    def fails() -> None:
        with all_or_nothing():
            attach(a_clean_one(), to=case, kind="case-paper", by=people.counselor)
            assert len(lying()) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert not lying()
    assert not SealedFile.objects.exists()


def test_a_storage_that_is_full_leaves_no_row(people, case, lying, sealed_folder):
    sealed_folder.write_text("a file where the folder should be")
    with pytest.raises(OSError):
        attach(a_clean_one(), to=case, kind="case-paper", by=people.counselor)
    assert not SealedFile.objects.exists()


def test_what_a_killed_process_left_is_swept_and_what_is_being_written_is_not(people, case, lying, sealed_folder):
    paper = attach(a_clean_one(), to=case, kind="case-paper", by=people.counselor)
    orphan = sealed_folder / "ab" / "cdef"
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"XQF1")
    assert sweep()["orphans"] == 0
    assert sweep(timezone.now() + datetime.timedelta(days=1))["orphans"] == 1
    assert not orphan.exists()
    assert content_of(again(paper))


def test_a_record_keeps_only_so_many(people, case, monkeypatch):
    monkeypatch.setattr(acts, "MOST", 1)
    attach(a_clean_one(), to=case, kind="case-paper", by=people.counselor)
    with pytest.raises(TooManyPapers):
        attach(a_clean_one(), to=case, kind="case-paper", by=people.counselor)


def test_rows_are_never_deleted_and_never_change_their_child(people, case):
    paper = attach(a_clean_one(), to=case, kind="case-paper", by=people.counselor)
    other = people.child()
    for act in (
        lambda: SealedFile.objects.filter(pk=paper.pk).delete(),
        lambda: SealedFile.objects.filter(pk=paper.pk).update(student=other),
        lambda: SealedFile.objects.filter(pk=paper.pk).update(owner_id=uuid.uuid4()),
        lambda: SealedFile.objects.filter(pk=paper.pk).update(kind="referral-feedback"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
