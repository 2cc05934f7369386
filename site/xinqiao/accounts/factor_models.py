"""Second factors at rest, and the question "is this really the person?" that an administrator's act leaves open."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xinqiao.crypto.fields import EncryptedTextField


class FactorSecret(models.Model):
    """What an authenticator app shares with us, or what recovery codes are made from: sealed, and bound to its person.

    allauth keeps the key of this row where it would keep the secret, so that a change of keys reaches it like every other column.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    text = EncryptedTextField()

    class Meta:
        verbose_name = _("secret of a second factor")
        verbose_name_plural = _("secrets of second factors")

    def __str__(self) -> str:
        return f"factor secret {self.pk}"


class CheckReason(models.TextChoices):
    ENTERED = "entered", pgettext_lazy("why a person is to be confirmed", "entered by an administrator")
    PASSWORD = "password", pgettext_lazy("why a person is to be confirmed", "password set by an administrator")
    MAIL = "mail", pgettext_lazy("why a person is to be confirmed", "mail address changed by an administrator")
    FACTOR_RESET = (
        "factor_reset",
        pgettext_lazy("why a person is to be confirmed", "second factor removed by an administrator"),
    )


class IdentityCheckQuerySet(models.QuerySet):
    def waiting(self) -> "IdentityCheckQuerySet":
        return self.filter(confirmed_at__isnull=True)


class IdentityCheck(models.Model):
    """Whoever runs the system could now log in as this person. Until a leader has seen the person, no story opens for them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="identity_checks")
    reason = models.CharField(max_length=16, choices=CheckReason)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    # By the installation itself (a command on the server) where a time stands here without a person.
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    objects = IdentityCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmation of a person")
        verbose_name_plural = _("confirmations of people")
        indexes = [models.Index(fields=["user"], name="identity_check_waiting", condition=Q(confirmed_at__isnull=True))]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | Q(confirmed_at__isnull=False),
                name="confirmed_by_somebody_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("user")) & ~Q(confirmed_by=F("opened_by")),
                name="confirmed_by_a_third_person",
            ),
        ]

    def __str__(self) -> str:
        return f"identity check {self.pk}"
