"""Many duties at once: steps that are carried out together, and taken back together while nothing was built on them.

Each step goes through `appoint`, `end_appointment` or `withdraw_appointment`, so each is on the trail by itself.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from xinqiao.accounts.access import require
from xinqiao.accounts.appointments import appoint, end_appointment, withdraw_appointment
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.duties.models import DutyRun, DutyRunState
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment
from xinqiao.audit.trail import record
from xinqiao.school.models import Grade, School, SchoolClass

if TYPE_CHECKING:
    from xinqiao.accounts.models import User

UNDO_DAYS = 14


@dataclasses.dataclass(frozen=True)
class Give:
    user: User
    role: Role
    starts_on: datetime.date
    ends_on: datetime.date | None
    grade: Grade | None = None
    school_class: SchoolClass | None = None


@dataclasses.dataclass(frozen=True)
class End:
    appointment: Appointment
    on: datetime.date | None


@dataclasses.dataclass(frozen=True)
class Withdraw:
    appointment: Appointment


Step = Give | End | Withdraw


def carry_out(*, by: User, school: School, steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Do all of them in the caller's transaction, ends first; what was done, as ids and dates.

    Raises:
        NotPermitted, AppointmentRefused: nothing may be kept of it, so the caller's transaction must end.
    """
    changes: list[dict[str, Any]] = []
    for step in sorted(steps, key=lambda each: isinstance(each, Give)):
        if isinstance(step, Give):
            given = appoint(by=by, school=school, **{f.name: getattr(step, f.name) for f in dataclasses.fields(step)})
            changes.append({"what": "given", "id": given.pk, "ends_on": _text(given.ends_on)})
        elif isinstance(step, End):
            before = step.appointment.ends_on
            end_appointment(by=by, appointment=step.appointment, on=step.on)
            changes.append(
                {"what": "ended", "id": step.appointment.pk, "before": _text(before), "after": _text(step.on)}
            )
        else:
            withdraw_appointment(by=by, appointment=step.appointment)
            changes.append({"what": "withdrawn", "id": step.appointment.pk})
    return changes


class CannotUndo(Exception):
    """Something was built on the change, or too much time has passed; nothing is changed."""


def why_not(run: DutyRun, today: datetime.date | None = None) -> str:
    """Empty where the run can be taken back; else `late`, `state`, or `changed` where a duty of it is not as it was left."""
    today = today or timezone.localdate()
    if run.state != DutyRunState.DONE:
        return "state"
    if (today - timezone.localdate(run.created_at)).days > UNDO_DAYS:
        return "late"
    duties = Appointment.objects.in_bulk([change["id"] for change in run.changes])
    followed = Appointment.objects.filter(
        substitute_for__in=[change["id"] for change in run.changes if change["what"] == "given"],
        withdrawn_at__isnull=True,
    )
    if followed.exists() or not all(_is_as_left(change, duties[change["id"]], today) for change in run.changes):
        return "changed"
    return ""


def _is_as_left(change: dict[str, Any], duty: Appointment, today: datetime.date) -> bool:
    if change["what"] == "withdrawn":
        return True
    if duty.withdrawn_at is not None:
        return False
    if change["what"] == "given":
        return _text(duty.ends_on) == change["ends_on"]
    # A duty that is over cannot be lengthened again: whoever holds none has none.
    return _text(duty.ends_on) == change["after"] and (duty.ends_on is None or duty.ends_on >= today)


@transaction.atomic
def undo(*, by: User, run: DutyRun) -> DutyRun:
    """Take back all that the run did: what it gave is withdrawn at once, what it ended goes on as before.

    Raises:
        NotPermitted, CannotUndo, AppointmentRefused: nothing is changed.
    """
    require(by, Capability.ADMINISTER, run.school)
    run = DutyRun.objects.select_for_update(of=("self",)).select_related("school").get(pk=run.pk)
    if why_not(run):
        raise CannotUndo
    duties = Appointment.objects.select_related("user", "school", "grade", "school_class__grade").in_bulk(
        [change["id"] for change in run.changes]
    )
    for change in sorted(run.changes, key=lambda each: each["what"] != "given"):
        duty = duties[change["id"]]
        if change["what"] == "given":
            withdraw_appointment(by=by, appointment=duty)
        elif change["what"] == "ended":
            before = datetime.date.fromisoformat(change["before"]) if change["before"] else None
            end_appointment(by=by, appointment=duty, on=before)
        else:
            appoint(
                by=by,
                user=duty.user,
                role=Role(duty.role),
                school=run.school,
                grade=duty.grade,
                school_class=duty.school_class,
                starts_on=duty.starts_on,
                ends_on=duty.ends_on,
            )
    run.state = DutyRunState.UNDONE
    run.save(update_fields=["state"])
    record(actor=by, action="duties.undo", target=run, details={"given": run.given, "ended": run.ended})
    return run


def _text(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None
