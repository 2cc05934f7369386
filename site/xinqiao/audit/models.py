"""The trail of what was read, changed, exported and printed. Rows are added and never touched again; the database
refuses update, delete and truncate by any path. `AuditLink` chains them: each link's digest covers the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.access import reach
from xinqiao.accounts.capabilities import Capability

if TYPE_CHECKING:
    from xinqiao.accounts.models import User


def _append_only(name: str) -> list:
    return [
        pgtrigger.Protect(name=f"{name}_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name=f"{name}_no_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION 'the audit trail cannot be truncated';",
        ),
    ]


class AuditQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> AuditQuerySet:
        """What people of the reader's schools did, what concerned their logins, and what the system did by itself."""
        schools = reach(user, Capability.READ_AUDIT).schools
        if not schools:
            return self.none()
        people = AuditEntry._meta.get_field("actor").related_model.objects.filter(appointments__school__in=schools)
        of_a_person = Q(target_type="accounts.user")
        theirs = Q(target_id__in=people.annotate(key=Cast("pk", models.CharField())).values("key"))
        return self.filter(Q(actor__in=people.values("pk")) | Q(actor=None) & (~of_a_person | theirs))


class AuditEntry(models.Model):
    """Who did what to which record, when. Holds ids and facts about the act, never the text that was read or written."""

    at = models.DateTimeField(_("When"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("Who")
    )
    action = models.CharField(_("What"), max_length=60)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=40, blank=True)
    student_id = models.BigIntegerField(null=True, db_index=True)
    details = models.JSONField(default=dict)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["target_type", "target_id"]), models.Index(fields=["action", "at"])]
        triggers = _append_only("entry")

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"


class AuditLink(models.Model):
    """One link of the chain: the entry sealed at this position, and SHA-256 over the link before and the entry."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="link")
    digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("audit link")
        verbose_name_plural = _("audit links")
        triggers = _append_only("link")

    def __str__(self) -> str:
        return str(self.position)


from xinqiao.audit.break_glass_models import BreakGlass, BreakGlassSeen  # noqa: E402, F401 - this app's tables too
from xinqiao.audit.request_models import AccessRequest  # noqa: E402, F401
