"""Changing the level of a case. Up at once; down from high only when a second person agrees."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from screening.cases.crisis import declare_crisis, set_crisis
from screening.cases.crisis_models import CrisisRecord
from screening.cases.enums import CRISIS_MOVES, CaseState, ChangeState, CrisisState
from screening.cases.follow_ups import planned, refresh_next
from screening.cases.models import Case, FollowUp, LevelChange
from screening.errors import NotThisState, ReasonMissing, SecondPersonNeeded
from screening.levels import DANGER, Level
from screening.people import people_who
from tasks.mail import queue_mail
from xinqiao.accounts.access import may, require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record


@transaction.atomic
def change_level(
    *, user: User, case: Case, to_level: str, reason: str, now: datetime.datetime | None = None
) -> LevelChange:
    """Change the level: at once where that is allowed to one person, or else ask a second one.

    Raises:
        NotPermitted, ReasonMissing
        NotThisState: it has this level, is closed, or a question is open.
    """
    require(user, Capability.DETERMINE_LEVEL, case)
    if not reason.strip():
        raise ReasonMissing
    now = now or timezone.now()
    level = Level(to_level)
    case = _locked(case)
    if level == case.level or case.state == CaseState.CLOSED or _asked(case) is not None:
        raise NotThisState
    if DANGER[level] < DANGER[case.level]:
        return raise_level_locked(user=user, case=case, level=level, reason=reason, owner=case.owner or user, now=now)
    if case.is_high:
        return _ask(user=user, case=case, level=level, reason=reason, now=now)
    change = _write(user=user, case=case, level=level, reason=reason, now=now)
    case.level = level
    case.save(update_fields=["level"])
    return change


def raise_level_locked(
    *, user: User, case: Case, level: Level, reason: str, owner: User, now: datetime.datetime
) -> LevelChange:
    """Raise the level in the caller's transaction and lock; high brings the protocol, an owner and a follow-up."""
    change = _write(user=user, case=case, level=level, reason=reason, now=now)
    case.level = level
    case.state = CaseState.OPEN
    if level == Level.HIGH:
        if case.crisis is None or case.crisis.state != CrisisState.DECLARED:  # one that has ended helps nobody now
            case.crisis = declare_crisis(user=user, school=case.school, student=case.student, now=now)
        case.owner = case.owner or owner
        if not FollowUp.objects.filter(case=case).due().exists():
            follow_ups = planned(case, timezone.localdate(now), case.school)
            FollowUp.objects.bulk_create(follow_ups)
            case.next_follow_up_on = min(each.due_on for each in follow_ups)
    case.save(update_fields=["level", "state", "crisis", "owner", "next_follow_up_on"])
    return change


def _write(*, user: User, case: Case, level: Level, reason: str, now: datetime.datetime) -> LevelChange:
    change = LevelChange(
        case=case,
        from_level=case.level,
        to_level=level,
        state=ChangeState.AGREED,
        asked_by=user,
        asked_at=now,
        answered_by=None,
        answered_at=now,
        reason=reason.strip(),
    )
    change.save(force_insert=True)
    record(
        actor=user,
        action="case.change_level",
        target=case,
        student_id=case.student_id,
        details={"from": change.from_level, "to": change.to_level},
    )
    return change


def _ask(*, user: User, case: Case, level: Level, reason: str, now: datetime.datetime) -> LevelChange:
    change = LevelChange(
        case=case, from_level=case.level, to_level=level, asked_by=user, asked_at=now, reason=reason.strip()
    )
    change.save(force_insert=True)
    record(
        actor=user,
        action="case.ask_to_lower",
        target=case,
        student_id=case.student_id,
        details={"from": change.from_level, "to": change.to_level},
    )
    for person in people_who(Capability.READ_HIGH_NARRATIVE, case.school):
        queue_mail(
            template="screening_cases/second_person",
            to=person,
            key=f"lower-asked:{change.pk}:{person.pk}",
            context={"count": 1, "path": f"/cases/{case.pk}/"},
        )
    return change


def may_answer(user: User, change: LevelChange) -> bool:
    """Somebody else than who asked, who may know a high case's story or determines levels."""
    return change.asked_by_id != user.pk and (
        may(user, Capability.READ_HIGH_NARRATIVE, change.case) or may(user, Capability.DETERMINE_LEVEL, change.case)
    )


@transaction.atomic
def answer_change(
    *, user: User, change: LevelChange, agree: bool, comment: str, now: datetime.datetime | None = None
) -> LevelChange:
    """A second person agrees that a high case is lowered, or gives the question back with a comment.

    Raises:
        NotPermitted
        SecondPersonNeeded: the one who asked cannot answer.
        ReasonMissing: giving it back needs a comment.
        NotThisState: it is answered already.
    """
    if not may(user, Capability.DETERMINE_LEVEL, change.case):
        require(user, Capability.READ_HIGH_NARRATIVE, change.case)
    if change.asked_by_id == user.pk:
        raise SecondPersonNeeded
    if not agree and not comment.strip():
        raise ReasonMissing
    now = now or timezone.now()
    case = _locked(change.case)
    change = LevelChange.objects.select_for_update().get(pk=change.pk)
    if change.state != ChangeState.ASKED:
        raise NotThisState
    change.state = ChangeState.AGREED if agree else ChangeState.RETURNED
    change.answered_by, change.answered_at, change.answer = user, now, comment.strip()
    change.save(update_fields=["state", "answered_by", "answered_at", "answer"])
    record(
        actor=user,
        action="case.lower" if agree else "case.keep_high",
        target=case,
        student_id=case.student_id,
        details={"from": change.from_level, "to": change.to_level},
    )
    if agree:
        case.level, case.lowered_by = change.to_level, change
        case.save(update_fields=["level", "lowered_by"])
        refresh_next(case)
        crisis = CrisisRecord.objects.select_for_update().get(pk=case.crisis_id)
        if (crisis.state, CrisisState.STOOD_DOWN) in CRISIS_MOVES:
            set_crisis(crisis, CrisisState.STOOD_DOWN, user=user)
    return change


def _locked(case: Case) -> Case:
    return (
        Case.objects.select_for_update(of=("self",))
        .select_related("school", "student", "owner", "crisis")
        .get(pk=case.pk)
    )


def _asked(case: Case) -> LevelChange | None:
    return LevelChange.objects.filter(case=case, state=ChangeState.ASKED).first()
