"""Certificates: issuing one for a passed course, revoking, and letting them age. Facts are frozen and fingerprinted."""

from __future__ import annotations

import calendar
import datetime
import hashlib
import json
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from tasks.mail import queue_mail
from training.codes import new_code
from training.enrol import move_enrolment
from training.enums import CertificateState, EnrolmentState
from training.errors import AlreadyRevoked, NotPassed
from training.models.certificates import Certificate
from training.models.learning import CourseEnrolment
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.audit.trail import record

if TYPE_CHECKING:
    from xinqiao.accounts.models import User

TEMPLATE_REVISION = "2026-1"
"""Which layout a certificate is printed with, for ever: a new layout is a new template beside the old one."""

FACTS = (
    "code",
    "holder_name",
    "course_title",
    "school_name",
    "score",
    "issued_on",
    "valid_until",
    "template_revision",
)


def add_months(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months later, or that month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def fingerprint(certificate: Certificate) -> str:
    """SHA-256 over the facts as canonical JSON."""
    facts = {name: getattr(certificate, name) for name in FACTS}
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def is_genuine(certificate: Certificate) -> bool:
    """Whether the row still says what was fingerprinted when it was issued."""
    return fingerprint(certificate) == certificate.digest


@transaction.atomic
def certify(
    *, enrolment: CourseEnrolment, score: int, now: datetime.datetime | None = None, tell: bool = True
) -> Certificate:
    """Issue the certificate of a passed cycle, and queue it by mail. Called again, it gives back the same one.

    The dates run from the moment of passing. An older certificate of the same course is marked as replaced and stays.

    Raises:
        NotPassed: the cycle is not passed.
    """
    now = now or timezone.now()
    enrolment = (
        CourseEnrolment.objects.select_for_update(of=("self",))
        .select_related("course", "school", "person")
        .get(pk=enrolment.pk)
    )
    existing = Certificate.objects.filter(enrolment=enrolment).first()
    if existing is not None:
        return existing
    if enrolment.state != EnrolmentState.PASSED:
        raise NotPassed
    issued_on = timezone.localdate(now)
    certificate = Certificate(
        enrolment=enrolment,
        person=enrolment.person,
        course=enrolment.course,
        cycle=enrolment.cycle,
        code=new_code(),
        holder_name=str(enrolment.person),
        course_title=enrolment.course.title,
        school_name=enrolment.school.name,
        score=score,
        issued_on=issued_on,
        valid_until=add_months(issued_on, enrolment.course.validity_months),
        template_revision=TEMPLATE_REVISION,
        issued_at=now,
    )
    certificate.digest = fingerprint(certificate)
    certificate.save(force_insert=True)
    move_enrolment(enrolment=enrolment, to=EnrolmentState.CERTIFIED)
    Certificate.objects.filter(
        person=enrolment.person, course=enrolment.course, cycle__lt=enrolment.cycle, state=CertificateState.ISSUED
    ).update(state=CertificateState.RENEWED)
    record(
        actor=enrolment.person,
        action="training.certify",
        target=certificate,
        details={"course": enrolment.course_id, "cycle": enrolment.cycle, "score": score},
    )
    if tell:
        queue_mail(
            template="training/certificate",
            to=enrolment.person,
            key=f"training.certificate:{certificate.pk}",
            context={
                "course": certificate.course_title,
                "score": score,
                "valid_until": certificate.valid_until.isoformat(),
                "path": reverse("training:certificate", args=[certificate.pk]),
            },
            attachments=[("training.certificate", {"certificate": str(certificate.pk)})],
        )
    return certificate


@transaction.atomic
def revoke(*, certificate: Certificate, by: User, reason: str, now: datetime.datetime | None = None) -> Certificate:
    """Take a certificate back, with a reason that is kept. The course opens again for its holder as a new cycle.

    Raises:
        AlreadyRevoked: somebody did so before.
        ValueError: no reason was given.
    """
    enrolment = CourseEnrolment.objects.select_for_update().get(pk=certificate.enrolment_id)
    certificate = Certificate.objects.select_for_update().get(pk=certificate.pk)
    require(by, Capability.MANAGE_TRAINING, enrolment)
    if certificate.state == CertificateState.REVOKED:
        raise AlreadyRevoked
    if not reason.strip():
        raise ValueError("a revocation says why")
    certificate.state = CertificateState.REVOKED
    certificate.revoked_at = now or timezone.now()
    certificate.revoked_by = by
    certificate.revoked_reason = reason.strip()
    certificate.save(update_fields=["state", "revoked_at", "revoked_by", "revoked_reason"])
    if enrolment.state in (EnrolmentState.CERTIFIED, EnrolmentState.EXPIRING):
        move_enrolment(enrolment=enrolment, to=EnrolmentState.EXPIRED)
    record(actor=by, action="training.revoke", target=certificate, details={"cycle": certificate.cycle})
    return certificate


def age_certificates(today: datetime.date | None = None) -> dict[str, int]:
    """Move enrolments on whose certificate ends soon or has ended. Running it again, or days late, is the same."""
    today = today or timezone.localdate()
    moved = {EnrolmentState.EXPIRING.value: 0, EnrolmentState.EXPIRED.value: 0}
    states = (EnrolmentState.CERTIFIED, EnrolmentState.EXPIRING)
    rows = CourseEnrolment.objects.filter(state__in=states).values_list(
        "pk", "certificate__valid_until", "course__renewal_days"
    )
    near = [pk for pk, until, renewal_days in rows if (until - today).days <= renewal_days]
    for pk in near:
        with transaction.atomic():
            enrolment = (
                CourseEnrolment.objects.select_for_update(of=("self",), skip_locked=True)
                .select_related("course", "certificate")
                .filter(pk=pk, state__in=states)
                .first()
            )
            if enrolment is None:
                continue
            left = (enrolment.certificate.valid_until - today).days
            if left < 0:
                to = EnrolmentState.EXPIRED
            elif left <= enrolment.course.renewal_days and enrolment.state == EnrolmentState.CERTIFIED:
                to = EnrolmentState.EXPIRING
            else:
                continue
            move_enrolment(enrolment=enrolment, to=to)
            record(actor=None, action="training.age", target=enrolment, details={"to": to.value})
            moved[to.value] += 1
    return moved
