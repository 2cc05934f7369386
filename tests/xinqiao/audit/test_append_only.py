"""Nothing on the trail can be changed or removed, by any path."""

import pytest
from django.db import DatabaseError, connection, transaction

from tests.factories.accounts import UserFactory
from xinqiao.audit.chain import seal
from xinqiao.audit.models import AuditEntry, AuditLink
from xinqiao.audit.trail import record

pytestmark = pytest.mark.django_db
TABLES = ["audit_auditentry", "audit_auditlink"]


@pytest.fixture
def entry() -> AuditEntry:
    entry = record(actor=UserFactory(), action="case.read_narrative", student_id=7)
    seal()
    return entry


def refused(act) -> None:
    with pytest.raises(DatabaseError, match=r"(?i)cannot (update|delete|truncate)"), transaction.atomic():
        act()


def test_an_entry_cannot_be_saved_again(entry):
    entry.action = "case.nothing_happened"
    refused(entry.save)
    assert AuditEntry.objects.get(pk=entry.pk).action == "case.read_narrative"


def test_entries_cannot_be_updated_or_deleted_in_bulk(entry):
    refused(lambda: AuditEntry.objects.update(action="x"))
    refused(lambda: AuditEntry.objects.filter(pk=entry.pk)._raw_delete("default"))


def test_links_cannot_be_updated_or_deleted(entry):
    refused(lambda: AuditLink.objects.update(digest=b"x"))
    refused(lambda: AuditLink.objects.all().delete())
    assert AuditLink.objects.count() == 1


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"],
    ids=["update", "delete", "truncate"],
)
def test_bare_sql_is_refused_too(entry, table, statement):
    column = {"audit_auditentry": "action", "audit_auditlink": "digest"}[table]
    with connection.cursor() as cursor:
        refused(lambda: cursor.execute(statement.format(table, column, column)))


def test_a_person_on_the_trail_cannot_be_deleted(entry):
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.actor.delete()


def test_an_entry_holds_ids_and_facts_and_a_text_of_it_names_nobody(entry):
    assert str(entry) == "case.read_narrative  "
    assert entry.student_id == 7
