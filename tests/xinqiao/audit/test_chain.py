"""The hash chain: what it finds after somebody with power over the database has tampered."""

import datetime
import json
import threading

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.accounts import UserFactory
from xinqiao.audit.chain import digest, seal, stale, verify
from xinqiao.audit.models import AuditEntry, AuditLink
from xinqiao.audit.trail import record

NOON = datetime.datetime(2026, 11, 24, 4, 0, tzinfo=datetime.UTC)


def write(count: int, **facts) -> list[AuditEntry]:
    return [record(actor=None, action=f"case.act{n}", details={"n": n, **facts}) for n in range(count)]


def tamper(statement: str, *values) -> None:
    """As the database's own superuser could: with the triggers off."""
    with connection.cursor() as cursor:
        # Foreign keys are checked now and not at the end: ALTER TABLE refuses while a check is waiting.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("audit_auditentry", "audit_auditlink"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        for table in ("audit_auditentry", "audit_auditlink"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def entries(db) -> list[AuditEntry]:
    entries = write(6)
    seal()
    return entries


def test_an_untouched_trail_holds(entries):
    verdict = verify()
    assert (verdict.ok, verdict.entries, verdict.unsealed, verdict.first_bad) == (True, 6, 0, None)


def test_an_empty_trail_holds(db):
    assert verify().ok


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("action", "case.nothing"),
        ("target_type", "screening.case"),
        ("target_id", "9"),
        ("student_id", 9),
        ("details", '{"n": 99}'),
        ("at", NOON),
    ],
)
def test_a_changed_entry_is_named(entries, column, value):
    tamper(f"UPDATE audit_auditentry SET {column} = %s WHERE id = %s", value, entries[2].pk)
    assert f"entry {entries[2].pk} at position 3 was changed" in verify().first_bad


def test_a_changed_actor_is_named(entries):
    tamper("UPDATE audit_auditentry SET actor_id = %s WHERE id = %s", UserFactory().pk, entries[4].pk)
    assert f"entry {entries[4].pk} at position 5" in verify().first_bad


def test_a_removed_entry_is_named_by_its_position(entries):
    tamper("DELETE FROM audit_auditlink WHERE position = 3")
    assert verify().first_bad == "position 3 is missing (next is 4)"


def test_an_entry_removed_with_its_link_is_named_by_its_position(entries):
    tamper("DELETE FROM audit_auditlink WHERE position = 2")
    tamper("DELETE FROM audit_auditentry WHERE id = %s", entries[1].pk)
    assert verify().first_bad == "position 2 is missing (next is 3)"


def test_the_last_entry_cut_off_is_found(entries):
    """A cut tail leaves a chain that holds in itself: the entry without its link betrays it, or its gap in the numbers."""
    tamper("DELETE FROM audit_auditlink WHERE position = 6")
    assert verify().unsealed == 1


def test_an_entry_slipped_in_is_named(entries):
    false = record(actor=None, action="case.act9")
    tamper("UPDATE audit_auditlink SET entry_id = %s WHERE position = 4", false.pk)
    assert f"entry {false.pk} at position 4" in verify().first_bad


def test_two_entries_that_changed_places_are_named(entries):
    one, two = entries[1].pk, entries[2].pk
    tamper("UPDATE audit_auditlink SET entry_id = %s WHERE position = 2", write(1)[0].pk)
    tamper("UPDATE audit_auditlink SET entry_id = %s WHERE position = 3", one)
    tamper("UPDATE audit_auditlink SET entry_id = %s WHERE position = 2", two)
    assert f"entry {two} at position 2" in verify().first_bad


def test_a_new_digest_for_a_changed_entry_breaks_the_next_link(entries):
    """Whoever mends one link after a change would have to mend all that follow."""
    tamper("UPDATE audit_auditentry SET action = 'x' WHERE id = %s", entries[0].pk)
    mended = digest(b"\0" * 32, AuditEntry.objects.get(pk=entries[0].pk))
    tamper("UPDATE audit_auditlink SET digest = %s WHERE position = 1", mended)
    assert f"entry {entries[1].pk} at position 2" in verify().first_bad


def test_sealing_goes_on_where_it_stopped_and_in_batches(db):
    write(5)
    assert seal(batch=2) == 5
    write(3)
    assert seal(batch=2) == 3
    assert list(AuditLink.objects.order_by("position").values_list("position", flat=True)) == list(range(1, 9))
    assert verify().ok


def test_sealing_twice_changes_nothing(entries):
    assert seal() == 0


def test_several_sealers_and_writers_at_once_leave_one_chain(committed_db):
    """The advisory lock takes the sealers one after another; the writers never wait for them."""
    wrong = []

    def work(act) -> None:
        try:
            for _ in range(6):
                act()
        except Exception as error:  # noqa: BLE001 - told below, a thread has nobody to raise to
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(lambda: write(4),)) for _ in range(3)]
    threads += [threading.Thread(target=work, args=(lambda: seal(batch=3),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []
    seal()
    verdict = verify()
    assert (verdict.ok, verdict.entries, verdict.unsealed) == (True, 72, 0)


def test_an_unsealed_tail_is_stale_after_a_minute(db):
    with time_machine.travel(NOON, tick=False):
        write(1)
        verdict = verify()
    assert not stale(verdict.oldest_unsealed, NOON + datetime.timedelta(seconds=59))
    assert stale(verdict.oldest_unsealed, NOON + datetime.timedelta(seconds=61))
    seal()
    assert not stale(verify().oldest_unsealed, timezone.now())


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(), lambda v: st.lists(v, max_size=3)
    )
)
def test_a_digest_does_not_depend_on_the_order_of_the_facts(value):
    def entry(details):
        return AuditEntry(pk=1, at=NOON, action="a.b", target_type="", target_id="", details=details)

    assert digest(b"", entry({"a": value, "b": 1})) == digest(b"", entry({"b": 1, "a": value}))
    assert digest(b"", entry({"a": value})) != digest(b"", entry({"a": [value]}))


def test_the_command_says_that_the_chain_holds(entries, capsys):
    call_command("verify_audit", "--json")
    assert json.loads(capsys.readouterr().out) == {"entries": 6, "ok": True, "first_bad": None}


def test_the_command_names_the_first_bad_entry_and_ends_with_one(entries, capsys):
    tamper("UPDATE audit_auditentry SET action = 'x' WHERE id = %s", entries[3].pk)
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", "--json")
    said = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1
    assert not said["ok"]
    assert f"entry {entries[3].pk} at position 4" in said["first_bad"]
