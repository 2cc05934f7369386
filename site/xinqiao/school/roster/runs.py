"""An import from the page, step by step: handed in, checked, decided, imported or dropped, and for some days taken back."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.core.cache import cache
from django.core.files import File
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tasks.enums import OutboxState
from tasks.models import OutboxMessage
from tasks.outbox import enqueue
from xinqiao.accounts.access import NotPermitted, require
from xinqiao.accounts.capabilities import Capability
from xinqiao.audit.trail import record
from xinqiao.school.models import ImportRun, School
from xinqiao.school.roster.apply import DirectoryChanged, dry_run, import_roster
from xinqiao.school.roster.error_sheet import error_workbook
from xinqiao.school.roster.errors import FileRefused
from xinqiao.school.roster.models import AT_WORK, RunState
from xinqiao.school.roster.plan import Decisions, Plan
from xinqiao.school.roster.report import refusal, report_of
from xinqiao.school.roster.way_back import KEPT_DAYS, SomethingBuiltOn, WayBack, take_back

if TYPE_CHECKING:
    from xinqiao.accounts.models import User

KIND = "school.roster"
KEPT_FOR = datetime.timedelta(hours=24)
_PROGRESS_SECONDS = 600


class NotNow(Exception):
    """The import is not at a point where this can be done: somebody pressed twice, or in another tab."""


@transaction.atomic
def start_run(*, by: User, school: School, upload: IO[bytes]) -> ImportRun:
    """Keep the file and have it checked.

    Raises:
        NotPermitted: importing into this school is not this person's duty.
    """
    require(by, Capability.IMPORT_ROSTER, school)
    run = ImportRun(school=school, started_by=by, language=translation.get_language() or "")
    # The name is ours: what the upload was called says nothing and may lead anywhere.
    run.file = storages["private"].save(f"roster/{run.pk}", File(upload))
    _path(run).chmod(0o600)
    run.save()
    record(actor=by, action="roster.upload", target=run)
    _order(run)
    return run


@transaction.atomic
def decide(*, by: User, run: ImportRun, answers: Decisions) -> ImportRun:
    """Note the decisions and have the file checked again with them.

    Raises:
        NotNow: it is not waiting for a decision.
    """
    run = _locked(run, by, RunState.CHECKED)
    run.decisions = {**run.decisions, **answers}
    run.changed_meanwhile = False
    _check_again(run)
    return run


@transaction.atomic
def confirm(*, by: User, run: ImportRun) -> ImportRun:
    """Have it imported as it was shown.

    Raises:
        NotNow: it is not waiting, or something in it is wrong or undecided.
    """
    run = _locked(run, by, RunState.CHECKED)
    if not run.can_be_confirmed:
        raise NotNow
    run.state = RunState.APPLYING
    run.save(update_fields=["state"])
    _order(run)
    return run


@transaction.atomic
def drop(*, by: User, run: ImportRun) -> None:
    """Throw the file and what was found in it away.

    Raises:
        NotNow: it is being imported, or was.
    """
    _end(_locked(run, by, RunState.CHECKED, RunState.CHECKING), RunState.DROPPED)


@transaction.atomic
def undo(*, by: User, run: ImportRun) -> ImportRun:
    """Have the import taken back as a whole.

    Raises:
        NotNow: it was not imported, or too long ago.
    """
    run = _locked(run, by, RunState.DONE)
    if not may_be_undone(run):
        raise NotNow
    run.state = RunState.UNDOING
    run.rounds += 1
    run.save(update_fields=["state", "rounds"])
    _order(run)
    return run


def may_be_undone(run: ImportRun, now: datetime.datetime | None = None) -> bool:
    """Whether it was imported so lately that it may still be taken back."""
    return bool(
        run.state == RunState.DONE
        and run.way_back
        and run.done_at
        and (now or timezone.now()) - run.done_at <= datetime.timedelta(days=KEPT_DAYS)
    )


def work_on(run_id: str) -> None:
    """The worker's part: check, import or take back, whichever is due. Doing it again does no harm."""
    run = ImportRun.objects.select_related("school", "started_by").filter(pk=run_id).first()
    if run is None or run.state not in AT_WORK:
        return
    # The sentences are kept as they are shown: in the language of whoever chose the file.
    with translation.override(run.language or None):
        if run.state == RunState.CHECKING:
            _check(run)
        elif run.state == RunState.APPLYING:
            _apply(run)
        else:
            _take_back(run)


