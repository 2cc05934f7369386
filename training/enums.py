"""The states of training's records, their allowed moves, and the named sets beside them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EnrolmentState(models.TextChoices):
    ENROLLED = "enrolled", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    FAILED = "failed", _("Quiz not passed yet")
    PASSED = "passed", _("Passed")
    CERTIFIED = "certified", _("Certified")
    EXPIRING = "expiring", _("Expiring soon")
    EXPIRED = "expired", _("Expired")


_S = EnrolmentState

ENROLMENT_MOVES: list[tuple[str, str]] = [
    (_S.ENROLLED, _S.IN_PROGRESS),
    (_S.IN_PROGRESS, _S.FAILED),
    (_S.IN_PROGRESS, _S.PASSED),
    (_S.FAILED, _S.PASSED),
    (_S.PASSED, _S.CERTIFIED),
    (_S.CERTIFIED, _S.EXPIRING),
    (_S.CERTIFIED, _S.EXPIRED),  # revoked, or the daily job missed the weeks between
    (_S.EXPIRING, _S.EXPIRED),
]
"""Used by `move_enrolment`, by the database's own trigger, and by the tests."""

OPEN_STATES = (_S.ENROLLED, _S.IN_PROGRESS, _S.FAILED)
"""Still to be done: these have a due date that counts."""

CERTIFIED_STATES = (_S.CERTIFIED, _S.EXPIRING)
"""A certificate was issued in this cycle and has not run out."""

RENEWABLE_STATES = (_S.EXPIRING, _S.EXPIRED)
"""A new cycle may begin; the old one stays as it is."""


class CertificateState(models.TextChoices):
    ISSUED = "issued", _("Issued")
    RENEWED = "renewed", _("Replaced by a newer one")
    REVOKED = "revoked", _("Revoked")


CERTIFICATE_MOVES: list[tuple[str, str]] = [
    (CertificateState.ISSUED, CertificateState.RENEWED),
    (CertificateState.ISSUED, CertificateState.REVOKED),
    (CertificateState.RENEWED, CertificateState.REVOKED),
]


class QuestionKind(models.TextChoices):
    SINGLE = "single", _("Single choice")
    MULTIPLE = "multiple", _("Multiple choice")
    TRUE_FALSE = "true_false", _("True or false")


class DueRule(models.TextChoices):
    AFTER_ENROLMENT = "after_enrolment", _("A number of days after enrolment")
    FIXED_DATE = "fixed_date", _("On one date for everybody")
