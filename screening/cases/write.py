"""What the counselor writes in a case, and its way to follow-up and to its end."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from screening.cases.enums import CASE_MOVES, CaseState
from screening.cases.models import Case
from screening.cases.owners import possible_owners
from screening.errors import Conflict, NotThisState, OwnerMissing, ReasonMissing, SecondPersonNeeded
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record

NOTES = ("plan", "next_steps", "class_support")


@transaction.atomic
def save_notes(*, user: User, case: Case, version: int, plan: str, next_steps: str, class_support: str) -> Case:
    """Keep the plan, the next steps and what the class can do.

    Raises:
        NotPermitted, NotThisState
        Conflict: somebody saved something else since; a repetition of what is stored is none.
    """
    require(user, Capability.WRITE_CASE, case)
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    texts = {"plan": plan.strip(), "next_steps": next_steps.strip(), "class_support": class_support.strip()}
    if case.version != version:
        if all(getattr(case, name) == text for name, text in texts.items()):
            return case
        raise Conflict(case)
    if case.state == CaseState.CLOSED:
        raise NotThisState
    for name, text in texts.items():
        setattr(case, name, text)
    case.version += 1
    case.save(update_fields=[*texts, "version"])
    record(actor=user, action="case.write", target=case, student_id=case.student_id, details={"version": case.version})
    return case


@transaction.atomic
def move_case(*, user: User, case: Case, to_state: str, reason: str = "", now: datetime.datetime | None = None) -> Case:
    """From being helped to follow-up, back, or to the end; a closed case may be opened again.

    Raises:
        NotPermitted
        ReasonMissing: closing says why.
        SecondPersonNeeded: a high case is not closed; its level comes down first.
        NotThisState: there is no way from its state to this one.
    """
    require(user, Capability.WRITE_CASE, case)
    now = now or timezone.now()
    state = CaseState(to_state)
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if case.is_high and state != CaseState.OPEN:
        raise SecondPersonNeeded
    if (case.state, state) not in CASE_MOVES:
        raise NotThisState
    if case.state == CaseState.CLOSED and Case.objects.active().filter(student=case.student_id).exists():
        raise NotThisState  # the child has a newer case
    if state == CaseState.CLOSED:
        if not reason.strip():
            raise ReasonMissing
        case.closing, case.closed_at = reason.strip(), now
    case.state = state
    case.save(update_fields=["state", "closing", "closed_at"])
    record(actor=user, action=f"case.{state.value}", target=case, student_id=case.student_id)
    return case


@transaction.atomic
def hand_over(*, user: User, case: Case, owner: User) -> Case:
    """Somebody else answers for the case from now on.

    Raises:
        NotPermitted
        OwnerMissing: this person holds no duty that lets them.
        NotThisState: it is closed.
    """
    require(user, Capability.DETERMINE_LEVEL, case)
    case = Case.objects.select_for_update(of=("self",)).select_related("school").get(pk=case.pk)
    if not case.is_active:
        raise NotThisState
    if not possible_owners(case.school).filter(pk=owner.pk).exists():
        raise OwnerMissing
    before, case.owner = case.owner_id, owner
    case.save(update_fields=["owner"])
    record(
        actor=user,
        action="case.hand_over",
        target=case,
        student_id=case.student_id,
        details={"from": before, "to": owner.pk},
    )
    return case
