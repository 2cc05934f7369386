"""The follow-ups of a case: one row a look after the child. The database keeps a high case from running out of them."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from screening.cases.enums import FOLLOW_UP_MOVES, Contact, FollowUpKind, FollowUpState
from screening.guards import stays, written
from xinqiao.accounts.access import reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.crypto.fields import EncryptedTextField

_HIGH_KEEPS_A_NEXT_STEP = """
    IF EXISTS (SELECT 1 FROM screening_cases_case AS c WHERE c.id = OLD.case_id AND c.level = 'high') AND NOT EXISTS (
        SELECT 1 FROM screening_cases_followup AS f WHERE f.case_id = OLD.case_id AND f.state = 'due'
    ) THEN
        RAISE EXCEPTION 'a high case needs a follow-up that is due' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


class FollowUpQuerySet(models.QuerySet):
    def visible_to(self, user) -> FollowUpQuerySet:
        return self.filter(
            reach(user, Capability.READ_NARRATIVE).records_q(school="case__school", student="case__student")
        )

    def due(self) -> FollowUpQuerySet:
        return self.filter(state=FollowUpState.DUE)


class FollowUp(models.Model):
    """One look after a child, on a day that the rule gave. Late work says when it happened and when it was written."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("screening_cases.Case", models.PROTECT, related_name="follow_ups")
    kind = models.CharField(_("After"), max_length=8, choices=FollowUpKind)
    due_on = models.DateField(_("Due"))
    state = models.CharField(max_length=6, choices=FollowUpState, default=FollowUpState.DUE)
    contact = models.CharField(_("How"), max_length=6, choices=Contact, blank=True)
    happened_on = models.DateField(_("When it happened"), null=True, blank=True)
    written_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = EncryptedTextField(_("What you saw and agreed"), blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["due_on"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done")
                | (Q(happened_on__isnull=False, written_at__isnull=False, done_by__isnull=False) & written("note")),
                name="done_says_who_when_what",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"])]
        triggers = [
            pgtrigger.FSM(name="follow_up_moves", field="state", transitions=FOLLOW_UP_MOVES),
            pgtrigger.Trigger(
                name="high_keeps_a_next_step",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                timing=pgtrigger.Deferred,
                func=_HIGH_KEEPS_A_NEXT_STEP,
            ),
            stays(
                "done_follow_up_stays",
                *("case_id", "kind", "due_on", "contact", "happened_on", "written_at", "done_by_id", "note"),
                once="OLD.state <> 'due'",
            ),
            pgtrigger.Protect(name="follow_up_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"follow-up {self.pk}"