@transaction.atomic
def stop(run_id: str) -> bool:
    """Put an end to a step whose workers died or failed again and again; whether there was one. All of it was undone by itself."""
    run = ImportRun.objects.select_for_update(of=("self",)).filter(pk=run_id, state__in=AT_WORK).first()
    if run is None:
        return False
    with translation.override(run.language or None):
        if run.state == RunState.UNDOING:
            sentence = _(
                "Taking it back was interrupted. Nothing was changed; try again, or ask whoever runs the system."
            )
            run.state, run.report = RunState.DONE, refusal(sentence)
        else:
            sentence = _(
                "The work on this file was interrupted several times, and nothing was imported. Hand the file in again; if it"
                " happens again, ask whoever runs the system."
            )
            run.state, run.report, run.can_be_confirmed = RunState.REFUSED, refusal(sentence), False
            _forget_file(run)
    run.save()
    record(actor=None, action="roster.stopped", target=run)
    return True


def stop_the_stuck() -> int:
    """Those at work for whom no message is on its way any more: sent in vain, given up, or never written."""
    stuck = 0
    for run in ImportRun.objects.filter(state__in=AT_WORK):
        alive = OutboxMessage.objects.filter(key=_key(run), state__in=[OutboxState.PENDING, OutboxState.SENDING])
        if not alive.exists():
            stuck += stop(str(run.pk))
    return stuck


def errors_of(*, by: User, run: ImportRun) -> bytes:
    """All that is to be mended in a file that waits, as a workbook.

    Raises:
        NotNow: it is not waiting any more.
        FileRefused: the file is gone.
    """
    require(by, Capability.IMPORT_ROSTER, run.school)
    if run.started_by_id != by.pk or run.state != RunState.CHECKED or not run.file:
        raise NotNow
    plan = dry_run(school=run.school, path=_path(run), by=by, decisions=run.decisions)
    content = error_workbook(_path(run), plan.all_errors())
    record(actor=by, action="roster.errors", target=run, details={"rows": plan.rows})
    return content


def progress_of(run: ImportRun) -> int:
    """Rows read so far in the present step."""
    return int(cache.get(_progress_key(run)) or 0)


@transaction.atomic
def expire_runs(now: datetime.datetime | None = None) -> int:
    """Drop what nobody decided within a day, and forget what was found in files that could not be read."""
    before = (now or timezone.now()) - KEPT_FOR
    old = ImportRun.objects.select_for_update(of=("self",)).filter(created_at__lte=before)
    waiting = list(old.filter(state__in=[RunState.CHECKED, RunState.CHECKING]))
    for run in waiting:
        _end(run, RunState.DROPPED)
    old.filter(state=RunState.REFUSED).update(report="")
    over = ImportRun.objects.filter(state=RunState.DONE, done_at__lte=before - datetime.timedelta(days=KEPT_DAYS - 1))
    over.exclude(way_back__isnull=True).update(way_back="", report="")
    _remove_strays(before)
    return len(waiting)


def _remove_strays(before: datetime.datetime) -> None:
    """Files whose request died before its row was written."""
    store = storages["private"]
    if not store.exists("roster"):
        return
    kept = set(ImportRun.objects.exclude(file="").values_list("file", flat=True))
    for name in (f"roster/{each}" for each in store.listdir("roster")[1]):
        if name not in kept and store.get_modified_time(name) <= before:
            store.delete(name)


# -- inside ------------------------------------------------------------------------------------------------------------


def _locked(run: ImportRun, by: User, *states: RunState) -> ImportRun:
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("school").get(pk=run.pk)
    require(by, Capability.IMPORT_ROSTER, run.school)
    if run.started_by_id != by.pk:
        raise NotPermitted(Capability.IMPORT_ROSTER)
    if run.state not in states:
        raise NotNow
    return run


