"""A child's identity number, apart from the child's own row so that no list ever reads it; and whether a school keeps any."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.access import Place, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.crypto.fields import EncryptedTextField
from xinqiao.crypto.index import BlindIndexField, KeepsIndexes
from xinqiao.identities.numbers import normal_number


class IdentityPolicyQuerySet(models.QuerySet):
    def visible_to(self, user) -> IdentityPolicyQuerySet:
        return self.filter(school__in=reach(user, Capability.READ_IDENTITY).schools)


class IdentityPolicy(models.Model):
    """Whether a school keeps identity numbers, and what for. Without a row it does not."""

    school = models.OneToOneField("school.School", models.PROTECT, related_name="+", primary_key=True)
    kept = models.BooleanField(_("Identity numbers are kept"), default=False)
    purpose = models.CharField(_("What they are needed for"), max_length=200, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    objects = IdentityPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision about identity numbers")
        verbose_name_plural = _("decisions about identity numbers")
        constraints = [models.CheckConstraint(condition=Q(kept=False) | ~Q(purpose=""), name="kept_says_what_for")]

    def __str__(self) -> str:
        return f"identity policy {self.pk}"


class IdentityNumberQuerySet(models.QuerySet):
    def visible_to(self, user) -> IdentityNumberQuerySet:
        return self.filter(student__school__in=reach(user, Capability.READ_IDENTITY).schools)


class IdentityNumber(KeepsIndexes):
    """One child's number. Found by equality alone, through a keyed fingerprint."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    student = models.OneToOneField("school.Student", models.PROTECT, related_name="+")
    number = EncryptedTextField(_("Identity number"))
    number_index = BlindIndexField(of="number", normal=normal_number)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    objects = IdentityNumberQuerySet.as_manager()

    class Meta:
        verbose_name = _("identity number")
        verbose_name_plural = _("identity numbers")

    def __str__(self) -> str:
        return f"identity {self.pk}"

    def access_place(self) -> Place:
        return self.student.access_place()
