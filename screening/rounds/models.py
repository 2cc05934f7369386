"""A round of screening, one pass for each class in it, one response for each child, and the counts made from them."""

from __future__ import annotations

import datetime
import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from screening.deadlines import school_year_begins
from screening.errors import NoteIsAnothers
from screening.guards import stays, written
from screening.instruments.answers import Answers, unpack
from screening.levels import Suggestion
from screening.rounds.enums import (
    PASS_MOVES,
    RESPONSE_MOVES,
    ROUND_MOVES,
    Considered,
    PassState,
    ResponseState,
    RoundState,
)
from xinqiao.accounts.access import Place, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.visible import SeenThrough
from xinqiao.crypto.fields import EncryptedTextField


class RoundQuerySet(models.QuerySet):
    def visible_to(self, user) -> RoundQuerySet:
        """Rounds with a class whose completion this person may see."""
        extent = reach(user, Capability.READ_COMPLETION)
        return self.filter(
            Q(school__in=extent.schools)
            | Q(passes__school_class__grade__in=extent.grades)
            | Q(passes__school_class__in=extent.classes)
        ).distinct()

    def managed_by(self, user) -> RoundQuerySet:
        return self.filter(school__in=reach(user, Capability.MANAGE_ROUNDS).schools)


class Round(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("school.School", models.PROTECT, related_name="rounds")
    term = models.ForeignKey("school.Term", models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField(_("Round"))
    instrument_version = models.ForeignKey(
        "screening_instruments.InstrumentVersion", models.PROTECT, related_name="rounds"
    )
    state = models.CharField(_("State"), max_length=8, choices=RoundState, default=RoundState.DRAFT)
    opens_on = models.DateField(_("From"))
    due_on = models.DateField(_("Due"))
    # Counts each time the due day moves: a reminder belongs to one due day, so a new day may remind again.
    due_version = models.PositiveSmallIntegerField(default=1)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("screening round")
        verbose_name_plural = _("screening rounds")
        ordering = ["-opens_on", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["term", "number"], name="one_round_of_a_number"),
            models.CheckConstraint(condition=Q(due_on__gte=F("opens_on")), name="round_due_after_it_opens"),
        ]
        triggers = [
            pgtrigger.FSM(name="round_moves", field="state", transitions=ROUND_MOVES),
            pgtrigger.Protect(
                name="round_keeps_its_form",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="draft")
                & pgtrigger.Q(old__instrument_version__df=pgtrigger.F("new__instrument_version")),
            ),
        ]

    def __str__(self) -> str:
        return f"round {self.pk}"

    @property
    def name(self) -> str:
        """「2026 秋 · 第 1 轮」"""
        return _("%(term)s · round %(number)d") % {"term": self.term.name, "number": self.number}

    def takes_answers(self, day: datetime.date) -> bool:
        """Whether teachers may fill in and change on this day: it is open, and has begun."""
        return self.state == RoundState.OPEN and self.opens_on <= day

    def access_place(self) -> Place:
        return Place(school_id=self.school_id)


class ClassPassQuerySet(models.QuerySet):
    def within(self, user, capability: Capability) -> ClassPassQuerySet:
        return self.filter(reach(user, capability).classes_q("school_class__"))

    def fillable_by(self, user) -> ClassPassQuerySet:
        """Of this school year: last year the same class had other children, and they are another teacher's now."""
        begins = school_year_begins(timezone.localdate())
        return self.within(user, Capability.FILL_FIRST_PASS).filter(round__opens_on__gte=begins)

    def visible_to(self, user) -> ClassPassQuerySet:
        """Those whose completion this person may see; the answers are asked for apart."""
        return self.within(user, Capability.READ_COMPLETION)

    def waiting(self) -> ClassPassQuerySet:
        return self.filter(state=PassState.DRAFT, round__state=RoundState.OPEN)


