"""A paper that was attached to a record: a photo or a PDF, sealed outside of the database, its key and name inside."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xinqiao.accounts.access import Place
from xinqiao.crypto.fields import EncryptedTextField
from xinqiao.files.intake import ENDINGS
from xinqiao.guards import stays, written


class ContentType(models.TextChoices):
    JPEG = "image/jpeg", _("Photo")
    PNG = "image/png", _("Picture")
    WEBP = "image/webp", pgettext_lazy("a WebP file", "Picture")
    PDF = "application/pdf", "PDF"


class SealedFileQuerySet(models.QuerySet):
    def of(self, owner: models.Model, kind: str = "") -> SealedFileQuerySet:
        """The papers of one record, those that were taken away included."""
        found = self.filter(owner_type=owner._meta.label_lower, owner_id=owner.pk)
        return found.filter(kind=kind) if kind else found

    def kept(self) -> SealedFileQuerySet:
        """Those that lie there, not taken away."""
        return self.filter(removed_at=None)

    def with_content(self) -> SealedFileQuerySet:
        """Those that can still be opened: taken away ones, too, until their time is over."""
        return self.exclude(path="")


class SealedFile(models.Model):
    """Attributes:
    owner_type, owner_id: the record to which it belongs, as on the trail.
    kind: a registered kind; it says who may read it.
    name: what it was called by whoever attached it; a label and never a path.
    data_key: the content's own key. Renewed by `rotate_keys` with every other encrypted column.
    size, sha256: of the content as it was kept. The sum is encrypted: it would betray whose copy of a known paper this is.
    path: where the sealed content lies; empty once it is destroyed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("school.School", models.PROTECT, related_name="+")
    student = models.ForeignKey("school.Student", models.PROTECT, null=True, blank=True, related_name="+")
    owner_type = models.CharField(max_length=60)
    owner_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    name = EncryptedTextField(_("Name of the file"), blank=True)
    content_type = models.CharField(max_length=20, choices=ContentType)
    pages = models.PositiveSmallIntegerField(default=1)
    size = models.PositiveIntegerField()
    sha256 = EncryptedTextField(blank=True)
    data_key = EncryptedTextField(blank=True)
    path = models.CharField(max_length=100, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    removed_because = EncryptedTextField(_("Why it was taken away"), blank=True)

    objects = SealedFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("attached paper")
        verbose_name_plural = _("attached papers")
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(fields=["path"], condition=~Q(path=""), name="one_paper_a_content"),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="removed_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(path="") & ~written("data_key") | ~Q(path="") & written("data_key"),
                name="content_has_its_key",
            ),
        ]
        indexes = [models.Index(fields=["owner_type", "owner_id"]), models.Index(fields=["student"])]
        triggers = [
            # A destroyed content keeps its row and never comes back; whose paper it is never changes.
            pgtrigger.Protect(name="paper_stays", operation=pgtrigger.Delete),
            stays(
                "paper_is_whose_it_is",
                *("school_id", "student_id", "owner_type", "owner_id", "kind", "content_type", "size"),
                *("made_at", "made_by_id"),
                once="TRUE",
            ),
            stays("destroyed_stays_so", "path", "data_key", once="OLD.path = ''"),
        ]

    def __str__(self) -> str:
        return f"paper {self.pk}"  # never its name, which may hold a child's

    @property
    def is_picture(self) -> bool:
        return self.content_type != ContentType.PDF

    @property
    def neutral_name(self) -> str:
        """What it is called outside of the house: nothing of whom it is about."""
        return f"paper-{self.made_at:%Y%m%d}-{self.pk.hex[:6]}.{ENDINGS[self.content_type]}"

    def access_place(self) -> Place:
        return Place(school_id=self.school_id, student_id=self.student_id, owner_id=self.made_by_id)
