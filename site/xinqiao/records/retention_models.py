"""What a school chose to keep for how long, who may not be erased, and each run of the schedule with what it was about to do."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.access import Place, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.crypto.fields import EncryptedTextField
from xinqiao.guards import stays, written
from xinqiao.records.enums import ITEM_MOVES, RUN_MOVES, ItemState, RunState

if TYPE_CHECKING:
    from xinqiao.accounts.models import User


class RetentionChoice(models.Model):
    """A school's own period for one class, within its bounds."""

    school = models.ForeignKey("school.School", models.PROTECT, related_name="+")
    klass = models.CharField(max_length=20)
    months = models.PositiveSmallIntegerField()
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("chosen period")
        verbose_name_plural = _("chosen periods")
        constraints = [models.UniqueConstraint(fields=["school", "klass"], name="one_period_a_school_and_class")]

    def __str__(self) -> str:
        return f"{self.klass}: {self.months}"


class HoldQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> HoldQuerySet:
        return self.filter(school__in=reach(user, Capability.MANAGE_PRIVACY).schools)

    def standing(self, day) -> HoldQuerySet:
        return self.filter(Q(until=None) | Q(until__gte=day), lifted_at=None)


class Hold(models.Model):
    """Nothing of this child is erased while it stands: a court case, a complaint, a guardian's wish."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("school.School", models.PROTECT, related_name="+")
    student = models.ForeignKey("school.Student", models.PROTECT, related_name="+")
    reason = EncryptedTextField(_("Why it has to stay"))
    until = models.DateField(_("Until"), null=True, blank=True)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(default=timezone.now)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ["-placed_at"]
        constraints = [
            models.UniqueConstraint(fields=["student"], condition=Q(lifted_at=None), name="one_hold_a_child"),
            models.CheckConstraint(condition=written("reason"), name="hold_says_why"),
        ]
        triggers = [
            stays("hold_stays", "school_id", "student_id", "reason", "until", "placed_by_id", "placed_at", once="TRUE"),
            pgtrigger.Protect(name="hold_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"

    def access_place(self) -> Place:
        return Place(school_id=self.school_id, student_id=self.student_id)


class RetentionRunQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> RetentionRunQuerySet:
        return self.filter(school__in=reach(user, Capability.MANAGE_PRIVACY).schools)


class RetentionRun(models.Model):
    """What the schedule found due on a day. It is shown until `acts_on`, or until somebody confirms it before.

    Attributes:
        counts: children by part, as it was shown.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("school.School", models.PROTECT, related_name="+")
    state = models.CharField(_("State"), max_length=8, choices=RunState, default=RunState.PROPOSED)
    made_at = models.DateTimeField(default=timezone.now)
    acts_on = models.DateField(_("Acts on"))
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)

    objects = RetentionRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("retention run")
        verbose_name_plural = _("retention runs")
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(fields=["school"], condition=~Q(state="done"), name="one_retention_run_at_a_time"),
        ]
        triggers = [
            pgtrigger.FSM(name="retention_run_moves", field="state", transitions=RUN_MOVES),
            stays("retention_run_stays", "school_id", "made_at", "acts_on", "counts", once="TRUE"),
            pgtrigger.Protect(name="retention_run_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"retention run {self.pk}"

    def access_place(self) -> Place:
        return Place(school_id=self.school_id)


class RetentionItem(models.Model):
    """One part of one child's file that is due, and since when."""

    run = models.ForeignKey(RetentionRun, models.PROTECT, related_name="items")
    student = models.ForeignKey("school.Student", models.PROTECT, related_name="+")
    part = models.CharField(max_length=30)
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=ItemState, default=ItemState.PENDING)
    rows = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("part that is due")
        verbose_name_plural = _("parts that are due")
        constraints = [models.UniqueConstraint(fields=["run", "student", "part"], name="one_item_a_child_and_part")]
        triggers = [
            pgtrigger.FSM(name="retention_item_moves", field="state", transitions=ITEM_MOVES),
            stays("retention_item_stays", "run_id", "part", "due_on", once="TRUE"),
            pgtrigger.Protect(name="retention_item_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"retention item {self.pk}"
