"""People and the duties they hold. A duty is an appointment with dates; access begins and ends with it."""

import datetime
import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xinqiao.accounts.access import reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.enums import Role
from xinqiao.crypto.fields import EncryptedTextField


class User(AbstractUser):
    """A person who can log in. What they may do stands in their appointments, never here."""

    last_name = None
    display_name = models.CharField(pgettext_lazy("person", "Name"), max_length=40, blank=True)
    # Raised to end every open session of the person at once; each session's mark is made from it.
    session_number = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # An administrator chose the password: whoever logs in with it chooses their own first.
    must_change_password = models.BooleanField(default=False, db_default=False, editable=False)
    # Until when an exception of this person may last: only then are the exceptions themselves asked for.
    break_glass_until = models.DateTimeField(null=True, blank=True, editable=False)

    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.display_name or self.username

    @property
    def first_name(self) -> str:
        """Wagtail's side bar greets by it, and by the login's name where there is none; there is one name here."""
        return self.display_name

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's mark of a session, made from the password; the number is in it too."""
        salted = f"{self.password}:{self.session_number}"
        return salted_hmac("xinqiao.accounts.session", salted, secret=secret, algorithm="sha256").hexdigest()

    def current_appointments(self, today: datetime.date | None = None) -> "list[Appointment]":
        """The duties held on a day; asked of the database once a request and day."""
        today = today or timezone.localdate()
        cache: dict = self.__dict__.setdefault("_appointments_by_day", {})
        if today not in cache:
            cache[today] = list(
                self.appointments.on(today).select_related("school", "grade", "school_class__grade").order_by("pk")
            )
        return cache[today]

    def roles(self, today: datetime.date | None = None) -> set[Role]:
        return {Role(appointment.role) for appointment in self.current_appointments(today)}


class AppointmentQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "AppointmentQuerySet":
        """One's own, and those of the schools whose duties one gives or accounts for."""
        schools = reach(user, Capability.ADMINISTER).schools | reach(user, Capability.EXPLAIN_ACCESS).schools
        return self.filter(Q(user=user.pk) | Q(school__in=schools))

    def on(self, day: datetime.date) -> "AppointmentQuerySet":
        """Those in force on the day, its first and last day included. A withdrawn one is in force on no day."""
        return self.filter(
            Q(withdrawn_at__isnull=True) & Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))
        )


class Appointment(models.Model):
    """A duty: who, which role, at which school, for which grade or class, from and until when."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments")
    role = models.CharField(_("Role"), max_length=16, choices=Role)
    school = models.ForeignKey("school.School", models.PROTECT, related_name="appointments")
    grade = models.ForeignKey("school.Grade", models.PROTECT, null=True, blank=True, related_name="appointments")
    school_class = models.ForeignKey(
        "school.SchoolClass", models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    starts_on = models.DateField(pgettext_lazy("first day", "From"))
    ends_on = models.DateField(_("Until"), null=True, blank=True)
    # Holds the duty beside the one who is away, until a day.
    substitute_for = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="substitutes"
    )
    # Given by mistake, or taken away at once: a date alone could only end it at midnight.
    withdrawn_at = models.DateTimeField(_("Withdrawn"), null=True, blank=True, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="appointment_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.HOMEROOM) | Q(school_class__isnull=False), name="homeroom_has_a_class"
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.GRADE_LEADER) | Q(grade__isnull=False), name="grade_leader_has_a_grade"
            ),
            models.CheckConstraint(
                condition=Q(substitute_for__isnull=True) | Q(ends_on__isnull=False), name="substitute_has_an_end"
            ),
        ]
        indexes = [models.Index(fields=["user", "starts_on"])]

    def __str__(self) -> str:
        return f"{self.get_role_display()} #{self.pk}"


class KeptInput(models.Model):
    """What a person had typed when their session ended: encrypted, theirs alone, gone after half an hour."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    path = models.CharField(max_length=500)
    fields = EncryptedTextField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("kept input")
        verbose_name_plural = _("kept input")

    def __str__(self) -> str:
        return f"kept input {self.pk}"


from xinqiao.accounts.duties.models import DutyRun  # noqa: E402, F401 - it is one of this app's tables
from xinqiao.accounts.factor_models import FactorSecret, IdentityCheck  # noqa: E402, F401 - this app's tables too
from xinqiao.accounts.invitations.models import Invitation, Joining  # noqa: E402, F401 - and these
