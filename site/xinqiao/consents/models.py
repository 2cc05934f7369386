"""A question to a child's guardians and its answer; the wording it was asked in; when it was asked; what a school requires."""

from __future__ import annotations

import datetime
import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.access import Place, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.consents.enums import CONSENT_MOVES, ConsentHow, ConsentKind, ConsentState
from xinqiao.crypto.fields import EncryptedTextField
from xinqiao.guards import stays, written


class ConsentTextQuerySet(models.QuerySet):
    def published(self) -> ConsentTextQuerySet:
        return self.filter(published_at__isnull=False)

    def visible_to(self, user) -> ConsentTextQuerySet:
        return self.filter(school__in=reach(user, Capability.MANAGE_PRIVACY).schools)


class ConsentText(models.Model):
    """What a guardian is told, word for word. A school's own, by version; once published it stays as it is.

    Attributes:
        sections: [heading, text] pairs in order.
        asks_again: whether answers to earlier versions end with it, so that guardians are asked anew.
        change: what is different, for those who are asked again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("school.School", models.PROTECT, related_name="consent_texts")
    kind = models.CharField(max_length=20, choices=ConsentKind)
    version = models.CharField(_("Version"), max_length=12)
    sections = models.JSONField(default=list)
    asks_again = models.BooleanField(_("Guardians are asked again"), default=False)
    change = models.CharField(_("What is different"), max_length=200, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of a consent")
        verbose_name_plural = _("texts of consents")
        ordering = ["kind", "published_at"]
        constraints = [
            models.UniqueConstraint(fields=["school", "kind", "version"], name="one_text_of_a_version"),
            models.UniqueConstraint(
                fields=["school", "kind"], condition=Q(published_at__isnull=True), name="one_draft_text_a_kind"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_text_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"

    def access_place(self) -> Place:
        return Place(school_id=self.school_id)


class AskingQuerySet(models.QuerySet):
    def visible_to(self, user) -> AskingQuerySet:
        """Those of the whole school, and those of classes within reach."""
        extent = reach(user, Capability.READ_CONSENT)
        return self.filter(Q(school__in=extent.schools) | Q(school_class__in=extent.classes))


class Asking(models.Model):
    """One act of asking: a class, the school or one child, on a day, in one wording, with a day by which answers are hoped for.

    Attributes:
        due_version: counts each time the day moves: a reminder belongs to one day, so a new one may remind again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("school.School", models.PROTECT, related_name="+")
    school_class = models.ForeignKey("school.SchoolClass", models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=20, choices=ConsentKind)
    text_version = models.CharField(max_length=12)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    children = models.PositiveIntegerField(_("Children"))
    due_on = models.DateField(_("Answer hoped for by"))
    due_version = models.PositiveSmallIntegerField(default=1)

    objects = AskingQuerySet.as_manager()

    class Meta:
        verbose_name = _("asking for consents")
        verbose_name_plural = _("askings for consents")
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"asking {self.pk}"

    def access_place(self) -> Place:
        if self.school_class_id is not None:
            return Place(school_id=self.school_id, class_id=self.school_class_id)
        return Place(school_id=self.school_id)


class ConsentQuerySet(models.QuerySet):
    def visible_to(self, user) -> ConsentQuerySet:
        """Those whose child this person may know the consents of, and those about a guardian's own children."""
        today = timezone.localdate()
        known = reach(user, Capability.READ_CONSENT).students_q(today, "student__")
        own = reach(user, Capability.ANSWER_CONSENT).students_q(today, "student__")
        return self.filter(known | own).distinct()

    def of_kinds_collected_by(self, user, kinds_by_class) -> ConsentQuerySet:
        """Those whose child this person collects answers for."""
        today = timezone.localdate()
        in_class = reach(user, Capability.COLLECT_CONSENT).students_q(today, "student__")
        all_kinds = reach(user, Capability.RECORD_CONSENT).students_q(today, "student__")
        return self.filter((Q(kind__in=kinds_by_class) & in_class) | all_kinds)

    def answerable_by(self, user) -> ConsentQuerySet:
        """Those about a guardian's own children. One whom a court restricted has none."""
        return self.filter(
            reach(user, Capability.ANSWER_CONSENT).students_q(timezone.localdate(), "student__")
        ).distinct()


