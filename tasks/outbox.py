"""Writing to the outbox, and trying a failed message again. What leaves a transaction goes through `enqueue`."""

from __future__ import annotations

import datetime
import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from tasks.enums import TRANSITIONS, OutboxState
from tasks.handlers import handler_of
from tasks.models import OutboxMessage
from tasks.wake import wake
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.audit.trail import record

if TYPE_CHECKING:
    from xinqiao.accounts.models import User

__all__ = ["KeyTaken", "NotDead", "NotInTransaction", "Order", "PayloadTooLarge", "enqueue", "enqueue_many", "retry"]

MAX_PAYLOAD_BYTES = 4_000


class NotInTransaction(RuntimeError):
    """`enqueue` was called outside of a transaction: the message and its reason must be written together."""


class KeyTaken(ValueError):
    """The key belongs to a message of another kind: keys start with what they are about."""


class PayloadTooLarge(ValueError):
    """The payload is more than ids: put the content into a row of its own and its id here."""


class NotDead(ValueError):
    """Only a message that has failed for good can be tried again."""


@dataclass(frozen=True)
class Order:
    """One message for `enqueue_many`."""

    key: str
    payload: dict[str, Any]
    recipient: User | None = None


def enqueue(
    *,
    kind: str,
    key: str,
    payload: dict[str, Any],
    recipient: User | None = None,
    not_before: datetime.datetime | None = None,
) -> OutboxMessage:
    """Write one message into the caller's transaction; it is sent after the commit.

    Args:
        kind: what is to be done; a function registered with `@handler(kind)` does it.
        key: what makes it unique for ever: kind, object, recipient, slot. A second call gives the first one's row.
        payload: JSON, ids only; no name, number or text of a child.
        recipient: the person whom it is for.
        not_before: send it then and not at once.

    Raises:
        NotInTransaction, UnknownKind, KeyTaken, PayloadTooLarge: each is a mistake in the calling code.
    """
    _check(kind, payload)
    now = timezone.now()
    message, created = OutboxMessage.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "payload": payload,
            "recipient": recipient,
            "created_at": now,
            "next_try_at": not_before or now,
        },
    )
    if message.kind != kind:
        raise KeyTaken(key)
    if created and (not_before is None or not_before <= now):
        transaction.on_commit(functools.partial(wake, "tasks.deliver", str(message.pk)), robust=True)
    return message


def enqueue_many(*, kind: str, orders: Iterable[Order]) -> int:
    """Write many messages of one kind with few statements and one wake-up call; how many were new."""
    orders = list(orders)
    for order in orders:
        _check(kind, order.payload)
    now = timezone.now()
    made = [
        OutboxMessage(
            kind=kind,
            key=order.key,
            payload=order.payload,
            recipient=order.recipient,
            created_at=now,
            next_try_at=now,
        )
        for order in orders
    ]
    OutboxMessage.objects.bulk_create(made, batch_size=2_000, ignore_conflicts=True)
    new = OutboxMessage.objects.filter(pk__in=[message.pk for message in made]).count() if made else 0
    if new:
        transaction.on_commit(functools.partial(wake, "tasks.sweep_outbox"), robust=True)
    return new


@transaction.atomic
def retry(*, message: OutboxMessage, by: User) -> OutboxMessage:
    """Give a failed message all its tries again.

    Raises:
        NotPermitted: looking after messages is not this person's duty.
        NotDead: it waits, is being sent, or has been dealt with.
    """
    require(by, Capability.READ_OUTBOX)
    message = OutboxMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    # From `sending` too there is a way back to waiting, but only the worker may take it.
    if message.state != OutboxState.DEAD or OutboxState.PENDING not in TRANSITIONS[OutboxState.DEAD]:
        raise NotDead(str(message.pk))
    message.state = OutboxState.PENDING
    message.tries = 0
    message.next_try_at = timezone.now()
    message.save(update_fields=["state", "tries", "next_try_at"])
    record(actor=by, action="outbox.retry", target=message, details={"kind": message.kind})
    transaction.on_commit(functools.partial(wake, "tasks.deliver", str(message.pk)), robust=True)
    return message


def _check(kind: str, payload: dict[str, Any]) -> None:
    if not connection.in_atomic_block:
        raise NotInTransaction(kind)
    handler_of(kind)
    if len(json.dumps(payload, ensure_ascii=False).encode()) > MAX_PAYLOAD_BYTES:
        raise PayloadTooLarge(kind)
