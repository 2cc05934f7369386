"""The outbox: one row for each thing that must leave a transaction, written inside of that transaction."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tasks.enums import OutboxState, transition_pairs
from xinqiao.accounts.access import may
from xinqiao.accounts.capabilities import Capability

if TYPE_CHECKING:
    from xinqiao.accounts.models import User


class OutboxQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> OutboxQuerySet:
        """Everything for whoever looks after messages, nothing for others."""
        return self if may(user, Capability.READ_OUTBOX) else self.none()

    def claimable(self, now: datetime.datetime, claims_last: datetime.timedelta) -> OutboxQuerySet:
        """Those whose time has come, and those whose worker must have died.

        A claim from the future is a dead one too: the clock has been put back since.
        """
        return self.filter(
            Q(state=OutboxState.PENDING, next_try_at__lte=now)
            | Q(state=OutboxState.SENDING, claimed_at__lte=now - claims_last)
            | Q(state=OutboxState.SENDING, claimed_at__gt=now + claims_last)
        )


class OutboxMessage(models.Model):
    """One thing to do outside of the database: a mail, a file. Its payload holds ids, never a child's data."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(pgettext_lazy("message", "Kind"), max_length=60)
    key = models.CharField(pgettext_lazy("message", "Key"), max_length=200, unique=True)
    payload = models.JSONField(default=dict)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Recipient"),
    )
    state = models.CharField(_("State"), max_length=8, choices=OutboxState, default=OutboxState.PENDING)
    tries = models.PositiveSmallIntegerField(_("Tries"), default=0)
    next_try_at = models.DateTimeField(_("Next try"), default=timezone.now)
    claimed_at = models.DateTimeField(_("Claimed"), null=True, blank=True)
    # Whose claim it is. A worker thought dead that wakes up finds another's token here and changes nothing.
    claim = models.UUIDField(null=True, blank=True, editable=False)
    last_error = models.CharField(_("Last error"), max_length=300, blank=True)
    created_at = models.DateTimeField(pgettext_lazy("message", "Created"), default=timezone.now)
    sent_at = models.DateTimeField(_("Sent"), null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="pending"), name="outbox_due"),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="outbox_claimed"),
            models.Index(fields=["state", "-created_at"], name="outbox_by_state"),
            models.Index(fields=["-created_at"], name="outbox_newest"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=OutboxState.values), name="outbox_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="sending", claim__isnull=False, claimed_at__isnull=False)
                | (~Q(state="sending") & Q(claim__isnull=True, claimed_at__isnull=True)),
                name="outbox_claimed_while_sending",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="outbox_sent_has_a_time",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="outbox_states", field="state", transitions=transition_pairs()),
            pgtrigger.ReadOnly(name="outbox_fixed", fields=["kind", "key", "payload", "created_at"]),
            # The key is unique for ever: a row that went would let the same reminder be made again.
            pgtrigger.Protect(name="outbox_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
