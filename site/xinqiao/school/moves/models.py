"""One act that put children into other classes, in or out of the school: what it did, so that it can be taken back."""

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

from xinqiao.accounts.access import Place, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.crypto.fields import EncryptedTextField

if TYPE_CHECKING:
    from xinqiao.accounts.models import User

UNDO_DAYS = 30
"""For so long after it was made, or after its own day if that is later, a move can be taken back."""


class MoveKind(models.TextChoices):
    JOIN = "join", _("Joined the school")
    CHANGE = "change", _("Changed class")
    LEAVE = "leave", _("Left the school")
    RETURN = "return", _("Came back")
    MERGE = "merge", _("Classes were merged")
    SPLIT = "split", _("Class was split")
    ROLL_OVER = "roll_over", _("School year moved up")


class LeaveReason(models.TextChoices):
    MOVED_AWAY = "moved_away", pgettext_lazy("why a child left", "Moved to another school")
    SUSPENDED = "suspended", pgettext_lazy("why a child left", "Schooling suspended; will come back")
    GRADUATED = "graduated", pgettext_lazy("why a child left", "Finished the sixth grade")
    OTHER = "other", pgettext_lazy("why a child left", "Another reason")


class MoveQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> MoveQuerySet:
        """A child's way through the classes is one of its basic facts."""
        children = reach(user, Capability.READ_FACTS).students_q(timezone.localdate(), "student__")
        return self.filter(children).distinct()

    def managed_by(self, user: User) -> MoveQuerySet:
        """Moves in the schools whose directory this person keeps."""
        return self.filter(school__in=reach(user, Capability.MANAGE_DIRECTORY).schools)

    def standing(self) -> MoveQuerySet:
        """Those that were not taken back."""
        return self.filter(undone_at=None)


class Move(models.Model):
    """Enrolments name the move that began and the one that ended them; `undo_facts` has what is not an enrolment."""

    school = models.ForeignKey("school.School", models.PROTECT, related_name="+")
    kind = models.CharField(_("Kind"), max_length=10, choices=MoveKind)
    # The first day on which the new state holds.
    on = models.DateField(pgettext_lazy("first day", "From"))
    # Of a child entered by mistake the record may go again; the act stays.
    student = models.ForeignKey("school.Student", models.SET_NULL, null=True, blank=True, related_name="moves")
    from_class = models.ForeignKey("school.SchoolClass", models.PROTECT, null=True, blank=True, related_name="+")
    to_class = models.ForeignKey("school.SchoolClass", models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("Reason"), max_length=10, choices=LeaveReason, blank=True)
    # Of a roll-over: the year in which the school year begins.
    school_year = models.PositiveSmallIntegerField(_("School year"), null=True, blank=True)
    children = models.PositiveIntegerField(_("children concerned"), default=0)
    undo_facts = models.JSONField(default=dict)
    made_at = models.DateTimeField(_("When"), default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(_("Taken back"), null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = MoveQuerySet.as_manager()

    class Meta:
        verbose_name = _("move")
        verbose_name_plural = _("moves")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "school_year"],
                condition=Q(kind=MoveKind.ROLL_OVER, undone_at=None),
                name="one_roll_over_a_school_year",
            ),
            models.CheckConstraint(condition=Q(kind__in=MoveKind.values), name="move_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind=MoveKind.ROLL_OVER, school_year__isnull=False)
                | (~Q(kind=MoveKind.ROLL_OVER) & Q(school_year__isnull=True)),
                name="roll_over_has_a_school_year",
            ),
            models.CheckConstraint(
                condition=~Q(kind=MoveKind.LEAVE) | Q(reason__in=LeaveReason.values), name="leaving_has_a_reason"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="move_is_not_rewritten",
                fields=[
                    "school",
                    "kind",
                    "on",
                    "from_class",
                    "to_class",
                    "reason",
                    "school_year",
                    "made_at",
                    "made_by",
                ],
            ),
            pgtrigger.Protect(
                name="move_is_taken_back_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__undone_at__isnull=False)
                & pgtrigger.Q(old__undone_at__df=pgtrigger.F("new__undone_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"move {self.pk}"

    def access_place(self) -> Place:
        return Place(school_id=self.school_id)

    @property
    def undo_until(self) -> datetime.date:
        """The last day on which it can be taken back."""
        made_on = timezone.localdate(self.made_at)
        return max(made_on, self.on) + datetime.timedelta(days=UNDO_DAYS)


class Restriction(models.Model):
    """That a court restricts a guardian's contact with a child: since when, by whom entered, why, and when it ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guardianship = models.ForeignKey("school.Guardianship", models.CASCADE, related_name="restrictions")
    reason = EncryptedTextField(_("Decision"))
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    lifted_because = EncryptedTextField(_("Why it ended"), blank=True)

    class Meta:
        verbose_name = _("restriction of a guardian")
        verbose_name_plural = _("restrictions of guardians")
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["guardianship"], condition=Q(lifted_at=None), name="one_standing_restriction"
            ),
        ]

    def __str__(self) -> str:
        return f"restriction {self.pk}"
