"""Files taken out, files erased, what is due for erasing and who may not be erased. The database keeps two persons apart."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.access import Place, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.crypto.fields import EncryptedTextField
from xinqiao.guards import stays, written
from xinqiao.records.enums import (
    AT_WORK,
    ERASURE_MOVES,
    EXPORT_MOVES,
    Channel,
    Edition,
    ErasureState,
    ExportPurpose,
    ExportState,
    Ground,
)

if TYPE_CHECKING:
    from xinqiao.accounts.models import User

MOST_DOWNLOADS = 3


def _empty(field: str) -> Q:
    return ~written(field)


class ExportRunQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ExportRunQuerySet:
        """The file itself is for whoever asked for it, as long as taking files out is their duty."""
        return self.of_schools_of(user).filter(asked_by=user.pk)

    def of_schools_of(self, user: User) -> ExportRunQuerySet:
        """That a file was taken out, when and by whom."""
        return self.filter(school__in=reach(user, Capability.EXPORT_FILE).schools)


class ExportRun(models.Model):
    """One child's file on its way out. The password lies here, encrypted, from the asking until the zip is made, and no longer.

    Attributes:
        file: below PRIVATE_ROOT, an encrypted zip; empty once it is gone. Its name is not the child's.
        done, of: parts read so far, for the bar.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("school.School", models.PROTECT, related_name="+")
    student = models.ForeignKey("school.Student", models.PROTECT, related_name="+")
    edition = models.CharField(_("Copy"), max_length=8, choices=Edition)
    purpose = models.CharField(_("What it is for"), max_length=12, choices=ExportPurpose)
    recipient = EncryptedTextField(_("Who gets it"))
    reason = EncryptedTextField(_("Reason"))
    password = EncryptedTextField(blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("Who"))
    asked_at = models.DateTimeField(_("When"), default=timezone.now)
    state = models.CharField(_("State"), max_length=8, choices=ExportState, default=ExportState.WAITING)
    done = models.PositiveSmallIntegerField(default=0)
    of = models.PositiveSmallIntegerField(default=0)
    stopped_by = models.CharField(max_length=200, blank=True)
    file = models.CharField(max_length=80, blank=True)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    downloads = models.PositiveSmallIntegerField(_("Downloads"), default=0)

    objects = ExportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("file taken out")
        verbose_name_plural = _("files taken out")
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=sorted(AT_WORK)) | _empty("password"), name="password_goes_once_made"
            ),
            models.CheckConstraint(condition=~Q(state="gone") | Q(file=""), name="gone_export_has_no_file"),
            models.CheckConstraint(
                condition=~Q(state="ready") | (~Q(file="") & Q(made_at__isnull=False, expires_at__isnull=False)),
                name="ready_export_has_a_file_and_an_end",
            ),
            models.CheckConstraint(condition=written("recipient") & written("reason"), name="export_says_who_and_why"),
            models.CheckConstraint(condition=Q(downloads__lte=MOST_DOWNLOADS), name="export_is_fetched_a_few_times"),
        ]
        indexes = [models.Index(fields=["student", "-asked_at"]), models.Index(fields=["state", "expires_at"])]
        triggers = [
            pgtrigger.FSM(name="export_moves", field="state", transitions=EXPORT_MOVES),
            stays(
                "export_stays_as_asked",
                *("school_id", "student_id", "edition", "purpose", "recipient", "reason", "asked_by_id", "asked_at"),
                once="TRUE",
            ),
            pgtrigger.Protect(name="export_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"

    @property
    def at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def code(self) -> str:
        """Names the file; tells nothing of the child."""
        return str(self.pk).split("-")[0].upper()

    @property
    def downloads_left(self) -> int:
        return MOST_DOWNLOADS - self.downloads

    def access_place(self) -> Place:
        return Place(school_id=self.school_id, student_id=self.student_id, owner_id=self.asked_by_id)


class ErasureQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ErasureQuerySet:
        return self.filter(school__in=reach(user, Capability.ERASE_FILE).schools)

    def asked(self) -> ErasureQuerySet:
        return self.filter(state=ErasureState.ASKED)


class Erasure(models.Model):
    """One act of erasing a child's file: asked by one person, carried out by another's word, and what became of it.

    Attributes:
        reference: on the certificate; the emptied rows belong to somebody of this number.
        student: whose file; afterwards the row without a name to which the emptied records belong.
        result: what was erased, what is kept on which ground until when; numbers and keys only.
        identity: whom it was about, encrypted, for as long as the law keeps something; then empty.
        kept_until: the last day of what is kept by law.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(_("Reference"), max_length=20, unique=True)
    school = models.ForeignKey("school.School", models.PROTECT, related_name="+")
    student = models.ForeignKey("school.Student", models.PROTECT, related_name="+")
    ground = models.CharField(_("Ground"), max_length=8, choices=Ground)
    channel = models.CharField(max_length=9, choices=Channel, default=Channel.PAGE)
    reason = EncryptedTextField(_("Reason"))
    state = models.CharField(_("State"), max_length=9, choices=ErasureState, default=ErasureState.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = EncryptedTextField(_("Comment"), blank=True)
    identity = EncryptedTextField(blank=True)
    result = models.JSONField(default=dict)
    kept_until = models.DateField(null=True, blank=True)
    backups_until = models.DateField(null=True, blank=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["student"], condition=Q(state="asked"), name="one_erasure_asked_a_child"),
            models.CheckConstraint(condition=written("reason"), name="erasure_says_why"),
            models.CheckConstraint(
                condition=~Q(channel="page") | Q(asked_by__isnull=False), name="erasure_is_asked_by_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(channel="page", state="done")
                | (Q(answered_by__isnull=False) & ~Q(answered_by=F("asked_by"))),
                name="erasure_needs_two",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(answered_at__isnull=False, backups_until__isnull=False),
                name="erasure_says_when",
            ),
        ]
        indexes = [models.Index(fields=["school", "state"])]
        triggers = [
            pgtrigger.FSM(name="erasure_moves", field="state", transitions=ERASURE_MOVES),
            stays("erasure_stays_as_asked", "school_id", "ground", "channel", "asked_by_id", "asked_at", once="TRUE"),
            stays(
                "erasure_answer_stays",
                *("student_id", "answered_by_id", "answered_at", "answer", "result", "reference", "kept_until"),
                once="OLD.state <> 'asked'",
            ),
            pgtrigger.Protect(name="erasure_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"erasure {self.reference}"

    def access_place(self) -> Place:
        return Place(school_id=self.school_id, student_id=self.student_id)

    @property
    def kept(self) -> list[dict[str, Any]]:
        return self.result.get("kept", [])

    @property
    def erased(self) -> list[dict[str, Any]]:
        return self.result.get("erased", [])


from xinqiao.records.retention_models import (  # noqa: E402, F401 - this app's tables too
    Hold,
    RetentionChoice,
    RetentionItem,
    RetentionRun,
)
