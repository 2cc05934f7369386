"""The emergency protocol of one child: declared, and its steps with who did them and when."""

from __future__ import annotations

import datetime
import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from screening.cases.enums import CRISIS_MOVES, CrisisState, CrisisStepKey
from screening.guards import stays
from xinqiao.accounts.visible import SeenThrough
from xinqiao.crypto.fields import EncryptedTextField


class CrisisRecord(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("school.School", models.PROTECT, related_name="crises")
    student = models.ForeignKey("school.Student", models.PROTECT, related_name="crises")
    state = models.CharField(_("State"), max_length=11, choices=CrisisState, default=CrisisState.DECLARED)
    declared_at = models.DateTimeField(_("Declared"))
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = SeenThrough.as_manager()
    seen_through = "case"

    class Meta:
        verbose_name = _("crisis")
        verbose_name_plural = _("crises")
        triggers = [
            pgtrigger.FSM(name="crisis_moves", field="state", transitions=CRISIS_MOVES),
            stays("crisis_is_whose_it_is", "school_id", "student_id", "declared_at", "declared_by_id", once="TRUE"),
            pgtrigger.Protect(name="crisis_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"crisis {self.pk}"


class CrisisStep(models.Model):
    """Attributes:
    done_at: when it happened; `written_at` when it was written down, so that a late entry is seen as one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    crisis = models.ForeignKey(CrisisRecord, models.PROTECT, related_name="steps")
    key = models.CharField(max_length=10, choices=CrisisStepKey)
    position = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField(_("Due"))
    done_at = models.DateTimeField(_("When it happened"), null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField(null=True, blank=True)
    note = EncryptedTextField(_("What was done"), blank=True)

    objects = SeenThrough.as_manager()
    seen_through = "crisis"

    class Meta:
        verbose_name = _("crisis step")
        verbose_name_plural = _("crisis steps")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["crisis", "key"], name="one_step_of_a_kind"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(done_by__isnull=False, written_at__isnull=False),
                name="step_says_who_and_when",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="done_step_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__done_at__isnull=False),
            ),
            pgtrigger.Protect(name="step_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"crisis step {self.pk}"

    def late_by(self, now: datetime.datetime) -> datetime.timedelta:
        """How far past its time it is, or was when it was done; negative while there is time left."""
        return (self.done_at or now) - self.due_at
