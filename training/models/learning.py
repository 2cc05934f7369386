"""Who takes which course, how far they are, and what they answered."""

from __future__ import annotations

import datetime
import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from training.enums import ENROLMENT_MOVES, OPEN_STATES, EnrolmentState
from xinqiao.accounts.access import Place, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.visible import SeenThrough


class EnrolmentQuerySet(models.QuerySet):
    def visible_to(self, user) -> EnrolmentQuerySet:
        """A learner sees their own, and only while their duty lets them learn."""
        return self.filter(person=user) if reach(user, Capability.LEARN).own else self.none()

    def counted_by(self, user) -> EnrolmentQuerySet:
        """Those whose completion this person may see by name."""
        return self.filter(school__in=reach(user, Capability.READ_TRAINING_COMPLETION).schools)

    def latest(self) -> EnrolmentQuerySet:
        """The last cycle of each person and course."""
        return self.order_by("person_id", "course_id", "-cycle").distinct("person_id", "course_id")


class CourseEnrolment(models.Model):
    """A person takes a course, once for each cycle. Renewal opens a new cycle and never touches an old one."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="course_enrolments")
    course = models.ForeignKey("training.CoursePage", models.PROTECT, related_name="enrolments")
    school = models.ForeignKey("school.School", models.PROTECT, related_name="+")
    cycle = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(
        _("State"), max_length=12, choices=EnrolmentState, default=EnrolmentState.ENROLLED, editable=False
    )
    enrolled_on = models.DateField(_("Enrolled on"))
    # Only where somebody set another date than the course's rule gives; ask completion.due_on, never this.
    due_override = models.DateField(_("Due on"), null=True, blank=True)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    objects = EnrolmentQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("course enrolment")
        verbose_name_plural = _("course enrolments")
        constraints = [
            models.UniqueConstraint(fields=["person", "course", "cycle"], name="one_enrolment_a_cycle"),
            models.UniqueConstraint(
                fields=["person", "course"],
                condition=Q(state__in=[*OPEN_STATES, EnrolmentState.PASSED]),
                name="one_open_enrolment_a_course",
            ),
            models.CheckConstraint(condition=Q(cycle__gte=1), name="enrolment_cycle_from_one"),
            models.CheckConstraint(condition=Q(state__in=EnrolmentState.values), name="enrolment_state_known"),
            models.CheckConstraint(
                condition=Q(due_override__isnull=True) | Q(due_override__gte=F("enrolled_on")),
                name="enrolment_due_after_start",
            ),
        ]
        indexes = [models.Index(fields=["course", "state"])]
        triggers = [
            pgtrigger.FSM(name="enrolment_moves", field="state", transitions=ENROLMENT_MOVES),
            pgtrigger.Protect(
                name="enrolment_starts_enrolled",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__state__df=EnrolmentState.ENROLLED),
            ),
            pgtrigger.ReadOnly(
                name="enrolment_is_whose_it_is", fields=["person", "course", "school", "cycle", "enrolled_on"]
            ),
        ]

    def __str__(self) -> str:
        return f"course enrolment {self.pk}"

    def access_place(self) -> Place:
        return Place(school_id=self.school_id, owner_id=self.person_id)


class LessonProgress(models.Model):
    """How far one person is in one lesson of one cycle. The place is the section's own id, so it survives editing."""

    enrolment = models.ForeignKey(CourseEnrolment, models.CASCADE, related_name="progress")
    lesson = models.ForeignKey("training.LessonPage", models.PROTECT, related_name="+")
    section_id = models.CharField(max_length=36, blank=True)
    # Where the section stood when it was left: the way back if its id was edited away.
    section_index = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    objects = SeenThrough.as_manager()
    seen_through = "enrolment"

    class Meta:
        verbose_name = _("lesson progress")
        verbose_name_plural = _("lesson progress")
        constraints = [models.UniqueConstraint(fields=["enrolment", "lesson"], name="one_progress_a_lesson")]

    def __str__(self) -> str:
        return f"lesson progress {self.pk}"


class AttemptQuerySet(models.QuerySet):
    def visible_to(self, user) -> AttemptQuerySet:
        return self.filter(enrolment__in=CourseEnrolment.objects.visible_to(user))

    def started_on(self, day: datetime.date) -> AttemptQuerySet:
        return self.filter(started_at__date=day)


class QuizAttempt(models.Model):
    """One try at a quiz: what was drawn, frozen; what was answered; submitted once, and then never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(CourseEnrolment, models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    pass_mark = models.PositiveSmallIntegerField()
    questions = models.JSONField()  # frozen, see quiz.freeze
    answers = models.JSONField(default=dict, blank=True)  # {question key: [option keys]}
    results = models.JSONField(default=dict, blank=True)  # {question key: right or not}
    started_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    score = models.PositiveSmallIntegerField(null=True)  # per cent
    passed = models.BooleanField(null=True)

    objects = AttemptQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("quiz attempt")
        verbose_name_plural = _("quiz attempts")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "number"], name="one_attempt_a_number"),
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(submitted_at__isnull=True), name="one_open_attempt"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, score__isnull=True, passed__isnull=True)
                | Q(submitted_at__isnull=False, score__isnull=False, passed__isnull=False),
                name="attempt_scored_when_submitted",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__lte=100), name="attempt_score_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=Q(passed__isnull=True)
                | Q(passed=True, score__gte=F("pass_mark"))
                | Q(passed=False, score__lt=F("pass_mark")),
                name="attempt_passed_by_its_score",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="attempt_final_once_submitted",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__submitted_at__isnull=False),
            ),
            pgtrigger.ReadOnly(name="attempt_draw_frozen", fields=["enrolment", "number", "pass_mark", "questions"]),
        ]

    def __str__(self) -> str:
        return f"quiz attempt {self.pk}"

    def access_place(self) -> Place:
        return self.enrolment.access_place()

    @property
    def is_open(self) -> bool:
        return self.submitted_at is None
