"""A child's file erased: two persons, what goes and what the law keeps, and that no word of the story is left anywhere."""

import datetime
import io
import json
import subprocess

import pypdf
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.cases.models import Case, CrisisRecord, FollowUp
from screening.referrals.models import Referral
from screening.rounds import summaries
from screening.rounds.models import ClassPass, LevelCount, Response, Round
from tasks.models import OutboxMessage
from tests.databases import server_url
from tests.factories.accounts import person_with
from tests.factories.cases import STORY, SchoolWithPeople, a_case, a_guardian, an_assessment, login
from tests.factories.records import CANARIES, PASSWORD, a_known_child, fresh, leave_school
from tests.factories.school import GuardianshipFactory
from tests.factories.screening import ClassPassFactory, ResponseFactory
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry
from xinqiao.crypto.columns import encrypted_tables
from xinqiao.crypto.fields import EncryptedTextField
from xinqiao.crypto.rotation import rotate
from xinqiao.engines import binaries
from xinqiao.files import store
from xinqiao.records.enums import Channel, ErasureState
from xinqiao.records.erase import (
    ask_erasure,
    confirm_erasure,
    erase_by_command,
    forget_identities,
    return_erasure,
    withdraw_erasure,
)
from xinqiao.records.errors import Blocked, Changed, MovedOn, NothingToErase, SamePerson
from xinqiao.records.export import make_export, start_export
from xinqiao.records.models import Erasure, ExportRun, Hold
from xinqiao.records.parts import NOBODY, covered
from xinqiao.records.plan import plan_for
from xinqiao.records.schedule import set_hold
from xinqiao.records.scrub import GONE, NotInTransaction, empty, past_the_freeze
from xinqiao.school.models import Student

LONG_AGO = datetime.date(2020, 6, 30)
KEPT_BY_LAW = {"safety", "referrals", "consents"}


@pytest.fixture
def known(db):
    return a_known_child()


def erased(known) -> Erasure:
    people, student = known.people, Student.objects.get(pk=known.student.pk)
    asked = ask_erasure(user=fresh(people.principal), student=student, ground="request", reason="家长书面要求")
    shown = plan_for(student).fingerprint
    return confirm_erasure(user=fresh(people.deputy), erasure=asked, shown=shown, comment="已核对")


def texts_about(*students: Student) -> dict[str, set[str]]:
    """Every text that opens in a row of these children, by model."""
    found: dict[str, set[str]] = {}
    for label in covered():
        model = apps.get_model(label)
        names = [f.name for f in model._meta.local_concrete_fields if isinstance(f, EncryptedTextField)]
        for row in model.objects.all() if names else ():
            found.setdefault(label, set()).update(text for name in names if (text := getattr(row, name)))
    return found


# What goes and what stays


def test_a_child_at_the_school_keeps_name_and_class_and_loses_the_story(known):
    done = erased(known)
    student = Student.objects.get(pk=known.student.pk)
    assert (student.name, student.current_class_id) == (known.student.name, known.student.current_class_id)
    assert not Response.objects.filter(student=student).exists()
    assert not Case.objects.filter(student=student).exists()
    nobody = done.student
    assert (nobody.name, nobody.number, nobody.current_class_id) == (NOBODY, done.reference, None)
    case = Case.objects.get(student=nobody)
    assert case.number == known.case.number
    assert {case.plan, case.next_steps, case.class_support, case.closing} == {GONE}
    assert plan_for(student).stays
    assert not [line for line in plan_for(student).goes if line.part.keeping != "invitations"]


def test_no_word_of_the_story_is_left_but_what_the_law_keeps(known):
    done = erased(known)
    assert {each["part"] for each in done.kept} == {"directory", "guardians", *KEPT_BY_LAW}
    words = " ".join(text for texts in texts_about().values() for text in texts)
    for name in ("note", "plan", "next", "class", "closing", "follow"):
        assert CANARIES[name] not in words
    for sentence in STORY:
        assert sentence not in words
    for name in ("step", "lower", "answer", "observed", "moved", "evidence", "override"):
        assert CANARIES[name] in words


