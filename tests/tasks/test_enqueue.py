"""Writing to the outbox."""

import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from tasks.enums import OutboxState
from tasks.handlers import UnknownKind, handler
from tasks.models import OutboxMessage
from tasks.outbox import KeyTaken, Order, PayloadTooLarge, enqueue, enqueue_many
from tests.factories.accounts import UserFactory
from tests.factories.tasks import PROBE, Probe, send_all

pytestmark = pytest.mark.django_db


def put(key: str = "probe:a", **more) -> OutboxMessage:
    return enqueue(**{"kind": PROBE, "key": key, "payload": {"id": 1}, **more})


def test_a_message_waits_with_all_that_it_was_given():
    person = UserFactory()
    message = put(recipient=person)
    message.refresh_from_db()
    assert (message.state, message.tries, message.recipient, message.payload) == (
        OutboxState.PENDING,
        0,
        person,
        {"id": 1},
    )


def test_a_second_order_with_the_same_key_gives_the_first_ones_row():
    first, second = put(), put(payload={"id": 2})
    assert (first.pk, OutboxMessage.objects.count(), second.payload) == (second.pk, 1, {"id": 1})


def test_a_key_stays_taken_after_the_message_was_sent():
    put()
    send_all()
    put()
    assert send_all() == 0
    assert len(Probe.given) == 1


def test_a_key_of_another_kind_is_refused():
    handler("test.other")(test_a_key_of_another_kind_is_refused)
    put()
    with pytest.raises(KeyTaken):
        put(kind="test.other")


def test_a_kind_that_nobody_deals_with_is_refused_at_once():
    with pytest.raises(UnknownKind):
        put(kind="test.nobody")


def test_a_kind_has_one_handler():
    with pytest.raises(ValueError, match="has a handler already"):
        handler(PROBE)(lambda message: None)


def test_a_payload_with_content_instead_of_ids_is_refused():
    with pytest.raises(PayloadTooLarge):
        put(payload={"story": "很长的话" * 500})


def test_a_message_goes_with_its_transaction():
    with transaction.atomic():
        put()
        transaction.set_rollback(True)
    assert OutboxMessage.objects.count() == 0


def test_a_message_for_later_waits_for_its_time(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as calls:
        put(not_before=timezone.now() + datetime.timedelta(hours=1))
    assert calls == []
    assert send_all() == 0


def test_the_worker_is_told_once_and_only_about_a_new_message(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as calls:
        put()
        put()
    assert len(calls) == 1


def test_many_are_written_with_few_statements_and_one_call(
    django_capture_on_commit_callbacks, django_assert_max_num_queries
):
    put("many:3")
    orders = [Order(key=f"many:{n}", payload={"n": n}) for n in range(1_000)]
    with django_capture_on_commit_callbacks() as calls, django_assert_max_num_queries(4):
        assert enqueue_many(kind=PROBE, orders=orders) == 999
    assert (len(calls), OutboxMessage.objects.count()) == (1, 1_000)


def test_many_of_nothing_is_nothing(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as calls:
        assert enqueue_many(kind=PROBE, orders=[]) == 0
    assert calls == []
