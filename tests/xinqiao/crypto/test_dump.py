"""A dump of the whole database, as a thief would have it."""

import subprocess

from django.utils import timezone

from tests.databases import server_url
from tests.factories.accounts import UserFactory
from tests.factories.school import GuardianFactory
from xinqiao.accounts.models import KeptInput
from xinqiao.engines import binaries


def test_a_dump_of_the_database_holds_no_plain_text(committed_db):
    row = KeptInput(owner=UserFactory(), path="/", expires_at=timezone.now(), fields="孩子说睡不着")
    row.save()
    GuardianFactory(phone="13912345678")
    dump = subprocess.run(
        [str(binaries.postgres_program("pg_dump")), "--dbname", server_url(committed_db)],
        capture_output=True,
        check=True,
    ).stdout
    assert str(row.pk).encode() in dump
    assert "睡不着".encode() not in dump
    assert b"13912345678" not in dump
