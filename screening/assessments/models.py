"""The second stage: a conversation with the child, the family's situation, and a level that a person determines."""

from __future__ import annotations

import datetime
import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case as SqlCase
from django.db.models import IntegerField, Q, Value, When
from django.utils.translation import gettext_lazy as _

from screening.assessments.enums import ASSESSMENT_MOVES, OPEN_STATES, AssessmentState
from screening.guards import stays, written
from screening.levels import DANGER, Determined, Suggestion
from xinqiao.accounts.access import Place, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.crypto.fields import EncryptedTextField

NARRATIVES = ("interview", "family", "causes", "reason")


class AssessmentQuerySet(models.QuerySet):
    def visible_to(self, user) -> AssessmentQuerySet:
        return self.filter(school__in=reach(user, Capability.ASSESS).schools)

    def timed_for(self, user) -> AssessmentQuerySet:
        """Those whose level and timers this person may see; nothing that was written in them."""
        return self.filter(school__in=reach(user, Capability.READ_LEVEL).schools).defer(*NARRATIVES)

    def still_open(self) -> AssessmentQuerySet:
        return self.filter(state__in=OPEN_STATES)

    def overdue(self, today: datetime.date) -> AssessmentQuerySet:
        return self.still_open().filter(due_on__lt=today)

    def by_danger(self) -> AssessmentQuerySet:
        danger = SqlCase(
            *(When(suggested=level, then=Value(rank)) for level, rank in DANGER.items()), output_field=IntegerField()
        )
        return self.annotate(danger=danger).order_by("danger", "due_on", "made_at")


class Assessment(models.Model):
    """Attributes:
    suggested: the engine's word as it stood; kept when a person determines otherwise.
    version: counts each save; a save from an older one is a conflict that shows both.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("school.School", models.PROTECT, related_name="assessments")
    student = models.ForeignKey("school.Student", models.PROTECT, related_name="assessments")
    response = models.ForeignKey(
        "screening_rounds.Response", models.PROTECT, null=True, blank=True, related_name="assessments"
    )
    suggested = models.CharField(_("Suggested"), max_length=8, choices=Suggestion)
    state = models.CharField(_("State"), max_length=11, choices=AssessmentState, default=AssessmentState.SCHEDULED)
    due_on = models.DateField(_("Due"))
    made_at = models.DateTimeField()
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    interview = EncryptedTextField(_("Conversation with the child"), blank=True)
    family = EncryptedTextField(_("Family and life at home"), blank=True)
    causes = EncryptedTextField(_("What may lie behind it"), blank=True)
    determined = models.CharField(_("Level"), max_length=8, choices=Determined, blank=True)
    reason = EncryptedTextField(_("Reason for this level"), blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints = [
            models.UniqueConstraint(
                fields=["student"], condition=~Q(state="completed"), name="one_open_assessment_a_child"
            ),
            models.CheckConstraint(
                condition=~Q(state="completed")
                | (~Q(determined="") & written("reason") & Q(assessor__isnull=False, completed_at__isnull=False)),
                name="completed_has_level_reason_and_who",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_progress") | Q(assessor__isnull=False), name="started_by_somebody"
            ),
        ]
        indexes = [models.Index(fields=["school", "state", "due_on"])]
        triggers = [
            pgtrigger.FSM(name="assessment_moves", field="state", transitions=ASSESSMENT_MOVES),
            stays("completed_stays", "determined", "suggested", *NARRATIVES, once="OLD.state = 'completed'"),
            stays("assessment_is_whose_it_is", "school_id", "student_id", once="TRUE"),
            pgtrigger.Protect(name="assessment_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"assessment {self.pk}"

    @property
    def overruled(self) -> bool:
        return bool(self.determined) and self.determined != self.suggested

    def access_place(self) -> Place:
        return Place(school_id=self.school_id, student_id=self.student_id)
