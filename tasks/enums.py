"""The states of an outbox message and the only ways between them: used by the functions, the database and the docs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutboxState(models.TextChoices):
    PENDING = "pending", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Failed")
    DROPPED = "dropped", _("No longer needed")


S = OutboxState

TRANSITIONS: dict[OutboxState, frozenset[OutboxState]] = {
    S.PENDING: frozenset({S.SENDING}),
    # Back to waiting after a passing failure; a dead worker's message is claimed again and stays `sending`.
    S.SENDING: frozenset({S.SENT, S.PENDING, S.DEAD, S.DROPPED}),
    S.SENT: frozenset(),
    # A person presses "try again".
    S.DEAD: frozenset({S.PENDING}),
    S.DROPPED: frozenset(),
}


def transition_pairs() -> list[tuple[str, str]]:
    """The table as pgtrigger's FSM takes it, always in one order so that no migration appears by itself."""
    return sorted((old.value, new.value) for old, news in TRANSITIONS.items() for new in news)