def test_once_the_law_asks_for_nothing_any_more_everything_goes(known):
    """Closed, sent and left long ago: the same child some years later."""
    _long_ago(known)
    student = leave_school(known.student, LONG_AGO)
    name, number, guardian = student.name, student.number, known.guardian
    done = erased(known)
    assert done.kept == []
    assert done.identity == ""
    student.refresh_from_db()
    assert (student.name, student.born_on, student.pinyin) == (NOBODY, None, "")
    assert done.student == student
    guardian.refresh_from_db()
    assert (guardian.name, guardian.phone, guardian.user) == (NOBODY, "", None)
    words = " ".join(text for texts in texts_about().values() for text in texts)
    for canary in (*CANARIES.values(), *STORY, name, number, known.paper.name):
        assert canary not in words
    assert not Student.objects.filter(number=number).exists()


def test_what_the_law_keeps_says_why_and_until_when(known):
    _long_ago(known, days=365)
    student = leave_school(known.student, timezone.localdate() - datetime.timedelta(days=365))
    plan = plan_for(student)
    until = {line.part.key: line.until for line in plan.stays}
    assert set(until) == KEPT_BY_LAW
    assert all(day.year == timezone.localdate().year + 2 for day in until.values())
    assert all(line.kept_because for line in plan.stays)
    done = erased(known)
    assert done.kept_until == max(until.values())
    assert json.loads(done.identity)["name"] == known.student.name
    assert forget_identities(done.kept_until) == 0
    assert forget_identities(done.kept_until + datetime.timedelta(days=1)) == 1
    assert Erasure.objects.get(pk=done.pk).identity == ""


def test_brothers_and_sisters_keep_their_guardian(known):
    sister = known.people.child()
    GuardianshipFactory(student=sister, guardian=known.guardian)
    _long_ago(known)
    leave_school(known.student, LONG_AGO)
    erased(known)
    known.guardian.refresh_from_db()
    assert known.guardian.name != NOBODY
    assert list(known.guardian.guardianships.values_list("student", flat=True)) == [sister.pk]


def test_counts_of_classes_stay_true(known):
    before = list(LevelCount.objects.order_by("pk").values_list("class_pass", "level", "children"))
    children = list(ClassPass.objects.values_list("pk", "children"))
    erased(known)
    for round_ in Round.objects.all():
        summaries.rebuild(round_)
    rebuilt = sorted(LevelCount.objects.values_list("class_pass", "level", "children"))
    assert sorted(before) == rebuilt or not before
    assert list(ClassPass.objects.values_list("pk", "children")) == children
    assert Response.objects.count() == 1


def test_rows_and_their_guards_stay(known):
    """Emptied rows are as frozen as before, and the rules of the database go on holding."""
    done = erased(known)
    case = Case.objects.get(student=done.student)
    with pytest.raises(DatabaseError), transaction.atomic():
        case.delete()
    follow_up = FollowUp.objects.filter(case=case, state="done").first()
    assert follow_up.note == GONE
    follow_up.note = "又写上"
    with pytest.raises(DatabaseError), transaction.atomic():
        follow_up.save(update_fields=["note"])
    assert CrisisRecord.objects.filter(student=done.student).exists()


def test_emptied_texts_are_sealed_like_any_other_and_rotate(known):
    erased(known)
    for table in encrypted_tables():
        for row in table.model.objects.all():
            for column in table.columns:
                getattr(row, column.name)  # opens, or raises
    assert rotate().unreadable == []


def test_papers_open_nowhere_afterwards(known, django_capture_on_commit_callbacks):
    path = known.paper.path
    assert store.opened(path)
    with django_capture_on_commit_callbacks(execute=True):
        erased(known)
    known.paper.refresh_from_db()
    assert (known.paper.path, known.paper.data_key, known.paper.name) == ("", "", "")
    with pytest.raises((FileNotFoundError, OSError)):
        store.opened(path).__enter__()