class Consent(models.Model):
    """One question about one child, and what a guardian said. Another guardian's word, or a change of mind, is a row of its own.

    Attributes:
        text_version: which wording the guardian was told or read; `ConsentText` holds them all.
        evidence: where the paper lies, or who heard the call.
        expires_on: the last day on which a given one holds; none until it is taken back.
        withdrawn_by: who took it back; any guardian may. Empty on old rows: the one who gave it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("school.School", models.PROTECT, related_name="consents")
    student = models.ForeignKey("school.Student", models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=20, choices=ConsentKind)
    text_version = models.CharField(max_length=12)
    asking = models.ForeignKey(Asking, models.PROTECT, null=True, blank=True, related_name="consents")
    state = models.CharField(_("State"), max_length=9, choices=ConsentState, default=ConsentState.REQUESTED)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    guardian = models.ForeignKey(
        "school.Guardian", models.PROTECT, null=True, blank=True, related_name="consents", verbose_name=_("Guardian")
    )
    how = models.CharField(_("How it was said"), max_length=9, choices=ConsentHow, blank=True)
    answered_at = models.DateTimeField(_("When it was said"), null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    expires_on = models.DateField(null=True, blank=True)
    evidence = EncryptedTextField(_("Evidence"), blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey("school.Guardian", models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_how = models.CharField(max_length=9, choices=ConsentHow, blank=True)
    withdrawal_recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawal_evidence = EncryptedTextField(blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        # Referrals had it first; the table keeps their name, so that no row is copied and each sealed text opens.
        db_table = "screening_referrals_consent"
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="requested")
                | (Q(guardian__isnull=False, answered_at__isnull=False, recorded_by__isnull=False) & ~Q(how="")),
                name="answer_says_who_how_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(withdrawn_at__isnull=False), name="withdrawn_says_when"
            ),
            models.UniqueConstraint(
                fields=["student", "kind"],
                condition=Q(state="requested") & ~Q(kind="referral"),
                name="one_open_question_a_child_and_kind",
            ),
        ]
        indexes = [models.Index(fields=["school", "kind", "state"], name="consent_school_kind_state")]
        triggers = [
            pgtrigger.FSM(name="consent_moves", field="state", transitions=CONSENT_MOVES),
            pgtrigger.Protect(
                name="consent_starts_asked",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="requested"),
            ),
            stays(
                "consent_answer_stays",
                *(
                    "guardian_id",
                    "how",
                    "answered_at",
                    "recorded_at",
                    "recorded_by_id",
                    "evidence",
                    "expires_on",
                    "text_version",
                    "asking_id",
                    "requested_at",
                    "requested_by_id",
                ),
                once="OLD.state <> 'requested'",
            ),
            stays(
                "consent_withdrawal_stays",
                "withdrawn_at",
                "withdrawn_by_id",
                "withdrawn_how",
                "withdrawal_recorded_by_id",
                "withdrawal_evidence",
                once="OLD.state = 'withdrawn'",
            ),
            stays("consent_is_whose_it_is", "school_id", "student_id", "kind", once="TRUE"),
            pgtrigger.Protect(name="consent_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"

    def access_place(self) -> Place:
        return Place(school_id=self.school_id, student_id=self.student_id)

    def in_force(self, day: datetime.date) -> bool:
        """Given and not run out. Whether a newer text ended it, or another guardian spoke against it, `standing` says."""
        return self.state == ConsentState.GIVEN and (self.expires_on is None or day <= self.expires_on)


class ConsentRule(models.Model):
    """What a school requires: kinds for which nothing happens before a guardian has agreed."""

    school = models.OneToOneField("school.School", models.PROTECT, related_name="consent_rule")
    required = ArrayField(models.CharField(max_length=20, choices=ConsentKind), default=list)

    class Meta:
        verbose_name = _("rule for consents")
        verbose_name_plural = _("rules for consents")

    def __str__(self) -> str:
        return f"rule {self.pk}"

    def access_place(self) -> Place:
        return Place(school_id=self.school_id)


class SafetyOverride(models.Model):
    """Acting without a consent for some days because life or health is in danger: who decided it, and why.

    Source: Personal Information Protection Law, Art. 13 (4): necessary to protect life and health in an emergency.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("school.School", models.PROTECT, related_name="+")
    student = models.ForeignKey("school.Student", models.PROTECT, related_name="safety_overrides")
    kind = models.CharField(max_length=20, choices=ConsentKind)
    reason = EncryptedTextField(_("Why it cannot wait"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        verbose_name = _("acting without consent")
        verbose_name_plural = _("acting without consent")
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(condition=written("reason"), name="override_says_why"),
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("made_at")), name="override_ends"),
        ]
        triggers = [pgtrigger.Protect(name="override_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"override {self.pk}"

    def access_place(self) -> Place:
        return Place(school_id=self.school_id, student_id=self.student_id)
