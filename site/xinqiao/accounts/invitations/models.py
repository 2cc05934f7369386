"""An invitation of a child's guardians, and who came by it. The code itself is on paper only."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xinqiao.accounts.access import Place, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.crypto.fields import EncryptedTextField

if TYPE_CHECKING:
    from xinqiao.accounts.models import User

WRONG_TRIES = 5
"""After so many wrong answers the invitation is dead: the child's teacher makes a new one."""
PLACES_ON_PAPER = 2
"""Both parents read one letter at one table."""


class InvitationHow(models.TextChoices):
    PAPER = "paper", _("Letter")
    MAIL = "mail", pgettext_lazy("invitation by", "E-mail")


class InvitationState(models.TextChoices):
    """Follows from the columns and the clock; in this order, the first that fits."""

    REVOKED = "revoked", pgettext_lazy("invitation", "Taken back")
    DEAD = "dead", pgettext_lazy("invitation", "Closed after wrong tries")
    USED = "used", pgettext_lazy("invitation", "Used")
    EXPIRED = "expired", pgettext_lazy("invitation", "Expired")
    OPEN = "open", pgettext_lazy("invitation", "Open")


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> InvitationQuerySet:
        """The same as `within`, by the name that every queryset has."""
        return self.within(user)

    def within(self, user: User) -> InvitationQuerySet:
        """Of the children whose guardians this person may invite."""
        extent = reach(user, Capability.INVITE_GUARDIANS)
        return self.filter(extent.students_q(timezone.localdate(), "student__"))

    def open(self, now: datetime.datetime | None = None) -> InvitationQuerySet:
        """By which somebody can still join."""
        return self.unclosed().filter(expires_at__gt=now or timezone.now())

    def unclosed(self) -> InvitationQuerySet:
        """Neither taken back, nor closed after wrong tries, nor used up; it may have expired."""
        return self.filter(revoked_at=None, wrong_tries__lt=WRONG_TRIES, used__lt=F("places"))


class Invitation(models.Model):
    """One child's, by one letter or mail. Made anew with each printing; the old one is taken back then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    student = models.ForeignKey("school.Student", models.PROTECT, related_name="invitations")
    how = models.CharField(_("Way"), max_length=5, choices=InvitationHow)
    # The letters that were made in one go.
    printing = models.UUIDField(null=True, blank=True, db_index=True)
    # Empty while a mail waits for the worker, who makes the code.
    code_mark = models.CharField(max_length=32, blank=True, default="", editable=False)
    places = models.PositiveSmallIntegerField(default=PLACES_ON_PAPER)
    used = models.PositiveSmallIntegerField(default=0)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    # Until the mail is out.
    address = EncryptedTextField(_("E-mail"), blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(_("Good until"))
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation of guardians")
        verbose_name_plural = _("invitations of guardians")
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["code_mark"], condition=~Q(code_mark=""), name="invitation_code_is_one_childs"
            ),
            models.CheckConstraint(condition=Q(used__lte=F("places")), name="invitation_has_so_many_places"),
            models.CheckConstraint(condition=Q(places__range=(1, PLACES_ON_PAPER)), name="invitation_places"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="invitation_expires_later"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="invitation_is_for_one_child", fields=["student", "how", "places", "made_by", "made_at"]
            ),
            pgtrigger.Protect(
                name="invitation_taken_back_stays_so",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__revoked_at__isnull=False)
                & (
                    pgtrigger.Q(new__revoked_at__isnull=True)
                    | pgtrigger.Q(old__used__df=pgtrigger.F("new__used"))
                    | pgtrigger.Q(old__code_mark__df=pgtrigger.F("new__code_mark"))
                ),
            ),
            pgtrigger.Protect(
                name="invitation_tries_are_not_forgotten",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__wrong_tries__lt=pgtrigger.F("old__wrong_tries")),
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    def access_place(self) -> Place:
        return self.student.access_place()

    def state_at(self, now: datetime.datetime) -> InvitationState:
        if self.revoked_at is not None:
            return InvitationState.REVOKED
        if self.wrong_tries >= WRONG_TRIES:
            return InvitationState.DEAD
        if self.used >= self.places:
            return InvitationState.USED
        return InvitationState.EXPIRED if self.expires_at <= now else InvitationState.OPEN

    @property
    def state(self) -> InvitationState:
        return self.state_at(timezone.now())


class Joining(models.Model):
    """That a guardian's account was bound to a child by an invitation."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="joinings")
    # Of an erased guardian nothing stays but that somebody joined.
    guardian = models.ForeignKey("school.Guardian", models.SET_NULL, null=True, related_name="joinings")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("guardian who joined")
        verbose_name_plural = _("guardians who joined")
        constraints = [
            models.UniqueConstraint(fields=["invitation", "guardian"], name="a_guardian_joins_once_by_an_invitation")
        ]

    def __str__(self) -> str:
        return f"joining {self.pk}"
