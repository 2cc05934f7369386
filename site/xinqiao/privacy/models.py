"""The school's own data for its notice; each notice as it was published; each impact assessment as it was signed off."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.access import Place, reach
from xinqiao.accounts.capabilities import Capability


class PrivacySettings(models.Model):
    """Who is responsible and whom a guardian may turn to."""

    school = models.OneToOneField("school.School", models.PROTECT, related_name="privacy_settings")
    officer = models.CharField(_("Person responsible for data protection"), max_length=40, blank=True)
    officer_duty = models.CharField(_("Their post"), max_length=40, blank=True)
    contact = models.CharField(_("How they are reached"), max_length=120, blank=True)
    address = models.CharField(_("Address of the school"), max_length=120, blank=True)
    complaints = models.CharField(_("Where to complain besides"), max_length=120, blank=True)
    processors = models.TextField(_("Who works on the school's behalf"), blank=True)
    more = models.TextField(_("What else guardians should know"), blank=True)

    class Meta:
        verbose_name = _("privacy settings")
        verbose_name_plural = _("privacy settings")

    def __str__(self) -> str:
        return f"privacy settings {self.pk}"

    def access_place(self) -> Place:
        return Place(school_id=self.school_id)


class _OfASchool(models.QuerySet):
    def visible_to(self, user):
        return self.filter(school__in=reach(user, Capability.MANAGE_PRIVACY).schools)


class PrivacyNotice(models.Model):
    """One version of the notice, with everything that stood in it on its day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("school.School", models.PROTECT, related_name="privacy_notices")
    number = models.PositiveSmallIntegerField(_("Version"))
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    change = models.CharField(_("What is different"), max_length=200, blank=True)
    content = models.JSONField()

    objects = _OfASchool.as_manager()

    class Meta:
        verbose_name = _("privacy notice")
        verbose_name_plural = _("privacy notices")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["school", "number"], name="one_notice_of_a_number")]
        triggers = [pgtrigger.Protect(name="notice_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"notice {self.number}"

    def access_place(self) -> Place:
        return Place(school_id=self.school_id)


class Conclusion(models.TextChoices):
    GO = "go", _("The processing may go on as it is")
    CONDITIONS = "conditions", _("It may go on once the named measures are taken")
    STOP = "stop", _("It does not go on")


class ImpactAssessment(models.Model):
    """A protection impact assessment: the school's words, its ratings, and the facts of the day on which it was signed off.

    Source: Personal Information Protection Law, Art. 55 and 56; kept for at least three years.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("school.School", models.PROTECT, related_name="impact_assessments")
    number = models.PositiveSmallIntegerField(_("Version"))
    version = models.PositiveIntegerField(default=1)
    words = models.JSONField(default=dict)
    ratings = models.JSONField(default=dict)
    conclusion = models.CharField(_("Conclusion"), max_length=10, choices=Conclusion, blank=True)
    next_review_on = models.DateField(_("Next review"), null=True, blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    facts = models.JSONField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = _OfASchool.as_manager()

    class Meta:
        verbose_name = _("impact assessment")
        verbose_name_plural = _("impact assessments")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["school", "number"], name="one_impact_assessment_of_a_number"),
            models.UniqueConstraint(
                fields=["school"], condition=Q(signed_at__isnull=True), name="one_draft_impact_assessment"
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True)
                | (Q(signed_by__isnull=False, facts__isnull=False, next_review_on__isnull=False) & ~Q(conclusion="")),
                name="signed_assessment_is_whole",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="signed_assessment_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__signed_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"impact assessment {self.number}"

    @property
    def signed(self) -> bool:
        return self.signed_at is not None

    def access_place(self) -> Place:
        return Place(school_id=self.school_id)
