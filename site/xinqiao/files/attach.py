"""What is done with papers: attach, take away, bring back, destroy. Each is one transaction, and on the trail."""

from __future__ import annotations

import contextlib
import contextvars
import datetime
import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils import timezone

from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.capabilities import Capability
from xinqiao.audit.trail import record
from xinqiao.files import store
from xinqiao.files.errors import NotHere, ReasonNeeded, TooManyPapers
from xinqiao.files.intake import CleanPaper
from xinqiao.files.kinds import Kind, kind_called
from xinqiao.files.models import SealedFile
from xinqiao.files.sealing import new_key

if TYPE_CHECKING:
    from xinqiao.accounts.models import User

MOST = 60
"""Papers of one kind at one record."""
UNDO_FOR = datetime.timedelta(days=30)
"""How long a paper that was taken away can be brought back; then its content is destroyed."""

_written: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar("written", default=None)


@contextlib.contextmanager
def all_or_nothing() -> Iterator[None]:
    """A transaction whose contents on the storage go again with its rows where it fails.

    An act that attaches a paper and writes something else puts both into one of these.
    """
    outer = _written.get()
    here: list[str] = []
    token = _written.set(here)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        for path in here:
            store.remove(path)
        raise
    else:
        if outer is not None:
            outer.extend(here)
    finally:
        _written.reset(token)


def attach(
    paper: CleanPaper, *, to: models.Model, kind: str, by: User, now: datetime.datetime | None = None
) -> SealedFile:
    """Keep a paper with a record.

    Args:
        paper: what `clean_paper` or a `PaperField` gave.
        to: the record to which it belongs.
        kind: a registered kind whose owner is this model.

    Raises:
        NotPermitted: this person may not add papers here.
        TooManyPapers
    """
    known = kind_called(kind)
    if to._meta.label != known.owner:
        raise ValueError(f"a paper of kind {kind} does not belong to {to._meta.label}")
    _require(by, known, to)
    with all_or_nothing():
        type(to)._base_manager.select_for_update(of=("self",)).get(pk=to.pk)
        if SealedFile.objects.of(to, kind).kept().count() >= MOST:
            raise TooManyPapers
        school, student = known.of(to)
        made = SealedFile(
            school=school,
            student=student,
            owner_type=to._meta.label_lower,
            owner_id=to.pk,
            kind=kind,
            name=paper.name,
            content_type=paper.content_type,
            pages=paper.pages,
            sha256=hashlib.sha256(paper.content).hexdigest(),
            made_at=now or timezone.now(),
            made_by=by,
        )
        _seal(made, paper.content)
        made.save()
        _record("file.attach", made, by, bytes=made.size)
    return made


@transaction.atomic
def take_away(*, paper: SealedFile, by: User, reason: str, now: datetime.datetime | None = None) -> SealedFile:
    """Out of sight. It can be brought back for a while; then the content is destroyed.

    Raises:
        NotPermitted
        ReasonNeeded
        NotHere: somebody took it away already.
    """
    found = _locked(paper, by)
    if found.removed_at is not None:
        raise NotHere
    if not reason.strip():
        raise ReasonNeeded
    found.removed_at, found.removed_by, found.removed_because = now or timezone.now(), by, reason.strip()
    found.save(update_fields=["removed_at", "removed_by", "removed_because"])
    _record("file.take_away", found, by)
    return found


@transaction.atomic
def bring_back(*, paper: SealedFile, by: User) -> SealedFile:
    """The undo of `take_away`.

    Raises:
        NotPermitted
        NotHere: its content is destroyed, or it was brought back already.
    """
    found = _locked(paper, by)
    if found.removed_at is None or not found.path:
        raise NotHere
    found.removed_at, found.removed_by, found.removed_because = None, None, ""
    found.save(update_fields=["removed_at", "removed_by", "removed_because"])
    _record("file.bring_back", found, by)
    return found


@transaction.atomic
def destroy(*, paper: SealedFile, by: User | None, because: str) -> None:
    """Make the content unreadable for good: its key goes with the row's change, the sealed bytes after it.

    Without its key the content opens nowhere, in no backup of the storage either.

    Args:
        because: what the trail says: `removed` (its time is over) or `erased` (the child's file was).
    """
    found = SealedFile.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    if not found.path:
        return
    path = found.path
    found.path = found.data_key = found.name = found.sha256 = found.removed_because = ""
    if found.removed_at is None and by is not None:
        found.removed_at, found.removed_by = timezone.now(), by
    found.save()
    _record("file.destroy", found, by, because=because)
    transaction.on_commit(lambda: store.remove(path))


def _seal(paper: SealedFile, content: bytes) -> None:
    key = new_key()
    paper.path, paper.size = store.put([content], key=key, row=paper.pk)
    paper.data_key = key.hex()
    written = _written.get()
    if written is not None:
        written.append(paper.path)


def _locked(paper: SealedFile, by: User) -> SealedFile:
    found = SealedFile.objects.select_for_update(of=("self",)).select_related("school", "student").get(pk=paper.pk)
    kind = kind_called(found.kind)
    _require(by, kind, kind.owner_for(by, found.owner_id))
    return found


def _require(by: User, kind: Kind, owner: models.Model) -> None:
    if not kind.may_write(by, owner):
        raise NotPermitted(Capability.READ_NARRATIVE)


def _record(action: str, paper: SealedFile, by: User | None, **facts: object) -> None:
    record(
        actor=by,
        action=action,
        target=paper,
        student_id=paper.student_id,
        details={"kind": paper.kind, **facts},
    )
