"""A file of duties, step by step: handed in and read, looked at, done or dropped. The file itself is never kept."""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.duties.importing import DutyPlan, as_content, from_content, plan_import
from xinqiao.accounts.duties.models import DutyRun, DutyRunKind, DutyRunState
from xinqiao.accounts.duties.sheet import read_duties
from xinqiao.accounts.duties.steps import carry_out
from xinqiao.audit.trail import record
from xinqiao.school.models import School

if TYPE_CHECKING:
    from xinqiao.accounts.models import User

KEPT_FOR = datetime.timedelta(hours=24)


class NotNow(Exception):
    """The run is not at a point where this can be done, or what was shown no longer holds."""


def start_import(*, by: User, school: School, upload: IO[bytes]) -> DutyRun:
    """Read the file and keep what it says until somebody decides.

    Raises:
        NotPermitted
        FileRefused: it is no list of duties.
    """
    require(by, Capability.ADMINISTER, school)
    today = timezone.localdate()
    with tempfile.NamedTemporaryFile() as kept:
        for piece in iter(lambda: upload.read(65536), b""):
            kept.write(piece)
        kept.flush()
        listing = read_duties(Path(kept.name), year_began=today.year if today.month >= 8 else today.year - 1)
    with transaction.atomic():
        run = DutyRun(school=school, kind=DutyRunKind.IMPORT, made_by=by, content=as_content(listing))
        run.save()
        record(actor=by, action="duties.upload", target=run, details={"rows": len(listing.rows)})
    return run


def plan_of(run: DutyRun, by: User) -> DutyPlan:
    """What importing it now would do."""
    return plan_import(by=by, school=run.school, listing=from_content(run.content))


@transaction.atomic
def apply_import(*, by: User, run: DutyRun, seen: str) -> DutyRun:
    """Do all of it, or nothing.

    Args:
        seen: the fingerprint of the plan that was shown.

    Raises:
        NotPermitted, AppointmentRefused
        NotNow: somebody changed a duty meanwhile, or the run is over.
    """
    run = _waiting(run, by)
    School.objects.select_for_update(of=("self",)).get(pk=run.school_id)
    plan = plan_of(run, by)
    if not plan.can_be_applied or plan.fingerprint() != seen:
        raise NotNow
    run.changes = carry_out(by=by, school=run.school, steps=plan.steps)
    run.state, run.content = DutyRunState.DONE, ""
    run.save()
    record(actor=by, action="duties.import", target=run, details={"given": run.given, "ended": run.ended})
    return run


@transaction.atomic
def drop(*, by: User, run: DutyRun) -> None:
    """Forget what the file said.

    Raises:
        NotPermitted, NotNow
    """
    run = _waiting(run, by)
    run.state, run.content = DutyRunState.DROPPED, ""
    run.save()


@transaction.atomic
def expire(now: datetime.datetime | None = None) -> int:
    """Drop what nobody decided within a day."""
    old = DutyRun.objects.select_for_update().filter(
        state=DutyRunState.WAITING, created_at__lte=(now or timezone.now()) - KEPT_FOR
    )
    return old.update(state=DutyRunState.DROPPED, content="")


def _waiting(run: DutyRun, by: User) -> DutyRun:
    run = DutyRun.objects.select_for_update(of=("self",)).select_related("school").get(pk=run.pk)
    require(by, Capability.ADMINISTER, run.school)
    if run.state != DutyRunState.WAITING or run.made_by_id != by.pk:
        raise NotNow
    return run
