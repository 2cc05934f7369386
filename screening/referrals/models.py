"""The referral of a child to a hospital. No letter leaves without a guardian's consent, which the registry keeps."""

from __future__ import annotations

import json
import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from screening.guards import stays
from screening.levels import Level
from screening.referrals.enums import (
    BEFORE_THE_LETTER,
    REFERRAL_MOVES,
    WAITING_FOR_HOSPITAL,
    ReferralState,
)
from xinqiao.accounts.access import Place, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.visible import SeenThrough
from xinqiao.consents.models import Consent
from xinqiao.crypto.fields import EncryptedTextField

LETTER_TEXTS = ("observed", "done_so_far", "asked")


class ReferralQuerySet(models.QuerySet):
    def visible_to(self, user) -> ReferralQuerySet:
        """Referrals whose letter this person may read: all of the school, or those of high cases."""
        return self.filter(
            reach(user, Capability.READ_REFERRAL).records_q(school="case__school", student="case__student")
            | Q(case__school__in=reach(user, Capability.READ_HIGH_NARRATIVE).schools, case__level=Level.HIGH)
        )

    def awaiting_consent(self) -> ReferralQuerySet:
        return self.filter(state=ReferralState.AWAITING_CONSENT)

    def unacknowledged(self) -> ReferralQuerySet:
        return self.filter(state__in=WAITING_FOR_HOSPITAL)


_SENT_ONLY_WITH_CONSENT = """
    IF NOT (
        EXISTS (
            SELECT 1 FROM screening_referrals_consent AS c
            JOIN screening_cases_case AS k ON k.id = NEW.case_id
            WHERE c.id = NEW.consent_id AND c.state = 'given' AND c.kind = 'referral' AND c.student_id = k.student_id
        )
        OR (NEW.emergency AND NEW.emergency_reason <> '' AND NEW.second_told_id IS NOT NULL)
    ) THEN
        RAISE EXCEPTION 'no letter without consent' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class Referral(models.Model):
    """Attributes:
    observed, done_so_far, asked: the only sentences about the child that the hospital gets.
    minimum_checked_by: who read the letter and said that it holds no more than the hospital needs.
    emergency: life is in danger and no guardian could be reached in time; with a reason and a second person told.
    facts: JSON of what else stands on the issued letter (name, age, school, contact, consent), so that no later
        change of the directory changes a letter that has left.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("screening_cases.Case", models.PROTECT, related_name="referrals")
    state = models.CharField(_("State"), max_length=17, choices=ReferralState, default=ReferralState.DRAFT)
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, blank=True, related_name="referrals")
    hospital = models.CharField(_("Hospital and department"), max_length=120)
    observed = EncryptedTextField(_("What was observed"), blank=True)
    done_so_far = EncryptedTextField(_("What the school has done"), blank=True)
    asked = EncryptedTextField(_("What we ask of you"), blank=True)
    minimum_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    emergency = models.BooleanField(default=False)
    emergency_reason = EncryptedTextField(blank=True)
    second_told = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    facts = EncryptedTextField(blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    answer_due_on = models.DateField(_("Answer due"), null=True, blank=True)
    moved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[*sorted(BEFORE_THE_LETTER), "withdrawn", "closed"])
                | Q(sent_at__isnull=False, minimum_checked_by__isnull=False, answer_due_on__isnull=False),
                name="sent_says_when_and_who_checked",
            ),
        ]
        indexes = [models.Index(fields=["state", "answer_due_on"])]
        triggers = [
            pgtrigger.FSM(name="referral_moves", field="state", transitions=REFERRAL_MOVES),
            pgtrigger.Protect(
                name="referral_starts_a_draft",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="draft"),
            ),
            pgtrigger.Trigger(
                name="sent_only_with_consent",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__state="sent") & ~pgtrigger.Q(old__state="sent"),
                func=_SENT_ONLY_WITH_CONSENT,
            ),
            stays(
                "sent_letter_stays",
                *(*LETTER_TEXTS, "facts", "hospital", "case_id", "sent_at", "consent_id", "minimum_checked_by_id"),
                *("emergency", "emergency_reason", "second_told_id"),
                once="OLD.sent_at IS NOT NULL",
            ),
            pgtrigger.Protect(name="referral_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"referral {self.pk}"

    @property
    def may_be_edited(self) -> bool:
        return self.state in BEFORE_THE_LETTER

    def freeze(self, facts: dict[str, str]) -> None:
        self.facts = json.dumps(facts, ensure_ascii=False)

    @property
    def frozen(self) -> dict[str, str]:
        return json.loads(self.facts) if self.facts else {}

    def access_place(self) -> Place:
        return self.case.access_place()


class ReferralMove(models.Model):
    """One step of a referral: when it happened, when it was written down, by whom. Nothing here changes again.

    Attributes:
        note: what the school must know of it, such as what the hospital advises; no diagnosis is needed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=17, choices=ReferralState)
    to_state = models.CharField(_("State"), max_length=17, choices=ReferralState)
    happened_on = models.DateField(_("When it happened"))
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = EncryptedTextField(_("Note"), blank=True)

    objects = SeenThrough.as_manager()
    seen_through = "referral"

    class Meta:
        verbose_name = _("step of a referral")
        verbose_name_plural = _("steps of referrals")
        ordering = ["written_at"]
        triggers = [pgtrigger.Protect(name="move_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"referral move {self.pk}"
