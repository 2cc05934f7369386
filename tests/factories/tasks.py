"""The outbox in tests: messages in each state, a handler that does what it is told, and "everything is sent now"."""

import datetime
import uuid
from collections.abc import Callable

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from tasks.deliver import sweep
from tasks.enums import OutboxState
from tasks.handlers import handler
from tasks.models import OutboxMessage

PROBE = "test.probe"


class Probe:
    """What the probe's handler does next, and which messages it was given."""

    given: list[uuid.UUID] = []
    act: Callable[[OutboxMessage], None] = staticmethod(lambda message: None)

    @classmethod
    def reset(cls) -> None:
        cls.given = []
        cls.act = staticmethod(lambda message: None)

    @classmethod
    def raising(cls, error: Exception) -> None:
        def act(message: OutboxMessage) -> None:
            raise error

        cls.act = staticmethod(act)


@handler(PROBE)
def probe(message: OutboxMessage) -> None:
    Probe.given.append(message.pk)
    Probe.act(message)


class OutboxMessageFactory(DjangoModelFactory):
    """A message as `enqueue` writes it; with `state=`, with what belongs to that state."""

    class Meta:
        model = OutboxMessage

    kind = PROBE
    key = factory.Sequence(lambda n: f"probe:{n}")
    payload = factory.LazyFunction(dict)
    claim = factory.LazyAttribute(lambda m: uuid.uuid4() if m.state == OutboxState.SENDING else None)
    claimed_at = factory.LazyAttribute(lambda m: timezone.now() if m.state == OutboxState.SENDING else None)
    sent_at = factory.LazyAttribute(lambda m: timezone.now() if m.state == OutboxState.SENT else None)
    tries = factory.LazyAttribute(lambda m: 0 if m.state == OutboxState.PENDING else 1)
    state = OutboxState.PENDING
    next_try_at = factory.LazyFunction(lambda: timezone.now() - datetime.timedelta(seconds=1))


def send_all() -> int:
    """What the worker would do: everything that is due goes out (mail into `django.core.mail.outbox`)."""
    return sweep()