def test_a_file_that_was_taken_out_goes_too(known):
    people = known.people
    asked = {"edition": "whole", "purpose": "other", "recipient": "某处", "reason": "x", "password": PASSWORD}
    run = start_export(user=fresh(people.counselor), student=known.student, **asked)
    make_export(str(run.pk))
    erased(known)
    run = ExportRun.objects.get(pk=run.pk)
    assert (run.state, run.file) == ("gone", "")


def test_the_trail_stays_and_says_what_was_done(known):
    before = AuditEntry.objects.filter(student_id=known.student.pk).count()
    done = erased(known)
    entry = AuditEntry.objects.get(action="records.erase")
    assert (entry.actor, entry.student_id, entry.details["cases"] > 0) == (known.people.deputy, known.student.pk, True)
    assert AuditEntry.objects.filter(student_id=known.student.pk).count() == before + 2 + 1  # asked, papers, erased
    assert known.student.name not in json.dumps(done.result)


def test_rows_are_emptied_together_or_not_at_all(committed_db):
    with pytest.raises(NotInTransaction):
        empty(Case.objects.all())


# Two persons


def test_who_asked_cannot_confirm(known):
    principal = fresh(known.people.principal)
    asked = ask_erasure(user=principal, student=known.student, ground="request", reason="x")
    with pytest.raises(SamePerson):
        confirm_erasure(user=principal, erasure=asked, shown=plan_for(known.student).fingerprint)
    with pytest.raises(SamePerson):
        return_erasure(user=principal, erasure=asked, comment="x")


def test_the_database_refuses_one_person_twice(known):
    asked = ask_erasure(user=fresh(known.people.principal), student=known.student, ground="request", reason="x")
    changes = {"state": "done", "answered_at": timezone.now(), "backups_until": timezone.localdate()}
    with pytest.raises(DatabaseError), transaction.atomic():
        Erasure.objects.filter(pk=asked.pk).update(answered_by=asked.asked_by, **changes)
    with pytest.raises(DatabaseError), transaction.atomic():
        Erasure.objects.filter(pk=asked.pk).update(**changes)
    with pytest.raises(DatabaseError), transaction.atomic():
        Erasure.objects.filter(pk=asked.pk).update(channel=Channel.COMMAND)


def test_the_second_person_is_told_without_a_name(known):
    asked = ask_erasure(user=fresh(known.people.principal), student=known.student, ground="request", reason="x")
    message = OutboxMessage.objects.get(key=f"erasure-asked:{asked.pk}:{known.people.deputy.pk}")
    assert known.student.name not in json.dumps(message.payload)
    assert not OutboxMessage.objects.filter(key=f"erasure-asked:{asked.pk}:{known.people.principal.pk}").exists()


def test_what_has_changed_since_it_was_shown_is_shown_again(known):
    asked = ask_erasure(user=fresh(known.people.principal), student=known.student, ground="request", reason="x")
    shown = plan_for(known.student).fingerprint
    a_guardian(known.student)
    an_old_form(known)
    with pytest.raises(Changed):
        confirm_erasure(user=fresh(known.people.deputy), erasure=asked, shown=shown)
    assert Case.objects.get(pk=known.case.pk).plan == CANARIES["plan"]


def an_old_form(known):
    """One more form of the child in a round that is over; nothing is open by it."""
    class_pass = ClassPassFactory(school_class=known.people.school_class, submitted=True)
    ResponseFactory(class_pass=class_pass, student=known.student)


def test_it_can_be_sent_back_and_taken_back_and_is_over_then(known):
    people = known.people
    first = ask_erasure(user=fresh(people.principal), student=known.student, ground="request", reason="x")
    with pytest.raises(MovedOn):
        ask_erasure(user=fresh(people.deputy), student=known.student, ground="request", reason="x")
    assert return_erasure(user=fresh(people.deputy), erasure=first, comment="先核对").state == ErasureState.RETURNED
    second = ask_erasure(user=fresh(people.deputy), student=known.student, ground="request", reason="x")
    with pytest.raises(MovedOn):
        withdraw_erasure(user=fresh(people.principal), erasure=second)
    assert withdraw_erasure(user=fresh(people.deputy), erasure=second).state == ErasureState.WITHDRAWN
    with pytest.raises(MovedOn):
        confirm_erasure(user=fresh(people.principal), erasure=second, shown="x")


