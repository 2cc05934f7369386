"""Sending what waits: claim a row, act, write down how it went. Two workers never hold the same row at once."""

from __future__ import annotations

import datetime
import traceback
import uuid

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tasks.enums import OutboxState
from tasks.handlers import NoLongerNeeded, Permanent, Transient, UnknownKind, handler_of
from tasks.models import OutboxMessage

log = structlog.get_logger(__name__)

_MINUTE, _HOUR = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)
BACK_OFF = (_MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, 24 * _HOUR)
"""How long to wait after the first, second, ... failure. After one more the message is dead: about two days in all."""
MAX_TRIES = len(BACK_OFF) + 1

# When this many in a row say that the place itself is down, the rest of the sweep would only wait for time-outs.
_DOWN_IN_A_ROW = 3


def claims_last() -> datetime.timedelta:
    """How long a claim is believed. Longer than any task may run, so that its worker must be dead afterwards."""
    seconds = getattr(settings, "OUTBOX_CLAIM_SECONDS", settings.CELERY_TASK_TIME_LIMIT + 60)
    return datetime.timedelta(seconds=seconds)


def claim(message_id: uuid.UUID | str | None = None, *, now: datetime.datetime | None = None) -> OutboxMessage | None:
    """Take one message that is due (this one, or whichever is first); None when there is none to take.

    A row that another worker is just claiming is passed over, never waited for. One that has used up its tries with its
    workers dying is not given to a further one.
    """
    now = now or timezone.now()
    while True:
        with transaction.atomic():
            due = OutboxMessage.objects.claimable(now, claims_last())
            if message_id is not None:
                due = due.filter(pk=message_id)
            message = due.select_for_update(skip_locked=True, of=("self",)).order_by("next_try_at", "pk").first()
            if message is None:
                return None
            if message.tries < MAX_TRIES:
                message.state = OutboxState.SENDING
                message.tries += 1
                message.claimed_at, message.claim = now, uuid.uuid4()
                message.save(update_fields=["state", "tries", "claimed_at", "claim"])
                return message
            message.state = OutboxState.DEAD
            message.claimed_at = message.claim = None
            message.last_error = "WorkerLost: each worker that tried was stopped before it had finished"
            message.save(update_fields=["state", "claimed_at", "claim", "last_error"])
        log.error("outbox.dead", message_id=str(message.pk), kind=message.kind, tries=message.tries)


def deliver(message_id: uuid.UUID | str) -> OutboxState | None:
    """Send one message if it is there to be sent; how it ended, or None where there was nothing to do."""
    message = claim(message_id)
    return act(message)[0] if message is not None else None


def sweep(*, seconds: float = 200.0, now: datetime.datetime | None = None) -> int:
    """Send all that is due, one after the other, until none is left or the time is up; how many were tried.

    Each is claimed only when its turn comes: of a batch claimed beforehand the last ones could outlive their claim
    behind a slow mail server, and would be sent twice.
    """
    until = timezone.now() + datetime.timedelta(seconds=seconds)
    tried = down = 0
    while timezone.now() < until and down < _DOWN_IN_A_ROW:
        message = claim(now=now)
        if message is None:
            break
        tried += 1
        _state, place_is_down = act(message)
        down = down + 1 if place_is_down else 0
    return tried


def act(message: OutboxMessage) -> tuple[OutboxState, bool]:
    """Hand a claimed message to its handler and write down the outcome; the second says whether the place is down."""
    try:
        handler_of(message.kind)(message)
    except NoLongerNeeded:
        return _finish(message, OutboxState.DROPPED), False
    except Permanent as error:
        return _finish(message, OutboxState.DEAD, f"Permanent: {error}"), False
    except Transient as error:
        return _later(message, f"Transient: {error}"), error.place_is_down
    except UnknownKind:
        # During an update the old worker may meet a new kind: the new one will know it.
        return _later(message, f"UnknownKind: {message.kind}"), False
    except Exception as error:  # noqa: BLE001 - any mistake of a handler is written down and tried again
        return _later(message, _where(error)), False
    return _finish(message, OutboxState.SENT), False


def _later(message: OutboxMessage, error: str) -> OutboxState:
    if message.tries >= MAX_TRIES:
        return _finish(message, OutboxState.DEAD, error)
    return _finish(message, OutboxState.PENDING, error, wait=BACK_OFF[message.tries - 1])


def _finish(
    message: OutboxMessage, state: OutboxState, error: str = "", wait: datetime.timedelta | None = None
) -> OutboxState:
    """Write the outcome, if the claim is still ours."""
    now = timezone.now()
    changes = {
        "state": state,
        "claim": None,
        "claimed_at": None,
        "last_error": error[:300],
        "sent_at": now if state == OutboxState.SENT else None,
        "next_try_at": now + wait if wait else message.next_try_at,
    }
    ours = OutboxMessage.objects.filter(pk=message.pk, state=OutboxState.SENDING, claim=message.claim)
    if ours.update(**changes) != 1:
        log.warning("outbox.claim_lost", message_id=str(message.pk), kind=message.kind)
        return OutboxState.SENDING
    for name, value in changes.items():
        setattr(message, name, value)
    event = log.error if state == OutboxState.DEAD else log.warning if error else log.info
    event(f"outbox.{state}", message_id=str(message.pk), kind=message.kind, tries=message.tries, error=error or None)
    return state


def _where(error: Exception) -> str:
    """The kind of a mistake and its place in the code. Never its text, which may hold anything."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
