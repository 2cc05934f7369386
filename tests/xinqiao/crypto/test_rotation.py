"""Everything renewed under a new key: while people work, stopped and gone on with, frozen rows too, and nothing lost."""

import base64
import json
import os
import secrets
import signal
import threading
import time

import pgtrigger
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from screening.assessments.models import Assessment
from screening.referrals.models import Referral, ReferralMove
from tests.factories import cases
from tests.factories.accounts import UserFactory
from tests.factories.school import GuardianFactory
from xinqiao.accounts.models import KeptInput
from xinqiao.audit.models import AuditEntry
from xinqiao.crypto.columns import encrypted_tables
from xinqiao.crypto.keyring import key_ring
from xinqiao.crypto.rotation import RotationRefused, rotate
from xinqiao.school.models import Guardian

LINES = {name: f"{name}:{base64.b64encode(secrets.token_bytes(32)).decode()}\n" for name in ("k1", "k2", "k3")}
PLACES = [
    "accounts_dutyrun.content",
    "accounts_factorsecret.text",
    "accounts_invitation.address",
    "accounts_keptinput.fields",
    "audit_accessrequest.answer",
    "audit_breakglass.reason",
    "consents_safetyoverride.reason",
    "files_sealedfile.data_key",
    "files_sealedfile.name",
    "files_sealedfile.removed_because",
    "files_sealedfile.sha256",
    "identities_identitynumber.number",
    "records_erasure.answer",
    "records_erasure.identity",
    "records_erasure.reason",
    "records_exportrun.password",
    "records_exportrun.reason",
    "records_exportrun.recipient",
    "records_hold.reason",
    "school_guardian.phone",
    "school_importrun.report",
    "school_importrun.way_back",
    "school_restriction.lifted_because",
    "school_restriction.reason",
    "screening_assessments_assessment.causes",
    "screening_assessments_assessment.family",
    "screening_assessments_assessment.interview",
    "screening_assessments_assessment.reason",
    "screening_cases_case.class_support",
    "screening_cases_case.closing",
    "screening_cases_case.next_steps",
    "screening_cases_case.plan",
    "screening_cases_crisisstep.note",
    "screening_cases_followup.note",
    "screening_cases_levelchange.answer",
    "screening_cases_levelchange.reason",
    "screening_referrals_consent.evidence",
    "screening_referrals_consent.withdrawal_evidence",
    "screening_referrals_referral.asked",
    "screening_referrals_referral.done_so_far",
    "screening_referrals_referral.emergency_reason",
    "screening_referrals_referral.facts",
    "screening_referrals_referral.observed",
    "screening_referrals_referralmove.note",
    "screening_rounds_response.note",
    "screening_rounds_response.reason",
]


@pytest.fixture
def keys(tmp_path, settings):
    """Sets which keys the file holds, newest first."""
    path = tmp_path / "keys"
    path.touch(0o600)
    settings.XINQIAO_KEYS_FILE = str(path)

    def hold(*names: str) -> None:
        path.write_text("".join(LINES[name] for name in names))

    hold("k1")
    return hold


def kept(text: str) -> KeptInput:
    return KeptInput.objects.create(owner=UserFactory(), path="/", expires_at=timezone.now(), fields=text)


def column_of(row: KeptInput) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT fields FROM accounts_keptinput WHERE id = %s", [row.pk])
        return cursor.fetchone()[0]


def texts() -> dict:
    """Every encrypted text of the database, opened."""
    return {
        (table.name, row.pk, column.name): getattr(row, column.name)
        for table in encrypted_tables()
        for row in table.model._base_manager.all()
        for column in table.columns
    }


def keys_in_use() -> set[str]:
    return {key for table in encrypted_tables() for key in table.keys_in_use()}


def test_every_encrypted_column_is_found_where_it_was_sealed():
    """A place is sealed into each value. Was a table or column renamed? Give its field the old place as `bound_as`."""
    found = sorted(column.place for table in encrypted_tables() for column in table.columns)
    assert found == sorted(PLACES)


@pytest.mark.django_db
def test_a_column_bound_to_its_old_place_is_read_after_a_renaming(keys):
    row = kept("甲")
    field = KeptInput._meta.get_field("fields").clone()
    assert "bound_as" not in field.deconstruct()[3]
    field.bound_as = "accounts_keptinput.fields"
    again = field.clone()
    assert again.place == "accounts_keptinput.fields"
    assert key_ring().decrypt(column_of(row), bound_to=f"{again.place}.{row.pk}") == "甲"


