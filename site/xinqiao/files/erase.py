"""A child's papers as a whole, for whoever takes out or erases a child's file; and the sweep of what is over."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from xinqiao.files import store
from xinqiao.files.attach import UNDO_FOR, destroy
from xinqiao.files.models import SealedFile

if TYPE_CHECKING:
    from xinqiao.accounts.models import User
    from xinqiao.school.models import Student

_ORPHAN_AFTER = datetime.timedelta(hours=6)


def papers_of(student: Student) -> models.QuerySet[SealedFile]:
    """Every paper about this child that can still be opened."""
    return SealedFile.objects.with_content().filter(student=student)


def erase_papers(*, student: Student, by: User) -> int:
    """Destroy the contents of all of a child's papers; how many. Rows stay, without a name and a key."""
    papers = list(papers_of(student))
    for paper in papers:
        destroy(paper=paper, by=by, because="erased")
    return len(papers)


def sweep(now: datetime.datetime | None = None) -> dict[str, int]:
    """Destroy what was taken away and not brought back, and delete contents that no row knows.

    A content without a row is what a process leaves that is killed between the storage and the commit.
    """
    now = now or timezone.now()
    over = list(SealedFile.objects.with_content().filter(removed_at__lt=now - UNDO_FOR))
    for paper in over:
        destroy(paper=paper, by=None, because="removed")
    orphans = 0
    batch: list[str] = []
    for path in store.there(before=now - _ORPHAN_AFTER):
        batch.append(path)
        if len(batch) == 500:
            orphans += _delete_unknown(batch)
            batch = []
    return {"destroyed": len(over), "orphans": orphans + _delete_unknown(batch)}


def _delete_unknown(paths: list[str]) -> int:
    known = set(SealedFile.objects.filter(path__in=paths).values_list("path", flat=True))
    unknown = [path for path in paths if path not in known]
    for path in unknown:
        store.remove(path)
    return len(unknown)
