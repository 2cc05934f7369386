"""The emergency protocol: declared with its steps and their times; each step done says who, when, and when written."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from screening.cases.crisis_models import CrisisRecord, CrisisStep
from screening.cases.enums import CRISIS_MOVES, CrisisState, CrisisStepKey
from screening.cases.models import Case
from screening.deadlines import GUARDIAN_CONTACT
from screening.errors import NotThisState, ReasonMissing
from screening.people import people_who
from tasks.mail import queue_mail
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.school.models import School, Student

_TIMES = {
    CrisisStepKey.SAFETY: datetime.timedelta(minutes=0),
    CrisisStepKey.GUARDIAN: GUARDIAN_CONTACT,
    CrisisStepKey.GROUP: GUARDIAN_CONTACT,
    CrisisStepKey.PLAN: datetime.timedelta(hours=24),
    CrisisStepKey.HOSPITAL: datetime.timedelta(hours=24),
}


def declare_crisis(*, user: User, school: School, student: Student, now: datetime.datetime) -> CrisisRecord:
    """Begin the protocol in the caller's transaction; the principals are told that one runs, not for whom."""
    crisis = CrisisRecord.objects.create(school=school, student=student, declared_at=now, declared_by=user)
    CrisisStep.objects.bulk_create(
        CrisisStep(crisis=crisis, key=key, position=position, due_at=now + _TIMES[key])
        for position, key in enumerate(CrisisStepKey, start=1)
    )
    record(actor=user, action="crisis.declare", target=crisis, student_id=student.pk)
    for person in people_who(Capability.READ_HIGH_NARRATIVE, school):
        queue_mail(
            template="screening_cases/crisis",
            to=person,
            key=f"crisis-declared:{crisis.pk}:{person.pk}",
            context={"count": 1, "path": "/workspace/"},
        )
    return crisis


@transaction.atomic
def do_step(
    *, user: User, case: Case, key: str, done_at: datetime.datetime, note: str, now: datetime.datetime | None = None
) -> CrisisStep:
    """Write down that a step was taken. A time that has run out never takes the action away.

    Raises:
        NotPermitted, ReasonMissing
        NotThisState: it is written down already, or lies in the future.
    """
    require(user, Capability.DETERMINE_LEVEL, case)
    now = now or timezone.now()
    if not note.strip():
        raise ReasonMissing
    step = CrisisStep.objects.select_for_update().get(crisis=case.crisis_id, key=key)
    if step.done_at is not None or done_at > now + datetime.timedelta(minutes=5):
        raise NotThisState
    step.done_at, step.done_by, step.written_at, step.note = done_at, user, now, note.strip()
    step.save(update_fields=["done_at", "done_by", "written_at", "note"])
    record(
        actor=user,
        action="crisis.step",
        target=step,
        student_id=case.student_id,
        details={"step": step.key, "late_minutes": max(0, round(step.late_by(now).total_seconds() / 60))},
    )
    crisis = CrisisRecord.objects.select_for_update().get(pk=case.crisis_id)
    open_steps = set(crisis.steps.filter(done_at__isnull=True).values_list("key", flat=True))
    if crisis.state == CrisisState.DECLARED and not open_steps & {CrisisStepKey.SAFETY, CrisisStepKey.GUARDIAN}:
        set_crisis(crisis, CrisisState.SAFE, user=user)
    return step


@transaction.atomic
def move_crisis(*, user: User, case: Case, to_state: str) -> CrisisRecord:
    """The protocol is handed over, ended, or runs again because the child is not safe any more.

    Raises:
        NotPermitted
        NotThisState: there is no such way from its state; "safe" comes by its steps and not by hand.
    """
    require(user, Capability.DETERMINE_LEVEL, case)
    state = CrisisState(to_state)
    crisis = CrisisRecord.objects.select_for_update().filter(pk=case.crisis_id).first()
    if crisis is None or state == CrisisState.SAFE or (crisis.state, state) not in CRISIS_MOVES:
        raise NotThisState
    set_crisis(crisis, state, user=user)
    return crisis


def set_crisis(crisis: CrisisRecord, state: CrisisState, *, user: User) -> None:
    """Write the state, in the caller's transaction and lock."""
    crisis.state = state
    crisis.save(update_fields=["state"])
    record(actor=user, action=f"crisis.{state.value}", target=crisis, student_id=crisis.student_id)