@pytest.mark.django_db
def test_everything_reads_after_the_old_key_was_removed(keys, capsys):
    school = cases.SchoolWithPeople()
    cases.a_referral(school, until="sent")
    cases.a_case(school, "high")
    GuardianFactory(phone="13912345678")
    kept("乙")
    before = texts()
    keys("k2", "k1")
    call_command("rotate_keys", "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["from"], said["to"], said["unreadable"], said["left"]) == ("k1", "k2", [], 0)
    assert said["rows"] == len({place[:2] for place, text in before.items() if text})
    keys("k2")
    assert keys_in_use() == {"k2"}
    assert texts() == before
    assert any(story in before.values() for story in cases.STORY)


@pytest.mark.django_db
def test_frozen_rows_are_renewed_and_stay_frozen(keys):
    referral = cases.a_referral(cases.SchoolWithPeople(), until="sent")
    keys("k2", "k1")
    assert rotate().left == 0
    keys("k2")
    assessment = Assessment.objects.get()
    assert assessment.interview == cases.INTERVIEW
    assert Referral.objects.get().observed == cases.LETTER["observed"]
    for change in (
        lambda: cases.write(Assessment.objects.filter(pk=assessment.pk), interview="别的"),
        lambda: cases.write(Referral.objects.filter(pk=referral.pk), facts="别的"),
        lambda: cases.write(ReferralMove.objects.filter(pk=ReferralMove.objects.first().pk), note="别的"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert not pgtrigger.runtime._ignore.value


@pytest.mark.django_db
def test_each_batch_is_on_the_trail_with_its_count(keys):
    for n in range(5):
        kept(str(n))
    keys("k2", "k1")
    rotate(batch=2)
    told = AuditEntry.objects.filter(action="keys.rotate").order_by("pk").values_list("details", flat=True)
    assert [facts["rows"] for facts in told] == [2, 2, 1]
    assert told[0] == {"table": "accounts_keptinput", "rows": 2, "to": "k2"}


@pytest.mark.django_db
def test_a_second_run_changes_nothing(keys, capsys):
    row = kept("甲")
    keys("k2", "k1")
    rotate()
    stored = column_of(row)
    call_command("rotate_keys", "--json")
    assert json.loads(capsys.readouterr().out)["rows"] == 0
    assert column_of(row) == stored


@pytest.mark.django_db
def test_a_stopped_run_keeps_what_it_did_and_the_next_goes_on(keys):
    rows = [kept(str(n)) for n in range(6)]
    keys("k2", "k1")
    done = []
    run = rotate(batch=2, progress=lambda *told: done.append(told), stop=lambda: len(done) == 2)
    assert (run.rows, run.left, run.stopped) == (4, 2, True)
    assert done == [("accounts_keptinput", 2, 6), ("accounts_keptinput", 4, 6)]
    assert sorted(KeptInput.objects.get(pk=row.pk).fields for row in rows) == list("012345")
    assert (again := rotate(batch=2)).rows == 2
    assert not again.stopped
    keys("k2")
    assert sorted(KeptInput.objects.get(pk=row.pk).fields for row in rows) == list("012345")


def test_ctrl_c_ends_it_after_a_whole_batch_and_it_can_be_run_again(committed_db, keys, capsys):
    rows = [kept(str(n)) for n in range(30)]
    keys("k2", "k1")
    holding = threading.Event()

    def interrupt() -> None:
        """While a row is held it cannot have ended: the signal meets a run."""
        with transaction.atomic():
            KeptInput.objects.select_for_update().get(pk=rows[0].pk)
            holding.set()
            while "k2" not in keys_in_use():
                time.sleep(0.005)
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)

    interrupter = in_a_thread(interrupt)
    holding.wait(30)
    with pytest.raises(SystemExit) as ended:
        call_command("rotate_keys", "--json", "--batch", "1")
    interrupter.join(30)
    said = json.loads(capsys.readouterr().out)
    assert ended.value.code == 130
    assert said["rows"] + said["left"] == 30
    call_command("rotate_keys", "--json")
    assert json.loads(capsys.readouterr().out)["rows"] == said["left"]
    keys("k2")
    assert sorted(int(text) for text in texts().values()) == list(range(30))


@pytest.mark.django_db
def test_values_of_several_older_keys_all_come_under_the_newest(keys):
    one = kept("甲")
    keys("k2", "k1")
    two = kept("乙")
    keys("k3", "k2", "k1")
    run = rotate()
    assert (run.rows, run.old, run.new) == (2, ["k1", "k2"], "k3")
    keys("k3")
    assert [KeptInput.objects.get(pk=row.pk).fields for row in (one, two)] == ["甲", "乙"]


@pytest.mark.django_db
def test_a_value_swapped_in_from_another_row_is_not_given_a_good_seal(keys, capsys):
    one, other, third = kept("甲"), kept("乙"), kept("丙")
    swapped = column_of(one)
    KeptInput.objects.filter(pk=other.pk).update(fields=KeptInput.objects.get(pk=one.pk).__dict__["fields"])
    keys("k2", "k1")
    with pytest.raises(SystemExit) as ended:
        call_command("rotate_keys", "--json")
    assert ended.value.code == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["rows"], said["left"]) == (2, 0)
    assert said["unreadable"] == [f"accounts_keptinput.fields.{other.pk}"]
    assert column_of(other) == swapped
    assert KeptInput.objects.get(pk=third.pk).fields == "丙"


@pytest.mark.django_db
def test_a_key_that_is_not_on_the_ring_stops_it_before_anything_is_changed(keys):
    rows = [kept("甲"), kept("乙")]
    stored = [column_of(row) for row in rows]
    keys("k2")
    with pytest.raises(CommandError, match=r"accounts_keptinput: 2 values .*'k1'.* Nothing was changed") as refused:
        call_command("rotate_keys")
    assert refused.value.returncode == 1
    assert [column_of(row) for row in rows] == stored


@pytest.mark.django_db
def test_wrong_use_is_told_apart_from_refused_input(keys):
    with pytest.raises(CommandError) as refused:
        call_command("rotate_keys", "--batch", "0")
    assert refused.value.returncode == 2


@pytest.mark.django_db
def test_a_refusal_of_the_database_is_told_without_its_text(keys):
    GuardianFactory(phone="13912345678")
    keys("k2", "k1")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE school_guardian ADD CONSTRAINT no CHECK (NOT starts_with(phone, 'x1.k2.'))")
    with pytest.raises(RotationRefused) as refused:
        rotate()
    assert str(refused.value) == "school_guardian: the database refused (CheckViolation)."


def in_a_thread(work) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_people_who_save_meanwhile_are_never_overwritten(committed_db, keys):
    rows = [kept("0") for _ in range(12)]
    keys("k2", "k1")
    last: dict = {}
    over = threading.Event()
    wrong = []

    def write(mine) -> None:
        number = 0
        while not over.is_set():
            for row in mine:
                number += 1
                with transaction.atomic():
                    fresh = KeptInput.objects.select_for_update().get(pk=row.pk)
                    if fresh.fields != last.get(row.pk, "0"):
                        wrong.append((row.pk, fresh.fields))
                    fresh.fields = str(number)
                    fresh.save()
                last[row.pk] = str(number)

    writers = [in_a_thread(lambda mine=rows[n::3]: write(mine)) for n in range(3)]
    for newest, older in (("k2", "k1"), ("k3", "k2"), ("k2", "k3")) * 2:
        keys(newest, older, *({"k1", "k2", "k3"} - {newest, older}))
        rotate(batch=5)
    over.set()
    for writer in writers:
        writer.join(30)
    assert wrong == []
    assert {row.pk: KeptInput.objects.get(pk=row.pk).fields for row in rows} == last
    rotate()
    keys("k2")
    assert {row.pk: KeptInput.objects.get(pk=row.pk).fields for row in rows} == last


def test_a_row_that_somebody_holds_is_renewed_when_they_have_saved(committed_db, keys):
    held, free = kept("旧"), kept("甲")
    keys("k2", "k1")
    holding, renewed = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            row = KeptInput.objects.select_for_update().get(pk=held.pk)
            stored = row.__dict__["fields"]
            holding.set()
            renewed.wait(30)
            KeptInput.objects.filter(pk=held.pk).update(fields=stored, path="/saved/")
            time.sleep(0.2)

    holder = in_a_thread(hold)
    holding.wait(30)
    run = rotate(progress=lambda *told: renewed.set())
    holder.join(30)
    assert (run.rows, run.left) == (2, 0)
    keys("k2")
    row = KeptInput.objects.get(pk=held.pk)
    assert (row.fields, row.path) == ("旧", "/saved/")
    assert KeptInput.objects.get(pk=free.pk).fields == "甲"


def test_a_row_that_is_never_let_go_is_told_as_left(committed_db, keys):
    held, _free = kept("旧"), kept("甲")
    keys("k2", "k1")
    holding, over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            KeptInput.objects.select_for_update().get(pk=held.pk)
            holding.set()
            over.wait(30)

    holder = in_a_thread(hold)
    holding.wait(30)
    run = rotate(patience="100ms")
    over.set()
    holder.join(30)
    assert (run.rows, run.left) == (1, 1)
    assert rotate().left == 0
    assert Guardian.objects.count() == 0