@pytest.mark.parametrize("role", [Role.COUNSELOR, Role.ADMINISTRATOR, Role.MORAL_EDUCATION, Role.DISTRICT])
def test_it_is_nobodys_duty_but_the_leaders(known, role):
    person = person_with(role, school=known.people.school)
    with pytest.raises(NotPermitted):
        ask_erasure(user=person, student=known.student, ground="request", reason="x")


# What stands in the way


def test_a_child_in_danger_is_not_erased(db):
    known = a_known_child(closed=False)
    with pytest.raises(Blocked) as blocked:
        ask_erasure(user=fresh(known.people.principal), student=known.student, ground="request", reason="x")
    assert "高危" in str(blocked.value)
    assert "应急处置" in str(blocked.value)
    assert Case.objects.get(pk=known.case.pk).plan == CANARIES["plan"]


def test_an_open_case_and_an_open_assessment_are_ended_first(db):
    people = SchoolWithPeople()
    case, waiting = a_case(people), an_assessment(people)
    for student in (case.student, waiting.student):
        with pytest.raises(Blocked):
            erase_by_command(student=student, ground="request", reason="x")


def test_a_hold_keeps_everything(known):
    set_hold(user=fresh(known.people.principal), student=known.student, reason="诉讼中")
    with pytest.raises(Blocked) as blocked:
        erase_by_command(student=known.student, ground="request", reason="x")
    assert "暂缓删除" in str(blocked.value)
    assert Hold.objects.get().reason == "诉讼中"


def test_a_child_without_a_record_has_nothing_to_erase(db):
    student = SchoolWithPeople().child()
    with pytest.raises(NothingToErase):
        erase_by_command(student=student, ground="request", reason="x")


def test_nobody_is_not_erased_again(known):
    done = erased(known)
    with pytest.raises(NothingToErase):
        erase_by_command(student=done.student, ground="request", reason="x")


# A dump, as a thief or an old backup would have it


def test_a_dump_holds_no_canary_and_no_text_of_the_rows_opens(committed_db):
    with transaction.atomic():
        known = a_known_child()
        _long_ago(known)
        leave_school(known.student, LONG_AGO)
        number, name = known.student.number, known.student.name
        erased(known)
    dump = subprocess.run(
        [str(binaries.postgres_program("pg_dump")), "--dbname", server_url(committed_db)],
        capture_output=True,
        check=True,
    ).stdout
    assert str(known.case.pk).encode() in dump
    for canary in (number, name, known.guardian.name, *CANARIES.values()):
        assert canary.encode() not in dump
    assert all(
        text == GONE or label == "records.Erasure" for label, texts in texts_about().items() for text in texts
    ), texts_about()


# For every story


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.text(
        st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=40
    )
)
def test_whatever_was_written_is_gone(db, words):
    with transaction.atomic():
        known = a_known_child()
        text = f"{words}〔{known.student.pk}〕"
        row = Case.objects.get(pk=known.case.pk)
        for name in ("plan", "next_steps", "class_support"):
            setattr(row, name, text)
        row.save(update_fields=["plan", "next_steps", "class_support"])
        erased(known)
        assert not any(text in found for texts in texts_about().values() for found in texts)
        transaction.set_rollback(True)


# The command


def run_command(*arguments, capsys) -> tuple[int, dict]:
    try:
        call_command("erase_student", *arguments, "--json")
        code = 0
    except SystemExit as end:
        code = end.code
    return code, json.loads(capsys.readouterr().out)


