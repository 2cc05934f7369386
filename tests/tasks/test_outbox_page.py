"""The administrator's page of messages: what waits, what went out, what failed, and trying again."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from tasks.enums import OutboxState
from tests.factories.accounts import person_with
from tests.factories.tasks import OutboxMessageFactory
from xinqiao.accounts.enums import Role
from xinqiao.accounts.groups import ensure_groups, sync_groups
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    ensure_groups()
    admin = person_with(Role.ADMINISTRATOR)
    sync_groups(admin)
    client.force_login(admin)
    return admin


def test_it_counts_each_state_and_lists_the_newest_first(client, admin):
    OutboxMessageFactory(key="a:1")
    OutboxMessageFactory(key="a:2", state=OutboxState.SENT)
    OutboxMessageFactory(key="a:3", state=OutboxState.DEAD, last_error="Permanent: no address")
    page = BeautifulSoup(client.get(reverse("outbox:index")).content, "html.parser")
    counts = {item.span.get_text(strip=True): item.b.get_text(strip=True) for item in page.select(".outbox-count")}
    assert counts == {"等待发送": "1", "正在发送": "0", "已发送": "1", "发送失败": "1", "不再需要": "0"}
    assert "Permanent: no address" in page.get_text()


def test_it_can_be_narrowed_to_the_failed_ones(client, admin):
    OutboxMessageFactory(key="fine:1")
    OutboxMessageFactory(key="broken:1", state=OutboxState.DEAD)
    page = client.get(reverse("outbox:index"), {"state": "dead"}).content.decode()
    assert "broken:1" in page
    assert "fine:1" not in page


def test_a_payload_is_never_shown(client, admin):
    message = OutboxMessageFactory(payload={"case": "canary-4711"})
    for address in (reverse("outbox:index"), reverse("outbox:message", args=[message.pk])):
        assert "canary-4711" not in client.get(address).content.decode()


def test_a_failed_message_has_a_button_that_sends_it_again_and_is_on_the_record(client, admin):
    message = OutboxMessageFactory(state=OutboxState.DEAD, last_error="Permanent: no address")
    page = client.get(reverse("outbox:message", args=[message.pk])).content.decode()
    assert "重发" in page
    response = client.post(reverse("outbox:retry", args=[message.pk]), follow=True)
    assert "正在重发" in response.content.decode()
    message.refresh_from_db()
    assert (message.state, message.tries) == (OutboxState.PENDING, 0)
    assert AuditEntry.objects.get(action="outbox.retry").actor == admin


def test_a_second_press_changes_nothing_and_says_so(client, admin):
    message = OutboxMessageFactory(state=OutboxState.DEAD)
    client.post(reverse("outbox:retry", args=[message.pk]))
    response = client.post(reverse("outbox:retry", args=[message.pk]), follow=True)
    assert "不用处理" in response.content.decode()
    assert AuditEntry.objects.filter(action="outbox.retry").count() == 1


def test_a_message_that_has_not_failed_has_no_button(client, admin):
    for state in (OutboxState.PENDING, OutboxState.SENT, OutboxState.DROPPED):
        page = client.get(reverse("outbox:message", args=[OutboxMessageFactory(state=state).pk])).content.decode()
        assert "/retry/" not in page


def test_trying_again_is_a_press_and_never_a_link(client, admin):
    message = OutboxMessageFactory(state=OutboxState.DEAD)
    assert client.get(reverse("outbox:retry", args=[message.pk])).status_code == 405


@pytest.mark.parametrize("role", [Role.EDITOR, Role.TRAINER, Role.PRINCIPAL, Role.COUNSELOR])
def test_nobody_else_sees_or_presses(client, role):
    ensure_groups()
    person = person_with(role)
    sync_groups(person)
    client.force_login(person)
    message = OutboxMessageFactory(state=OutboxState.DEAD)
    assert client.get(reverse("outbox:message", args=[message.pk])).status_code in {302, 403}
    assert client.post(reverse("outbox:retry", args=[message.pk])).status_code in {302, 403}
    message.refresh_from_db()
    assert message.state == OutboxState.DEAD
