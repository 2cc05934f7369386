"""The registry takes over what referrals kept: forward, back and forward again, with a consent of the time before that still opens."""

import os
import uuid

import pytest
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

from tests import databases
from xinqiao.consents.models import Consent
from xinqiao.crypto.keyring import key_ring

TABLE = "screening_referrals_consent"
BEFORE = [("consents", None), ("screening_referrals", "0003_whose_it_is")]
AFTER = [("consents", "0001_initial"), ("screening_referrals", "0004_consents_have_a_registry")]


@pytest.fixture
def other(django_db_setup, django_db_blocker):
    """A database of its own, as the code of today makes it."""
    name = f"moved_{os.getpid()}"
    with django_db_blocker.unblock():
        databases.clone(databases.schema_template(), name)
        connections.databases["other"] = {**connections.databases["default"], "NAME": name}
        try:
            yield connections["other"]
        finally:
            connections["other"].close()
            del connections["other"]
            del connections.databases["other"]
            databases.drop(name)


def migrate(connection, to) -> None:
    MigrationExecutor(connection).migrate(to)


def triggers(connection) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [TABLE]
        )  # fmt: skip
        return {name.removeprefix("pgtrigger_").rsplit("_", 1)[0] for (name,) in cursor.fetchall()}


def a_given_consent(connection) -> uuid.UUID:
    """As the code before wrote it."""
    found = uuid.uuid4()
    sealed = key_ring().encrypt("同意书在 3 号柜", bound_to=f"{TABLE}.evidence.{found}")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO school_school (name, short_name, counselling_room, phone) VALUES ('甲', '甲', '', '') RETURNING id")  # fmt: skip
        school = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO school_student (school_id, number, name, pinyin, pinyin_initials, sex)"
            " VALUES (%s, '1', '某', '', '', 'f') RETURNING id",
            [school],
        )
        student = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO accounts_user (password, is_superuser, username, email, is_staff, is_active, date_joined, display_name)"
            " VALUES ('', false, 'somebody', '', false, true, now(), '') RETURNING id"
        )
        user = cursor.fetchone()[0]
        guardian = uuid.uuid4()
        cursor.execute(
            "INSERT INTO school_guardian (id, school_id, name, phone, phone_index) VALUES (%s, %s, '某家长', '', '')",
            [guardian, school],
        )
        cursor.execute(
            f"INSERT INTO {TABLE} (id, school_id, student_id, kind, text_version, state, requested_at, requested_by_id, how, evidence)"
            " VALUES (%s, %s, %s, 'referral', '2026-11', 'requested', now(), %s, '', '')",
            [found, school, student, user],
        )
        cursor.execute(
            f"UPDATE {TABLE} SET state = 'given', guardian_id = %s, how = 'paper', answered_at = now(), recorded_by_id = %s,"
            " evidence = %s WHERE id = %s",
            [guardian, user, sealed, found],
        )
    return found


def test_a_consent_of_the_time_before_is_kept_guarded_and_readable(other):
    now = triggers(other)
    migrate(other, BEFORE)
    assert triggers(other) == {"consent_moves", "consent_starts_asked", "consent_answer_stays", "consent_stays"}
    pk = a_given_consent(other)
    migrate(other, AFTER)
    assert triggers(other) == now
    row = Consent.objects.using("other").get(pk=pk)
    assert (row.kind, row.state, row.evidence, row.withdrawn_how) == ("referral", "given", "同意书在 3 号柜", "")
    for change in ("kind = 'screening'", "evidence = ''", "state = 'requested'"):
        with pytest.raises(DatabaseError), other.cursor() as cursor:
            cursor.execute(f"UPDATE {TABLE} SET {change} WHERE id = %s", [pk])
    migrate(other, BEFORE)
    with other.cursor() as cursor:
        cursor.execute(f"SELECT evidence FROM {TABLE} WHERE id = %s", [pk])
        assert key_ring().decrypt(cursor.fetchone()[0], bound_to=f"{TABLE}.evidence.{pk}") == "同意书在 3 号柜"
