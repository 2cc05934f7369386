"""Break-glass: one person may read one child's story for an hour, in an emergency, in the sight of others.

The row is the permission: `accounts.access` asks for it, and nothing of it can be changed but its early end.
"""

from __future__ import annotations

import datetime
import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.access import Place, opened_to, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.crypto.fields import EncryptedTextField
from xinqiao.guards import stays, written

AN_HOUR = datetime.timedelta(hours=1)


class Emergency(models.TextChoices):
    """Why it cannot wait for those whose duty it is."""

    UNREACHABLE = "away", _("A child may be in danger, and no counselor can be reached")
    HOSPITAL = "hospital", _("A hospital or the police asks at once about a child in their care")
    MISSING = "missing", _("A child is missing")
    OTHER = "other", _("Something else that endangers a child")


class BreakGlassQuerySet(models.QuerySet):
    def visible_to(self, user) -> BreakGlassQuerySet:
        """One's own while the duty stands under which it was opened, and those that one is told of."""
        return self.filter(
            Q(user=user.pk, school__in=reach(user, Capability.BREAK_GLASS).schools)
            | Q(school__in=reach(user, Capability.WATCH_BREAK_GLASS).schools)
        )

    def watched_by(self, user) -> BreakGlassQuerySet:
        """Those of others, at the schools where this person is told."""
        return self.filter(school__in=reach(user, Capability.WATCH_BREAK_GLASS).schools).exclude(user=user.pk)

    def not_seen_by(self, user) -> BreakGlassQuerySet:
        """Those that this person is told of and has not acknowledged."""
        return self.watched_by(user).exclude(seen__person=user.pk)

    def live(self, now: datetime.datetime) -> BreakGlassQuerySet:
        return self.filter(ended_at=None, starts_at__lte=now, ends_at__gt=now)


class BreakGlass(models.Model):
    """Attributes:
    reason: what the person wrote; read by those who are told, never mailed.
    ends_at: at most an hour after the start; the database holds it to that.
    ended_at: before its hour was over, by `ended_by`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="break_glass")
    school = models.ForeignKey("school.School", models.PROTECT, related_name="+")
    student = models.ForeignKey("school.Student", models.PROTECT, related_name="+")
    kind = models.CharField(_("What has happened"), max_length=8, choices=Emergency)
    reason = EncryptedTextField(_("Reason"))
    starts_at = models.DateTimeField(_("From"))
    ends_at = models.DateTimeField(_("Until"))
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        verbose_name = _("emergency reading")
        verbose_name_plural = _("emergency readings")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")) & Q(ends_at__lte=F("starts_at") + AN_HOUR),
                name="break_glass_lasts_an_hour",
            ),
            models.CheckConstraint(condition=written("reason"), name="break_glass_says_why"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="break_glass_ended_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["school", "starts_at"])]
        triggers = [
            stays(
                "break_glass_stays_as_given",
                *("user_id", "school_id", "student_id", "kind", "reason", "starts_at", "ends_at"),
                once="TRUE",
            ),
            stays("break_glass_ends_once", "ended_at", "ended_by_id", once="OLD.ended_at IS NOT NULL"),
            pgtrigger.Protect(name="break_glass_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"break-glass {self.pk}"

    def access_place(self) -> Place:
        return Place(school_id=self.school_id, student_id=self.student_id, owner_id=self.user_id)

    @property
    def over_at(self) -> datetime.datetime:
        """When reading ended, or will end."""
        return self.ended_at or self.ends_at

    def is_live(self, now: datetime.datetime) -> bool:
        return self.ended_at is None and self.starts_at <= now < self.ends_at

    def reads_now(self, user) -> bool:
        """Whether it opens the story for this person at this moment: theirs, live, and their duty still stands."""
        return any(each.pk == self.pk for each in opened_to(user))


class BreakGlassSeenQuerySet(models.QuerySet):
    def visible_to(self, user) -> BreakGlassSeenQuerySet:
        return self.filter(break_glass__in=BreakGlass.objects.visible_to(user))


class BreakGlassSeen(models.Model):
    """Somebody who was told has looked at it; kept for good."""

    break_glass = models.ForeignKey(BreakGlass, models.PROTECT, related_name="seen")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    objects = BreakGlassSeenQuerySet.as_manager()

    class Meta:
        verbose_name = _("emergency reading seen")
        verbose_name_plural = _("emergency readings seen")
        constraints = [models.UniqueConstraint(fields=["break_glass", "person"], name="break_glass_seen_once")]
        triggers = [
            pgtrigger.Protect(name="break_glass_seen_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"seen {self.break_glass_id}"
