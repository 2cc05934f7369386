"""The one way to what a paper shows: asks for the right, records the reading, and only then opens it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import models
from django.http import Http404

from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.capabilities import Capability
from xinqiao.audit.trail import record
from xinqiao.files import store
from xinqiao.files.errors import ContentBroken
from xinqiao.files.kinds import Kind, kind_called
from xinqiao.files.models import SealedFile
from xinqiao.files.sealing import unseal

if TYPE_CHECKING:
    from xinqiao.accounts.models import User

READ = "file.read"
EXPORT = "file.export"
_ONE_READING_SECONDS = 120


def paper_for(user: User, paper_id: uuid.UUID, *, removed: bool = False) -> SealedFile:
    """A paper of a record within this person's sight.

    Args:
        removed: also one that was taken away and can be brought back.

    Raises:
        Http404: there is none, as far as this person may know.
        NotPermitted: the record is within sight, and its papers are not for this person.
    """
    papers = SealedFile.objects.with_content().select_related("school", "student", "made_by", "removed_by")
    found = (papers if removed else papers.kept()).filter(pk=paper_id).first()
    if found is None:
        raise Http404
    kind, owner = whose(user, found)
    if not kind.may_read(user, owner):
        raise NotPermitted(Capability.READ_NARRATIVE)
    return found


def whose(user: User, paper: SealedFile) -> tuple[Kind, models.Model]:
    """Its kind, and the record to which it belongs; 404 where this person does not see that record."""
    kind = kind_called(paper.kind)
    return kind, kind.owner_for(user, paper.owner_id)


def read_paper(*, user: User, paper: SealedFile, page: int | None = None) -> bytes:
    """The content, for the eyes of whoever was just recorded. The pages of one reading are one entry."""
    key = f"files:read:{user.pk}:{paper.pk.hex}"
    if page is None or cache.add(key, True, _ONE_READING_SECONDS):
        cache.set(key, True, _ONE_READING_SECONDS)
        _record(READ, user, paper)
    return content_of(paper)


def take_out(*, user: User, paper: SealedFile) -> Iterator[bytes]:
    """The same for a file that leaves the house; piece by piece, so that memory does not grow with its size.

    Raises:
        NotPermitted: this person may look at it, and no more.
    """
    kind, owner = whose(user, paper)
    if not kind.may_take_out(user, owner):
        raise NotPermitted(Capability.WRITE_CASE)
    _record(EXPORT, user, paper)
    return open_content(paper)


def open_content(paper: SealedFile) -> Iterator[bytes]:
    """What is in it, piece by piece, without a question: for those who have asked and recorded themselves.

    Raises:
        ContentBroken: it was changed, cut off, or belongs to another row.
    """
    key = paper.data_key
    if not key:
        raise ContentBroken(f"{paper.pk}: destroyed")
    with store.opened(paper.path) as sealed:
        yield from unseal(sealed, key=bytes.fromhex(key), row=paper.pk)


def content_of(paper: SealedFile) -> bytes:
    """All of it at once, held against the sum that was taken when it was kept."""
    content = b"".join(open_content(paper))
    if hashlib.sha256(content).hexdigest() != paper.sha256:
        raise ContentBroken(f"{paper.pk}: another content than was kept")
    return content


def _record(action: str, user: User, paper: SealedFile) -> None:
    record(actor=user, action=action, target=paper, student_id=paper.student_id, details={"kind": paper.kind})
