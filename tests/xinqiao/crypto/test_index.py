"""The blind index, seen through guardians' telephones: found by number, read by nobody, renewed with the keys."""

import base64
import importlib
import secrets

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.school import GuardianFactory
from xinqiao.crypto.index import index_value, same_as
from xinqiao.crypto.rotation import rotate
from xinqiao.school.models import Guardian
from xinqiao.school.phones import normal_phone

PHONE = "13912345678"
LINES = {name: f"{name}:{base64.b64encode(secrets.token_bytes(32)).decode()}\n" for name in ("k1", "k2")}


def found(text: str) -> list:
    return list(Guardian.objects.filter(same_as(Guardian, "phone_index", text)))


@pytest.mark.parametrize(
    "typed",
    [
        "13912345678",
        "139 1234 5678",
        "139-1234-5678",
        "+86 13912345678",
        "0086 139 1234 5678",
        "１３９１２３４５６７８",
        "(139) 12345678",
        "\u3000139\u00a01234\u20115678",
    ],
)
def test_a_number_typed_in_any_way_is_the_same_number(typed):
    assert normal_phone(typed) == PHONE


@pytest.mark.parametrize("typed", ["", "  ", "无", "+", "-"])
def test_what_has_no_digits_is_no_number(typed):
    assert normal_phone(typed) == ""


def test_a_number_of_another_country_stays_another_number():
    assert normal_phone("+852 9123 4567") == "+85291234567"


@given(st.text())
def test_the_normal_form_of_the_normal_form_is_itself(text):
    assert normal_phone(normal_phone(text)) == normal_phone(text)


@pytest.mark.django_db
def test_a_guardian_is_found_by_a_number_however_it_is_typed():
    guardian = GuardianFactory(phone="139-1234-5678")
    GuardianFactory(phone="13912345679")
    assert found("+86 139 1234 5678") == [guardian]
    assert found("13900000000") == []


@pytest.mark.django_db
def test_no_number_finds_nobody_and_least_of_all_those_without_one():
    GuardianFactory(phone="")
    assert found("") == found("无") == []


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [None, ["phone"], ["name", "phone"]])
def test_the_index_follows_the_number_however_it_is_saved(fields):
    guardian = GuardianFactory(phone=PHONE)
    guardian.phone = "13700000000"
    guardian.save(update_fields=fields)
    assert found(PHONE) == []
    assert found("13700000000") == [guardian]
    guardian.phone = ""
    guardian.save(update_fields=fields)
    assert Guardian.objects.get().phone_index == ""


@pytest.mark.django_db
def test_saving_something_else_leaves_the_index(django_assert_num_queries):
    guardian = Guardian.objects.get(pk=GuardianFactory(phone=PHONE).pk)
    with django_assert_num_queries(1):
        guardian.save(update_fields=["name"])
    assert found(PHONE) == [guardian]


@pytest.mark.django_db
def test_guardians_made_in_bulk_have_their_index():
    made = GuardianFactory.build_batch(2, school=GuardianFactory().school, phone=PHONE)
    Guardian.objects.bulk_create(made)
    assert len(found(PHONE)) == 2


@pytest.mark.django_db
def test_rows_written_past_save_can_be_given_their_index_and_are_not_refused_without():
    guardian = GuardianFactory(phone=PHONE)
    assert index_value(Guardian, "phone_index", "+86 139 1234 5678") == guardian.phone_index
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO school_guardian (id, school_id, name, phone) SELECT gen_random_uuid(), school_id, name, ''"
            " FROM school_guardian"
        )
    assert Guardian.objects.filter(phone_index="").count() == 1


@pytest.mark.django_db
def test_the_column_tells_nothing_without_the_keys():
    guardian = GuardianFactory(phone=PHONE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(g)::text FROM school_guardian g WHERE id = %s", [guardian.pk])
        row = cursor.fetchone()[0]
    assert PHONE not in row


@pytest.mark.django_db
def test_a_number_is_found_before_during_and_after_a_change_of_keys(tmp_path, settings):
    path = tmp_path / "keys"
    path.touch(0o600)
    settings.XINQIAO_KEYS_FILE = str(path)
    path.write_text(LINES["k1"])
    old = GuardianFactory(phone=PHONE)
    path.write_text(LINES["k2"] + LINES["k1"])
    new = GuardianFactory(phone=PHONE)
    assert set(found(PHONE)) == {old, new}
    assert Guardian.objects.get(pk=old.pk).phone_index != Guardian.objects.get(pk=new.pk).phone_index
    rotate()
    path.write_text(LINES["k2"])
    assert set(found(PHONE)) == {old, new}
    assert len(set(Guardian.objects.values_list("phone_index", flat=True))) == 1


def test_the_migration_fills_the_index_and_can_be_taken_back(committed_db, monkeypatch):
    migration = importlib.import_module("xinqiao.school.migrations.0002_guardian_phone_index")
    monkeypatch.setattr(migration, "_BATCH", 2)
    guardians = [GuardianFactory(phone=f"1391234567{n}") for n in range(5)]
    GuardianFactory(phone="")
    call_command("migrate", "school", "0001", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM information_schema.columns WHERE column_name = 'phone_index'")
        assert cursor.fetchone() == (0,)
    call_command("migrate", verbosity=0)
    assert [found(f"1391234567{n}") for n in range(5)] == [[guardian] for guardian in guardians]
