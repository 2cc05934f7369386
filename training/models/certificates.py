"""Certificates: what one says is frozen the moment it is issued. Later edits and deletions cannot reach it."""

from __future__ import annotations

import datetime
import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from training.enums import CERTIFICATE_MOVES, CertificateState
from xinqiao.accounts.access import Place, reach
from xinqiao.accounts.capabilities import Capability

FROZEN = [
    "person",
    "course",
    "enrolment",
    "cycle",
    "code",
    "holder_name",
    "course_title",
    "school_name",
    "score",
    "issued_on",
    "valid_until",
    "template_revision",
    "digest",
    "issued_at",
]


class CertificateQuerySet(models.QuerySet):
    def visible_to(self, user) -> CertificateQuerySet:
        """A learner's own."""
        return self.filter(person=user) if reach(user, Capability.LEARN).own else self.none()

    def managed_by(self, user) -> CertificateQuerySet:
        """Those that a training manager may revoke."""
        return self.filter(enrolment__school__in=reach(user, Capability.MANAGE_TRAINING).schools)

    def valid_on(self, day: datetime.date) -> CertificateQuerySet:
        """In force on the day. A replaced one still is: renewal adds, it does not take away."""
        return self.filter(issued_on__lte=day, valid_until__gte=day).exclude(state=CertificateState.REVOKED)


class Certificate(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.OneToOneField("training.CourseEnrolment", models.PROTECT, related_name="certificate")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="certificates")
    course = models.ForeignKey("training.CoursePage", models.PROTECT, related_name="certificates")
    cycle = models.PositiveSmallIntegerField()
    code = models.CharField(_("Code"), max_length=20, unique=True)
    state = models.CharField(
        _("State"), max_length=8, choices=CertificateState, default=CertificateState.ISSUED, editable=False
    )
    holder_name = models.CharField(pgettext_lazy("training", "Name"), max_length=40)
    course_title = models.CharField(_("Course"), max_length=255)
    school_name = models.CharField(_("School"), max_length=80)
    score = models.PositiveSmallIntegerField(_("Score"))
    issued_on = models.DateField(_("Issued on"))
    valid_until = models.DateField(_("Valid until"))
    template_revision = models.CharField(max_length=12)
    digest = models.CharField(_("Fingerprint"), max_length=64)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_reason = models.CharField(_("Reason"), max_length=200, blank=True)

    objects = CertificateQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(fields=["person", "course", "cycle"], name="one_certificate_a_cycle"),
            models.CheckConstraint(condition=Q(valid_until__gt=F("issued_on")), name="certificate_valid_after_issue"),
            models.CheckConstraint(
                condition=Q(state=CertificateState.REVOKED, revoked_at__isnull=False, revoked_by__isnull=False)
                & ~Q(revoked_reason="")
                | ~Q(state=CertificateState.REVOKED) & Q(revoked_at__isnull=True, revoked_by__isnull=True),
                name="revoked_says_when_who_why",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="certificate_moves", field="state", transitions=CERTIFICATE_MOVES),
            pgtrigger.Protect(
                name="certificate_starts_issued",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__state__df=CertificateState.ISSUED),
            ),
            pgtrigger.ReadOnly(name="certificate_frozen", fields=FROZEN),
            pgtrigger.Protect(name="certificate_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"certificate {self.pk}"

    def access_place(self) -> Place:
        return self.enrolment.access_place()