class ClassPass(models.Model):
    """One class in one round: filled child by child, submitted once."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="passes")
    school_class = models.ForeignKey("school.SchoolClass", models.PROTECT, related_name="passes")
    state = models.CharField(_("State"), max_length=9, choices=PassState, default=PassState.DRAFT)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    children = models.PositiveSmallIntegerField(_("Children"), default=0)

    objects = ClassPassQuerySet.as_manager()

    class Meta:
        verbose_name = _("class's first pass")
        verbose_name_plural = _("first passes")
        constraints = [
            models.UniqueConstraint(fields=["round", "school_class"], name="one_pass_a_round_and_class"),
            models.CheckConstraint(
                condition=Q(state=PassState.DRAFT) | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="submitted_says_who_and_when",
            ),
        ]
        triggers = [pgtrigger.FSM(name="pass_moves", field="state", transitions=PASS_MOVES)]

    def __str__(self) -> str:
        return f"pass {self.pk}"

    @property
    def submitted(self) -> bool:
        return self.state == PassState.SUBMITTED

    def access_place(self) -> Place:
        return self.school_class.access_place()


class ResponseQuerySet(models.QuerySet):
    def visible_to(self, user) -> ResponseQuerySet:
        return self.filter(reach(user, Capability.READ_FIRST_PASS).classes_q("class_pass__school_class__"))

    def current(self) -> ResponseQuerySet:
        return self.exclude(state=ResponseState.AMENDED)


class Response(models.Model):
    """What the teacher saw of one child in one round; packed answers with what they come to beside them.

    Attributes:
        answers: one byte an item in the order of the round's instrument version (`instruments.answers`).
        note: a sentence for the counselor; shown to nobody else but its writer.
        version: counts each save, so that a second window cannot overwrite the first unseen.
        revision: 1 as submitted; each amendment adds one and keeps the one before.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    class_pass = models.ForeignKey(ClassPass, models.PROTECT, related_name="responses", db_index=False)
    student = models.ForeignKey("school.Student", models.PROTECT, related_name="responses")
    state = models.CharField(max_length=9, choices=ResponseState, default=ResponseState.DRAFT)
    revision = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveSmallIntegerField(default=1)
    considered = models.CharField(max_length=9, choices=Considered, blank=True)
    answers = models.BinaryField(max_length=254)
    total = models.PositiveSmallIntegerField(null=True, blank=True)
    domain_scores = ArrayField(models.PositiveSmallIntegerField(), null=True, blank=True)
    missing = models.PositiveSmallIntegerField(null=True, blank=True)
    level = models.CharField(max_length=8, choices=Suggestion, blank=True)
    note = EncryptedTextField(blank=True)
    reason = EncryptedTextField(blank=True)
    # Whose sentence it is: two teachers of a class may fill in the same child.
    note_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    saved_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = [
            models.UniqueConstraint(fields=["class_pass", "student", "revision"], name="one_response_a_revision"),
            models.UniqueConstraint(
                fields=["class_pass", "student"], condition=~Q(state="amended"), name="one_current_response_a_child"
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | (Q(total__isnull=False, domain_scores__isnull=False) & ~Q(level="") & ~Q(considered="")),
                name="submitted_response_is_scored",
            ),
            models.CheckConstraint(condition=Q(revision=1) | written("reason"), name="amendment_says_why"),
        ]
        triggers = [
            pgtrigger.FSM(name="response_moves", field="state", transitions=RESPONSE_MOVES),
            stays(
                "submitted_answers_stay",
                *("answers", "total", "domain_scores", "level", "considered", "note", "student_id", "class_pass_id"),
                once="OLD.state <> 'draft'",
            ),
            pgtrigger.Protect(name="response_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"response {self.pk}"

    @property
    def unpacked(self) -> Answers:
        return unpack(self.answers)

    def is_note_of(self, user) -> bool:
        """Whether this person may read, change and take away the sentence: its writer, or anybody while there is none."""
        return not self.note or user.pk == (self.note_by_id or self.saved_by_id)

    def note_for(self, user) -> str:
        """The sentence for its writer; nothing for a colleague of the same class."""
        return self.note if self.is_note_of(user) else ""

    def write_note(self, user, text: str) -> None:
        """Keep the sentence as this person's.

        Raises:
            NoteIsAnothers: a colleague's stands there, which is neither shown to this person nor overwritten.
        """
        text = text.strip()
        if not self.is_note_of(user):
            if text:
                raise NoteIsAnothers
            return
        self.note = text
        self.note_by_id = user.pk if text else None


class LevelCount(models.Model):
    """How many children of a class came to each suggestion: kept with each submission, rebuilt by `summaries`."""

    class_pass = models.ForeignKey(ClassPass, models.CASCADE, related_name="counts")
    level = models.CharField(max_length=8, choices=Suggestion)
    children = models.PositiveSmallIntegerField()

    objects = SeenThrough.as_manager()
    seen_through = "class_pass"

    class Meta:
        verbose_name = _("count of a level")
        verbose_name_plural = _("counts of levels")
        constraints = [models.UniqueConstraint(fields=["class_pass", "level"], name="one_count_a_pass_and_level")]

    def __str__(self) -> str:
        return f"{self.class_pass_id} {self.level}"
