"""A guardian's question "who has seen my child's records", and the principal's answer to it."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xinqiao.accounts.access import Place, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.crypto.fields import EncryptedTextField
from xinqiao.guards import stays, written


class RequestState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("state of a request", "Waiting for the principal")
    RELEASED = "released", pgettext_lazy("state of a request", "Answered")
    DECLINED = "declined", pgettext_lazy("state of a request", "Declined")
    WITHDRAWN = "taken_back", pgettext_lazy("state of a request", "Taken back")


REQUEST_MOVES = [
    (RequestState.ASKED.value, state.value)
    for state in (RequestState.RELEASED, RequestState.DECLINED, RequestState.WITHDRAWN)
]


class AccessRequestQuerySet(models.QuerySet):
    def visible_to(self, user) -> AccessRequestQuerySet:
        """Those that this person answers, and those that a guardian has asked about an own child.

        A guardian whom a court has kept away since does not see the earlier ones either.
        """
        q = Q(school__in=reach(user, Capability.ANSWER_ACCESS_LOG).schools)
        return self.filter(q | Q(pk__in=self.asked_by_guardian(user).values("pk")))

    def asked_by_guardian(self, user) -> AccessRequestQuerySet:
        """A guardian's own questions about children who are still theirs to ask about."""
        children_of = reach(user, Capability.ASK_ACCESS_LOG).children_of
        if children_of is None:
            return self.none()
        return self.filter(
            asked_by=user.pk,
            student__guardianships__guardian__user=children_of,
            student__guardianships__restricted=False,
        )

    def answered_by_duty_of(self, user) -> AccessRequestQuerySet:
        return self.filter(school__in=reach(user, Capability.ANSWER_ACCESS_LOG).schools)

    def waiting(self) -> AccessRequestQuerySet:
        return self.filter(state=RequestState.ASKED)


class AccessRequest(models.Model):
    """Attributes:
    due_on: within fifteen working days.
    up_to: the trail's last entry at the moment of release. The trail never changes, so this and `withheld` are the answer.
    withheld: kinds of acts that the principal kept back (`audit.plain_words.Kind`).
    answer: why it was declined, in words for the guardian.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("school.School", models.PROTECT, related_name="+")
    student = models.ForeignKey("school.Student", models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_on = models.DateField(_("Due"))
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.ASKED)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    up_to = models.BigIntegerField(null=True, blank=True)
    withheld = ArrayField(models.CharField(max_length=20), default=list)
    answer = EncryptedTextField(_("Words to the guardian"), blank=True)

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("question who has seen the records")
        verbose_name_plural = _("questions who has seen the records")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "asked_by"], condition=Q(state="asked"), name="one_access_question_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="released") | Q(up_to__isnull=False, answered_at__isnull=False),
                name="access_answer_says_how_far",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | (Q(answered_at__isnull=False) & written("answer")),
                name="access_refusal_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["released", "declined"]) | Q(answered_by__isnull=False),
                name="access_answer_says_who",
            ),
        ]
        indexes = [models.Index(fields=["school", "state"])]
        triggers = [
            pgtrigger.FSM(name="access_request_moves", field="state", transitions=REQUEST_MOVES),
            stays(
                "access_question_stays",
                *("school_id", "student_id", "asked_by_id", "asked_at", "due_on"),
                once="TRUE",
            ),
            stays(
                "access_answer_stays",
                *("answered_at", "answered_by_id", "up_to", "withheld", "answer"),
                once="OLD.state <> 'asked'",
            ),
            pgtrigger.Protect(name="access_request_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"access request {self.pk}"

    def access_place(self) -> Place:
        return Place(school_id=self.school_id, student_id=self.student_id)

    @property
    def is_open(self) -> bool:
        return self.state == RequestState.ASKED
