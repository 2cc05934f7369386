"""Trying a failed message again, by the function."""

import pytest
from django.utils import timezone

from tasks.enums import OutboxState
from tasks.outbox import NotDead, retry
from tests.factories.accounts import person_with
from tests.factories.tasks import OutboxMessageFactory, send_all
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


def test_a_dead_message_gets_all_its_tries_again_and_the_trail_says_by_whom():
    admin = person_with(Role.ADMINISTRATOR)
    dead = OutboxMessageFactory(state=OutboxState.DEAD, tries=9, last_error="Permanent: no")
    retry(message=dead, by=admin)
    dead.refresh_from_db()
    assert (dead.state, dead.tries) == (OutboxState.PENDING, 0)
    assert dead.next_try_at <= timezone.now()
    entry = AuditEntry.objects.get(action="outbox.retry")
    assert (entry.actor, entry.target_id) == (admin, str(dead.pk))
    assert send_all() == 1


@pytest.mark.parametrize("state", sorted(set(OutboxState) - {OutboxState.DEAD}))
def test_only_a_dead_message_is_tried_again(state):
    with pytest.raises(NotDead):
        retry(message=OutboxMessageFactory(state=state), by=person_with(Role.ADMINISTRATOR))


@pytest.mark.parametrize("role", [Role.PRINCIPAL, Role.COUNSELOR, Role.EDITOR])
def test_others_are_refused(role):
    with pytest.raises(NotPermitted):
        retry(message=OutboxMessageFactory(state=OutboxState.DEAD), by=person_with(role))
