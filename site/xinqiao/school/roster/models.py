"""One import of a roster from the page: its file and what was found in it, for as long as they are needed."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xinqiao.accounts.access import reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.crypto.fields import EncryptedTextField

if TYPE_CHECKING:
    from xinqiao.accounts.models import User


class RunState(models.TextChoices):
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Waits for your decision")
    REFUSED = "refused", _("Cannot be read")
    APPLYING = "applying", _("Being imported")
    DONE = "done", _("Imported")
    DROPPED = "dropped", _("Not imported")
    UNDOING = "undoing", _("Being taken back")
    UNDONE = "undone", _("Taken back")


R = RunState
TRANSITIONS: dict[RunState, frozenset[RunState]] = {
    R.CHECKING: frozenset({R.CHECKED, R.REFUSED, R.DROPPED}),
    # Back to checking when something was decided, or when the directory changed meanwhile.
    R.CHECKED: frozenset({R.CHECKING, R.APPLYING, R.DROPPED}),
    R.APPLYING: frozenset({R.DONE, R.CHECKING, R.REFUSED}),
    R.REFUSED: frozenset(),
    R.DONE: frozenset({R.UNDOING}),
    # Back where something was built on it meanwhile, or where the worker died.
    R.UNDOING: frozenset({R.UNDONE, R.DONE}),
    R.UNDONE: frozenset(),
    R.DROPPED: frozenset(),
}
AT_WORK = frozenset({R.CHECKING, R.APPLYING, R.UNDOING})


class ImportRunQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ImportRunQuerySet:
        """What was found in a file is for whoever chose it, as long as importing is their duty."""
        return self.of_schools_of(user).filter(started_by=user.pk)

    def of_schools_of(self, user: User) -> ImportRunQuerySet:
        """That there was an import, when, and its counts: for all who may import into this school."""
        return self.filter(school__in=reach(user, Capability.IMPORT_ROSTER).schools)


class ImportRun(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("school.School", models.PROTECT, related_name="+")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("Who"))
    created_at = models.DateTimeField(_("When"), default=timezone.now)
    state = models.CharField(_("State"), max_length=8, choices=RunState, default=RunState.CHECKING)
    # Below PRIVATE_ROOT; empty once the file is gone. Its own name is not kept: it may name somebody.
    file = models.CharField(max_length=80, blank=True)
    # What was found, as JSON; empty once it is of no use.
    report = EncryptedTextField(blank=True)
    decisions = models.JSONField(default=dict)
    # What an import changed and how it was before, as JSON, for as long as it may be taken back.
    way_back = EncryptedTextField(blank=True, default="", db_default="")
    done_at = models.DateTimeField(null=True, blank=True)
    changed_meanwhile = models.BooleanField(default=False)
    language = models.CharField(max_length=10, blank=True)
    rounds = models.PositiveSmallIntegerField(default=1)
    can_be_confirmed = models.BooleanField(default=False)
    rows = models.PositiveIntegerField(_("Rows"), default=0)
    created = models.PositiveIntegerField(pgettext_lazy("children of a roster", "entered"), default=0)
    updated = models.PositiveIntegerField(pgettext_lazy("children of a roster", "changed"), default=0)
    unchanged = models.PositiveIntegerField(pgettext_lazy("children of a roster", "unchanged"), default=0)
    left = models.PositiveIntegerField(pgettext_lazy("children of a roster", "left"), default=0)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("roster import")
        verbose_name_plural = _("roster imports")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="roster_run_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[R.DONE, R.DROPPED, R.UNDOING, R.UNDONE]) | Q(file=""),
                name="roster_run_keeps_nothing",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="roster_run_states",
                field="state",
                transitions=sorted((old.value, new.value) for old, news in TRANSITIONS.items() for new in news),
            )
        ]

    def __str__(self) -> str:
        return f"roster import {self.pk}"

    @property
    def at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def counts(self) -> dict[str, Any]:
        return {"created": self.created, "updated": self.updated, "unchanged": self.unchanged, "left": self.left}
