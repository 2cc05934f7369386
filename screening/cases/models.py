"""The case of one child (一生一策): its level, its owner, and what was written. High is guarded by the database."""

from __future__ import annotations

import datetime
import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case as SqlCase
from django.db.models import IntegerField, Q, Value, When
from django.utils.translation import gettext_lazy as _

from screening.cases.crisis_models import CrisisRecord, CrisisStep
from screening.cases.enums import (
    ACTIVE,
    CASE_MOVES,
    CHANGE_MOVES,
    CaseState,
    ChangeState,
)
from screening.cases.follow_up_models import FollowUp
from screening.guards import stays, written
from screening.levels import DANGER, Level
from xinqiao.accounts.access import Place, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.visible import SeenThrough
from xinqiao.crypto.fields import EncryptedTextField

__all__ = ["Case", "CrisisRecord", "CrisisStep", "FollowUp", "LevelChange"]

NARRATIVES = ("plan", "next_steps", "class_support", "closing")


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user) -> CaseQuerySet:
        """Cases of which this person may know that they exist, with state and timers. Not what is written in them."""
        return self.filter(reach(user, Capability.READ_CASE).records_q())

    def told_to(self, user) -> CaseQuerySet:
        """Cases whose narrative this person may read: all of the school, or its high ones."""
        return self.filter(
            reach(user, Capability.READ_NARRATIVE).records_q()
            | Q(school__in=reach(user, Capability.READ_HIGH_NARRATIVE).schools, level=Level.HIGH)
        )

    def active(self) -> CaseQuerySet:
        return self.filter(state__in=ACTIVE)

    def overdue(self, today: datetime.date) -> CaseQuerySet:
        return self.active().filter(next_follow_up_on__lt=today)

    def with_danger(self) -> CaseQuerySet:
        return self.annotate(
            danger=SqlCase(
                *(When(level=level, then=Value(DANGER[level])) for level in Level.values), output_field=IntegerField()
            )
        )


_HIGH_HAS_A_NEXT_STEP = """
    IF NEW.level = 'high' AND NOT EXISTS (
        SELECT 1 FROM screening_cases_followup AS f WHERE f.case_id = NEW.id AND f.state = 'due'
    ) AND EXISTS (SELECT 1 FROM screening_cases_case AS c WHERE c.id = NEW.id AND c.level = 'high') THEN
        RAISE EXCEPTION 'a high case needs a follow-up that is due' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""
_LOWERING_NEEDS_TWO = """
    IF NOT EXISTS (
        SELECT 1 FROM screening_cases_levelchange AS l
        WHERE l.case_id = NEW.id AND l.to_level = NEW.level AND l.state = 'agreed'
          AND l.answered_by_id IS DISTINCT FROM l.asked_by_id AND l.id = NEW.lowered_by_id
          AND l.id IS DISTINCT FROM OLD.lowered_by_id
    ) THEN
        RAISE EXCEPTION 'lowering a high case needs a second person' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class Case(models.Model):
    """Attributes:
    number: as people say it, such as 2026-001; counted in a school year.
    next_follow_up_on: the first follow-up that is due, kept by `follow_ups` in the same transaction.
    lowered_by: the agreed change that took the case down from high, if one did.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("school.School", models.PROTECT, related_name="cases")
    student = models.ForeignKey("school.Student", models.PROTECT, related_name="cases")
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveSmallIntegerField()
    assessment = models.OneToOneField("screening_assessments.Assessment", models.PROTECT, related_name="case")
    level = models.CharField(_("Level"), max_length=8, choices=Level)
    state = models.CharField(_("State"), max_length=10, choices=CaseState, default=CaseState.OPEN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Owner")
    )
    crisis = models.OneToOneField(CrisisRecord, models.PROTECT, null=True, blank=True, related_name="case")
    lowered_by = models.OneToOneField(
        "screening_cases.LevelChange", models.PROTECT, null=True, blank=True, related_name="+"
    )
    next_follow_up_on = models.DateField(_("Next follow-up"), null=True, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    plan = EncryptedTextField(_("Plan"), blank=True)
    next_steps = EncryptedTextField(_("Next steps"), blank=True)
    class_support = EncryptedTextField(_("What the class can do"), blank=True)
    closing = EncryptedTextField(_("Why it was closed"), blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.UniqueConstraint(fields=["school", "year", "sequence"], name="one_case_of_a_number"),
            models.UniqueConstraint(fields=["student"], condition=~Q(state="closed"), name="one_active_case_a_child"),
            models.CheckConstraint(
                condition=~Q(level="high")
                | Q(owner__isnull=False, crisis__isnull=False, next_follow_up_on__isnull=False),
                name="high_has_owner_crisis_and_follow_up",
            ),
            models.CheckConstraint(condition=~Q(level="high", state="closed"), name="high_is_not_closed"),
            models.CheckConstraint(
                condition=~Q(state="closed") | (Q(closed_at__isnull=False) & written("closing")),
                name="closed_says_when_and_why",
            ),
        ]
        indexes = [models.Index(fields=["school", "state", "level"])]
        triggers = [
            pgtrigger.FSM(name="case_moves", field="state", transitions=CASE_MOVES),
            pgtrigger.Trigger(
                name="high_has_a_next_step",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                func=_HIGH_HAS_A_NEXT_STEP,
            ),
            pgtrigger.Trigger(
                name="lowering_needs_two",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__level="high") & ~pgtrigger.Q(new__level="high"),
                func=_LOWERING_NEEDS_TWO,
            ),
            stays("case_is_whose_it_is", "school_id", "student_id", "assessment_id", "year", "sequence", once="TRUE"),
            pgtrigger.Protect(name="case_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"{self.year}-{self.sequence:03d}"

    @property
    def is_high(self) -> bool:
        return self.level == Level.HIGH

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    def access_place(self) -> Place:
        return Place(school_id=self.school_id, student_id=self.student_id, owner_id=self.owner_id)


class LevelChange(models.Model):
    """A change of level: raising counts at once; lowering high is asked by one person and answered by another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="level_changes")
    from_level = models.CharField(max_length=8, choices=Level)
    to_level = models.CharField(_("New level"), max_length=8, choices=Level)
    state = models.CharField(max_length=8, choices=ChangeState, default=ChangeState.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = EncryptedTextField(_("Reason"))
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = EncryptedTextField(_("Comment"), blank=True)

    objects = SeenThrough.as_manager()
    seen_through = "case"

    class Meta:
        verbose_name = _("change of level")
        verbose_name_plural = _("changes of level")
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="asked"), name="one_question_at_a_time"),
            models.CheckConstraint(
                condition=~Q(from_level="high")
                | Q(state="asked")
                | (Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(answered_by=models.F("asked_by"))),
                name="answered_by_somebody_else",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="change_moves", field="state", transitions=CHANGE_MOVES),
            pgtrigger.Protect(
                name="lowering_high_starts_asked",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__from_level="high") & ~pgtrigger.Q(new__state="asked"),
            ),
            stays("answer_stays", "answered_by_id", "answered_at", "answer", once="OLD.state <> 'asked'"),
            stays("question_stays", "case_id", "from_level", "to_level", "asked_by_id", "reason", once="TRUE"),
            pgtrigger.Protect(name="change_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"level change {self.pk}"
