"""Many duties changed at once: what was done, so that it can be taken back as a whole while nothing was built on it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xinqiao.accounts.access import reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.crypto.fields import EncryptedTextField

if TYPE_CHECKING:
    from xinqiao.accounts.models import User


class DutyRunKind(models.TextChoices):
    COPY = "copy", _("Copied from the term before")
    IMPORT = "import", _("Imported from a file")


class DutyRunState(models.TextChoices):
    WAITING = "waiting", _("Waits for your decision")
    DONE = "done", pgettext_lazy("many duties", "Done")
    UNDONE = "undone", _("Taken back")
    DROPPED = "dropped", _("Not imported")


S = DutyRunState
TRANSITIONS: dict[DutyRunState, frozenset[DutyRunState]] = {
    S.WAITING: frozenset({S.DONE, S.DROPPED}),
    S.DONE: frozenset({S.UNDONE}),
    S.UNDONE: frozenset(),
    S.DROPPED: frozenset(),
}


class DutyRunQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> DutyRunQuerySet:
        """For all who give duties at the school."""
        return self.filter(school__in=reach(user, Capability.ADMINISTER).schools)


class DutyRun(models.Model):
    """Duties copied to a term, or imported from a file.

    `changes` holds ids and dates only: what was given, what was ended and when it ended before. `content` holds the rows of a
    file between its check and its import, and is empty afterwards.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("school.School", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=DutyRunKind)
    term = models.ForeignKey("school.Term", models.PROTECT, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("Who"))
    created_at = models.DateTimeField(_("When"), default=timezone.now)
    state = models.CharField(_("State"), max_length=8, choices=DutyRunState, default=DutyRunState.WAITING)
    content = EncryptedTextField(blank=True)
    changes = models.JSONField(default=list)

    objects = DutyRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of many duties")
        verbose_name_plural = _("changes of many duties")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DutyRunState.values), name="duty_run_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=S.WAITING) | Exact(Length("content"), 0), name="duty_run_keeps_nothing"
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="duty_run_states",
                field="state",
                transitions=sorted((old.value, new.value) for old, news in TRANSITIONS.items() for new in news),
            )
        ]

    def __str__(self) -> str:
        return f"change of duties {self.pk}"

    @property
    def given(self) -> int:
        return sum(change["what"] == "given" for change in self.changes)

    @property
    def ended(self) -> int:
        return len(self.changes) - self.given