def test_the_command_says_what_is_erased_and_what_the_law_keeps(known, capsys):
    code, told = run_command(known.student.number, "--reason", "家长书面要求", "--dry-run", capsys=capsys)
    assert (code, told["dry_run"]) == (0, True)
    assert Case.objects.get(pk=known.case.pk).plan == CANARIES["plan"]
    code, told = run_command(known.student.number, "--reason", "家长书面要求", capsys=capsys)
    assert code == 0
    assert {"first_pass", "assessments", "cases", "papers"} <= set(told["erased"])
    assert {each["part"] for each in told["kept"]} == {"directory", "guardians", *KEPT_BY_LAW}
    assert all(each["why"] for each in told["kept"])
    done = Erasure.objects.get()
    assert (done.channel, done.reference, done.reason) == (Channel.COMMAND, told["reference"], "家长书面要求")
    keys = OutboxMessage.objects.filter(key__startswith="erasure-done:").values_list("recipient", flat=True)
    assert set(keys) == {known.people.principal.pk, known.people.deputy.pk}


def test_the_command_refuses_with_a_sentence_and_changes_nothing(db, capsys):
    people = SchoolWithPeople()
    case = a_case(people)
    for number in ("nobody", case.student.number):
        code, told = run_command(number, "--reason", "x", capsys=capsys)
        assert code == 1
        assert told["refused"]
    assert not Erasure.objects.exists()


# The pages


def test_two_persons_erase_on_the_pages_and_print_the_certificate(known, client):
    login(client, known.people.principal)
    page = client.get(reverse("records:erase", args=[known.student.pk])).content.decode()
    assert "要删除的" in page
    assert CANARIES["plan"] not in page
    answer = client.post(
        reverse("records:erase", args=[known.student.pk]), {"ground": "request", "reason": "家长书面要求"}
    )
    erasure = Erasure.objects.get()
    assert answer.url == reverse("records:erasure", args=[erasure.pk])
    assert "这是您提出的申请" in client.get(answer.url).content.decode()
    assert client.get(reverse("records:erase", args=[known.student.pk])).url == answer.url
    login(client, known.people.deputy)
    page = client.get(answer.url)
    shown = page.context["confirm_form"].initial["shown"]
    confirm = reverse("records:erasure_confirm", args=[erasure.pk])
    assert client.post(confirm, {"shown": shown}).status_code == 422
    assert client.post(confirm, {"shown": shown, "looked": "on"}).url == answer.url
    page = client.get(answer.url).content.decode()
    assert "删除证明" in page
    assert known.student.name in page  # the law keeps something, so it says whose it was
    made = client.get(reverse("records:certificate", args=[erasure.pk]))
    assert made["Content-Type"] == "application/pdf"
    text = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(made.content)).pages)
    assert erasure.reference in text
    for word in (known.student.name, known.student.number, known.guardian.name, "金丝雀"):
        assert word not in text
    assert client.get(reverse("records:certificate_picture", args=[erasure.pk])).content.startswith(b"\x89PNG")


def test_the_list_names_no_child(known, client):
    erased(known)
    login(client, known.people.principal)
    page = client.get(reverse("records:index")).content.decode()
    assert Erasure.objects.get().reference in page
    assert known.student.name not in page


def test_a_certificate_is_only_for_what_is_done(known, client):
    asked = ask_erasure(user=fresh(known.people.principal), student=known.student, ground="request", reason="x")
    login(client, known.people.principal)
    assert client.get(reverse("records:certificate", args=[asked.pk])).status_code == 404


def _long_ago(known, days: int = 2000) -> None:
    """Everything that ended about this child ended so many days earlier."""
    then = timezone.now() - datetime.timedelta(days=days)
    for model, fields in (
        (Case, ("closed_at",)),
        (Referral, ("sent_at", "moved_at")),
    ):
        with past_the_freeze(model):
            model.objects.update(**dict.fromkeys(fields, then))
    Round.objects.update(opens_on=then.date() - datetime.timedelta(days=9), due_on=then.date())


QUERIES = {"index": 5, "erase": 49, "retention": 34}


def test_the_leaders_pages_ask_the_database_a_fixed_number_of_times(known, client, django_assert_num_queries):
    login(client, known.people.principal)
    client.get(reverse("records:index"))
    with django_assert_num_queries(QUERIES["index"]):
        client.get(reverse("records:index"))
    with django_assert_num_queries(QUERIES["erase"]):
        client.get(reverse("records:erase", args=[known.student.pk]))
    with django_assert_num_queries(QUERIES["retention"]):
        client.get(reverse("records:retention"))
