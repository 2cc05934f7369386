"""Taking a child's file out: asked for with a reason, made by a job, kept encrypted for a day, fetched a few times, then gone."""

from __future__ import annotations

import datetime
import hashlib
import os
import uuid
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tasks.outbox import enqueue
from tasks.pdf import UnshowableCharacter
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.audit.trail import record
from xinqiao.exports import SHORTEST_PASSWORD
from xinqiao.records.assemble import ChildFile, Order, assemble
from xinqiao.records.enums import AT_WORK, ExportState
from xinqiao.records.errors import ExportGone, NotReady, OnlyOneAtATime, WeakPassword
from xinqiao.records.models import MOST_DOWNLOADS, ExportRun
from xinqiao.records.packing import pack

if TYPE_CHECKING:
    from xinqiao.accounts.models import User
    from xinqiao.school.models import Student

KIND = "records.export"
KEPT_FOR = datetime.timedelta(hours=24)


def check_password(password: str, student: Student, *, shortest: int = SHORTEST_PASSWORD) -> None:
    """Raises WeakPassword where it is short, or what everybody would try first."""
    told = {student.name, student.number, student.pinyin, f"{student.born_on:%Y%m%d}" if student.born_on else ""}
    if len(password) < shortest or any(word and word.lower() in password.lower() for word in told):
        raise WeakPassword


@transaction.atomic
def start_export(
    *, user: User, student: Student, edition: str, purpose: str, recipient: str, reason: str, password: str
) -> ExportRun:
    """Have the file made. The password lies encrypted in the row until then, and in no message.

    Raises:
        NotPermitted
        WeakPassword
        OnlyOneAtATime: one is being made for this person already.
    """
    require(user, Capability.EXPORT_FILE, student)
    check_password(password, student)
    if ExportRun.objects.filter(student=student, asked_by=user, state__in=AT_WORK).exists():
        raise OnlyOneAtATime
    run = ExportRun(school_id=student.school_id, student=student, edition=edition, purpose=purpose, asked_by=user)
    run.recipient, run.reason, run.password = recipient, reason, password
    run.save(force_insert=True)
    record(
        actor=user,
        action="records.ask_export",
        target=run,
        student_id=student.pk,
        details={"edition": f"{edition}_copy", "purpose": f"for_{purpose}"},
    )
    enqueue(kind=KIND, key=f"{KIND}:{run.pk}", payload={"run": str(run.pk)})
    return run


def make_export(run_id: str) -> None:
    """The worker's part. Doing it again does no harm: it is made anew, or is there already."""
    run = ExportRun.objects.select_related("student__school", "student__current_class__grade", "asked_by").get(
        pk=run_id
    )
    if not run.at_work:
        return
    ExportRun.objects.filter(pk=run.pk, state=ExportState.WAITING).update(state=ExportState.MAKING)
    now = timezone.now()
    order = Order(run.code, run.edition, run.purpose, run.recipient, str(run.asked_by), now)
    try:
        made = assemble(run.student, order, progress=lambda done, of: _note(run, done, of))
        content = pack(made, run.password)
    except UnshowableCharacter as unshowable:
        _fail(run, _("No font of ours has the character “%s”.") % unshowable.character)
        return
    _keep(run, made, content, now)


@transaction.atomic
def collect(*, user: User, run: ExportRun, now: datetime.datetime | None = None) -> bytes:
    """The encrypted zip, once more; after the last time it is deleted.

    Raises:
        NotPermitted
        NotReady, ExportGone
    """
    require(user, Capability.EXPORT_FILE, run)
    now = now or timezone.now()
    run = ExportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.at_work or run.state == ExportState.FAILED:
        raise NotReady
    if run.state != ExportState.READY or now >= run.expires_at or run.downloads >= MOST_DOWNLOADS:
        raise ExportGone
    with storages["private"].open(run.file) as stored:
        content = stored.read()
    run.downloads += 1
    run.save(update_fields=["downloads"])
    record(
        actor=user,
        action="records.export_fetch",
        target=run,
        student_id=run.student_id,
        details={"edition": f"{run.edition}_copy", "downloads": run.downloads, "bytes": len(content)},
    )
    if run.downloads >= MOST_DOWNLOADS:
        forget(run)
    return content


@transaction.atomic
def drop_export(*, user: User, run: ExportRun) -> None:
    """Delete it here before its day is over."""
    require(user, Capability.EXPORT_FILE, run)
    run = ExportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.state != ExportState.GONE:
        forget(run)
        record(actor=user, action="records.drop_export", target=run, student_id=run.student_id)


def expire_exports(now: datetime.datetime | None = None) -> int:
    """Delete what nobody fetched within its day, and what was never made. How many."""
    now = now or timezone.now()
    over = ExportRun.objects.filter(state=ExportState.READY, expires_at__lte=now)
    never = ExportRun.objects.filter(state__in=[*AT_WORK, ExportState.FAILED], asked_at__lte=now - KEPT_FOR)
    count = 0
    for pk in [*over.values_list("pk", flat=True), *never.values_list("pk", flat=True)]:
        with transaction.atomic():
            run = ExportRun.objects.select_for_update(of=("self",)).get(pk=pk)
            if run.state != ExportState.GONE:
                forget(run)
                count += 1
    return count


def whole_file(*, student: Student, order: Order, password: str) -> tuple[ChildFile, bytes]:
    """The file at once, for the command: what is in it, and the encrypted zip."""
    made = assemble(student, order)
    return made, pack(made, password)


def _note(run: ExportRun, done: int, of: int) -> None:
    ExportRun.objects.filter(pk=run.pk, state=ExportState.MAKING).update(done=done, of=of)


def _keep(run: ExportRun, made: ChildFile, content: bytes, now: datetime.datetime) -> None:
    name = storages["private"].save(f"records/{uuid.uuid4()}", ContentFile(content))
    _close_to_others(name)
    with transaction.atomic():
        run = ExportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if run.state != ExportState.MAKING:  # dropped meanwhile, or another worker was first
            storages["private"].delete(name)
            return
        run.state, run.file, run.password = ExportState.READY, name, ""
        run.size, run.sha256 = len(content), hashlib.sha256(content).hexdigest()
        run.made_at, run.expires_at = now, now + KEPT_FOR
        run.save(update_fields=["state", "file", "password", "size", "sha256", "made_at", "expires_at"])
        record(
            actor=run.asked_by,
            action="records.export",
            target=run,
            student_id=run.student_id,
            details={"edition": f"{run.edition}_copy", "records": made.records, "papers": len(made.papers)},
        )


def _fail(run: ExportRun, sentence: str) -> None:
    with transaction.atomic():
        run = ExportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        run.state, run.password, run.stopped_by = ExportState.FAILED, "", sentence
        run.save(update_fields=["state", "password", "stopped_by"])


def forget(run: ExportRun) -> None:
    """Delete the file and the password of a locked run; that there was one stays."""
    name, run.file = run.file, ""
    run.state, run.password = ExportState.GONE, ""
    run.save(update_fields=["file", "state", "password"])
    if name:
        transaction.on_commit(lambda: storages["private"].delete(name))


def _close_to_others(name: str) -> None:
    # A place in the cloud has no mode; there the bucket is closed.
    try:
        path = storages["private"].path(name)
    except NotImplementedError:
        return
    os.chmod(path, 0o600)
