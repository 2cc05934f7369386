"""The encrypted column, seen through a table that has one: what a person typed and lost the session over."""

import uuid

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.accounts import UserFactory
from tests.factories.school import GuardianFactory
from xinqiao.accounts.models import KeptInput
from xinqiao.crypto.fields import Sealed
from xinqiao.crypto.keyring import KeyRing, SealBroken, key_ring
from xinqiao.school.models import Guardian

pytestmark = pytest.mark.django_db
STORY = "孩子说最近总是睡不着，不想去上学。"


def kept(text: str = STORY) -> KeptInput:
    row = KeptInput(owner=UserFactory(), path="/screening/", expires_at=timezone.now())
    row.fields = text
    row.save()
    return row


def column_of(row: KeptInput) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT fields FROM accounts_keptinput WHERE id = %s", [row.pk])
        return cursor.fetchone()[0]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_every_text_comes_back_as_it_was_written(text):
    assert KeptInput.objects.get(pk=kept(text).pk).fields == text


def test_the_column_holds_no_plain_text():
    stored = column_of(kept())
    assert stored.startswith("x1.")
    assert not any(part in stored for part in (STORY, "睡不着", STORY.encode().hex()))


def test_a_value_copied_to_another_row_is_refused():
    one, other = kept("甲"), kept("乙")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_keptinput SET fields = %s WHERE id = %s", [column_of(one), other.pk])
    with pytest.raises(SealBroken):
        _ = KeptInput.objects.get(pk=other.pk).fields


def test_a_value_copied_to_another_tables_column_is_refused():
    """Even a row with the same key in another table: the place is bound in, not the key alone."""
    row = kept("甲")
    guardian = GuardianFactory(id=row.pk, phone="13900000000")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE school_guardian SET phone = %s WHERE id = %s", [column_of(row), guardian.pk])
    with pytest.raises(SealBroken):
        _ = Guardian.objects.get(pk=guardian.pk).phone


def test_a_row_copied_under_a_new_key_cannot_be_saved_with_the_old_rows_seal():
    row = KeptInput.objects.get(pk=kept().pk)
    row.pk = uuid.uuid4()
    with pytest.raises(SealBroken):
        row.save(force_insert=True)


def test_a_list_unseals_nothing_until_it_is_asked(monkeypatch):
    rows = [kept() for _ in range(3)]
    unsealed = []
    decrypt = KeyRing.decrypt
    monkeypatch.setattr(KeyRing, "decrypt", lambda self, *a, **k: unsealed.append(1) or decrypt(self, *a, **k))
    listed = list(KeptInput.objects.filter(pk__in=[row.pk for row in rows]))
    assert unsealed == []
    assert listed[0].fields == listed[0].fields == STORY
    assert len(unsealed) == 1


def test_a_deferred_column_is_fetched_when_it_is_asked(django_assert_num_queries):
    row = KeptInput.objects.defer("fields").get(pk=kept().pk)
    with django_assert_num_queries(1):
        assert row.fields == STORY


def test_saving_another_column_leaves_the_story_readable():
    row = KeptInput.objects.get(pk=kept().pk)
    row.path = "/elsewhere/"
    row.save(update_fields=["path"])
    row.save()
    assert KeptInput.objects.get(pk=row.pk).fields == STORY


def test_what_was_loaded_shows_nothing_in_a_repr():
    row = KeptInput.objects.get(pk=kept().pk)
    assert "x1." not in repr(row.__dict__)
    assert STORY not in repr(row.__dict__)
    assert repr(Sealed("x1.k.abc")) == "<sealed>"


def test_the_column_cannot_be_searched_or_overwritten_past_the_row():
    kept()
    with pytest.raises((FieldError, TypeError)):
        KeptInput.objects.filter(fields=STORY).exists()
    with pytest.raises((FieldError, TypeError)):
        KeptInput.objects.filter(fields__contains="睡").exists()
    with pytest.raises(TypeError):
        KeptInput.objects.update(fields="plain")


def test_many_rows_at_once_are_sealed_each_for_itself():
    owner = UserFactory()
    rows = [KeptInput(owner=owner, path="/", expires_at=timezone.now(), fields=f"故事{n}") for n in range(3)]
    KeptInput.objects.bulk_create(rows)
    assert [KeptInput.objects.get(pk=row.pk).fields for row in rows] == ["故事0", "故事1", "故事2"]


def test_an_empty_text_stays_empty():
    row = kept("")
    assert column_of(row) == ""
    assert KeptInput.objects.get(pk=row.pk).fields == ""


def test_the_ring_of_this_suite_is_made_once():
    assert key_ring() is key_ring()