_STEPS = {RunState.CHECKING: "check", RunState.APPLYING: "apply", RunState.UNDOING: "undo"}


def _key(run: ImportRun) -> str:
    return f"{KIND}:{run.pk}:{run.rounds}:{_STEPS[RunState(run.state)]}"


def _order(run: ImportRun) -> None:
    cache.delete(_progress_key(run))
    enqueue(kind=KIND, key=_key(run), payload={"run": str(run.pk)})


def _check_again(run: ImportRun) -> None:
    run.state = RunState.CHECKING
    run.rounds += 1
    run.save(update_fields=["state", "rounds", "decisions", "changed_meanwhile"])
    _order(run)


def _check(run: ImportRun) -> None:
    try:
        plan = dry_run(
            school=run.school,
            path=_path(run),
            by=run.started_by,
            decisions=run.decisions,
            progress=lambda rows: _note(run, rows),
        )
    except FileRefused as error:
        _refuse(run, str(error))
        return
    with transaction.atomic():
        run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if run.state == RunState.CHECKING:
            _show(run, plan, RunState.CHECKED)


def _apply(run: ImportRun) -> None:
    ways: list[WayBack] = []
    try:
        with transaction.atomic():
            run = (
                ImportRun.objects.select_for_update(of=("self",)).select_related("school", "started_by").get(pk=run.pk)
            )
            if run.state != RunState.APPLYING:
                return
            plan = import_roster(
                school=run.school,
                path=_path(run),
                by=run.started_by,
                decisions=run.decisions,
                expected=run.counts,
                progress=lambda rows: _note(run, rows),
                way_back=ways.append,
            )
            if not plan.can_be_applied:
                raise DirectoryChanged
            run.way_back = ways[0].as_text() if ways else ""
            run.done_at = timezone.now()
            _end(run, RunState.DONE)
    except FileRefused as error:
        _refuse(run, str(error))
    except DirectoryChanged:
        with transaction.atomic():
            run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
            run.changed_meanwhile = True
            _check_again(run)


def _take_back(run: ImportRun) -> None:
    try:
        with transaction.atomic():
            run = (
                ImportRun.objects.select_for_update(of=("self",)).select_related("school", "started_by").get(pk=run.pk)
            )
            if run.state != RunState.UNDOING:
                return
            require(run.started_by, Capability.IMPORT_ROSTER, run.school)
            take_back(school=run.school, way=WayBack.from_text(run.way_back), by=run.started_by, target=run)
            run.state, run.way_back, run.report = RunState.UNDONE, "", ""
            run.save()
    except SomethingBuiltOn:
        with transaction.atomic():
            run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
            run.state = RunState.DONE
            run.report = refusal(
                _(
                    "It could not be taken back: since then somebody changed these children, or something belongs to them."
                )
            )
            run.save()


def _show(run: ImportRun, plan: Plan, state: RunState) -> None:
    for name, count in plan.counts().items():
        setattr(run, name, count)
    run.rows, run.state, run.report = plan.rows, state, report_of(plan)
    run.can_be_confirmed = plan.can_be_applied and not plan.changes_nothing
    run.save()


def _refuse(run: ImportRun, sentence: str) -> None:
    with transaction.atomic():
        run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        run.state, run.report = RunState.REFUSED, refusal(sentence)
        run.can_be_confirmed = False
        _forget_file(run)
        run.save()


def _end(run: ImportRun, state: RunState) -> None:
    run.state, run.report, run.decisions = state, "", {}
    run.changed_meanwhile = False
    run.can_be_confirmed = False
    _forget_file(run)
    run.save()


def _forget_file(run: ImportRun) -> None:
    name, run.file = run.file, ""
    if name:
        transaction.on_commit(lambda: storages["private"].delete(name))


def _path(run: ImportRun) -> Path:
    return Path(storages["private"].path(run.file))


def _progress_key(run: ImportRun) -> str:
    return f"roster:progress:{run.pk}"


def _note(run: ImportRun, rows: int) -> None:
    cache.set(_progress_key(run), rows, _PROGRESS_SECONDS)
