"""The case's page for one person: what they may see of it, and the forms of what they may do."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from screening.assessments.models import Assessment
from screening.cases.crisis_models import CrisisStep
from screening.cases.enums import CASE_MOVES, CRISIS_MOVES, CaseState, ChangeState, CrisisState, FollowUpState
from screening.cases.forms import (
    AnswerForm,
    ChangeLevelForm,
    CloseForm,
    FollowUpForm,
    NotesForm,
    OwnerForm,
    PlanFollowUpForm,
    StepForm,
)
from screening.cases.levels import may_answer
from screening.cases.models import Case, FollowUp
from screening.cases.owners import possible_owners
from screening.cases.read import Story, may_print_story, may_read_story, read_story, readers
from screening.cases.timeline import timeline_of
from screening.cases.write import NOTES
from screening.deadlines import AT_ONCE
from screening.errors import Conflict
from screening.guardians import guardians_of
from screening.levels import Level
from screening.referrals.models import ReferralMove
from xinqiao.accounts.access import may
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.fresh import Fresh, ask_again, is_fresh
from xinqiao.accounts.models import User
from xinqiao.audit.break_glass import emergency_of, leave_when_over
from xinqiao.school.calendar import calendar_of


@dataclasses.dataclass(frozen=True)
class Allowed:
    """What this person may do and see on this case."""

    name: bool
    level: bool
    story: bool
    write: bool
    prints: bool
    determine: bool
    refer: bool
    readers: bool
    trail: bool

    @classmethod
    def on(cls, user: User, case: Case) -> Allowed:
        # Without the right to levels one has the list of cases alone: names from priority on.
        level = may(user, Capability.READ_LEVEL, case)
        return cls(
            name=may(user, Capability.READ_STUDENT, case.student) and (case.level != Level.GENERAL or level),
            level=level,
            story=may_read_story(user, case),
            write=may(user, Capability.WRITE_CASE, case),
            prints=may_print_story(user, case),
            determine=may(user, Capability.DETERMINE_LEVEL, case),
            refer=may(user, Capability.REFER, case),
            readers=any(
                may(user, capability, case)
                for capability in (Capability.READ_NARRATIVE, Capability.READ_HIGH_NARRATIVE, Capability.READ_AUDIT)
            ),
            trail=may(user, Capability.READ_AUDIT, case),
        )


@dataclasses.dataclass(frozen=True)
class StepRow:
    step: CrisisStep
    form: forms.Form | None
    late_minutes: int
    minutes_left: int


@dataclasses.dataclass(frozen=True)
class FollowUpRow:
    """Attributes:
    left: school days; negative once the day is over.
    late_days: how much later than due it happened.
    """

    follow_up: FollowUp
    form: forms.Form | None
    left: int
    late_days: int


def case_page(
    request: HttpRequest,
    case: Case,
    *,
    bound: Mapping[str, forms.Form] | None = None,
    conflict: Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page. A form that was refused comes in `bound` under its name, with what was typed.

    Reading the story is recorded here, before a word of it is given to the template.
    """
    allowed = Allowed.on(request.user, case)
    if allowed.story and not is_fresh(request, Fresh.NARRATIVE):
        return ask_again(request)
    story = read_story(user=request.user, case=case) if allowed.story else None
    context = {**context_of(request.user, case, allowed, story, bound or {}), "conflict": conflict}
    if conflict is not None:
        context["stored"] = [(context["notes"][name].label, getattr(conflict.current, name)) for name in NOTES]
        context["version"] = conflict.current.version
    emergency = emergency_of(request.user, case.student_id)
    response = render(request, "screening_cases/case.html", {**context, "emergency": emergency}, status=status)
    return leave_when_over(response, emergency)


def context_of(
    user: User, case: Case, allowed: Allowed, story: Story | None, bound: Mapping[str, forms.Form]
) -> dict[str, Any]:
    now, today = timezone.now(), timezone.localdate()
    calendar = calendar_of(case.school)
    steps = _steps(case, allowed, bound, now)
    follow_ups = _follow_ups(case, allowed, bound, today, calendar)
    changes = list(case.level_changes.select_related("asked_by", "answered_by"))
    for change in changes:
        change.case = case
    asked = [change for change in changes if change.state == ChangeState.ASKED]
    question = asked[0] if asked and allowed.level else None
    referrals = list(
        case.referrals.defer("observed", "done_so_far", "asked", "emergency_reason", "facts").prefetch_related(
            Prefetch("moves", queryset=_steps_of_referrals())
        )
    )
    moves = [to for frm, to in CASE_MOVES if frm == case.state]
    return {
        "case": case,
        "student": case.student,
        "allowed": allowed,
        "story": story,
        "age": case.student.age_on(today),
        "left": calendar.school_days_between(today, case.next_follow_up_on) if case.next_follow_up_on else None,
        "steps": steps,
        "steps_left": sum(row.step.done_at is None for row in steps),
        "protocol_moves": _protocol_moves(case),
        "follow_ups": follow_ups,
        "plan_form": bound.get("plan_form") or PlanFollowUpForm(auto_id="plan_%s"),
        "changes": changes,
        "question": question,
        "may_answer": question is not None and may_answer(user, question),
        "answer_form": bound.get("answer") or AnswerForm(auto_id="answer_%s"),
        "change_form": bound.get("change") or ChangeLevelForm(now_at=case.level, auto_id="change_%s"),
        "notes": bound.get("notes") or _notes(case, story),
        "version": case.version,
        "may_monitor": CaseState.MONITORING in moves and not case.is_high,
        "may_close": CaseState.CLOSED in moves and not case.is_high,
        "may_open": CaseState.OPEN in moves,
        "close_form": bound.get("close") or CloseForm(auto_id="close_%s"),
        "owner_form": bound.get("owner")
        or (
            OwnerForm(owners=possible_owners(case.school), initial={"owner": case.owner_id}, auto_id="owner_%s")
            if allowed.determine
            else None
        ),
        "referrals": referrals,
        "reads_letters": allowed.story,
        "guardians": guardians_of(case.student) if allowed.write and case.is_active else None,
        "other_assessments": _other_assessments(case) if allowed.write else [],
        "readers": readers(case) if allowed.readers else None,
        "timeline": timeline_of(
            case,
            steps=[row.step for row in steps],
            follow_ups=[row.follow_up for row in follow_ups],
            changes=changes,
            moves=[move for each in referrals for move in each.moves.all()],
            levels=allowed.level,
        ),
    }


def _steps_of_referrals():
    """Steps without their notes: those are read on the referral's own page."""
    return ReferralMove.objects.defer("note").select_related("written_by")


def _notes(case: Case, story: Story | None) -> NotesForm | None:
    if story is None:
        return None
    return NotesForm(initial={"version": case.version, **{name: getattr(story, name) for name in NOTES}})


def _steps(case: Case, allowed: Allowed, bound: Mapping[str, forms.Form], now: datetime.datetime) -> list[StepRow]:
    if case.crisis is None:
        return []
    steps = case.crisis.steps.select_related("done_by")
    if not allowed.story:
        steps = steps.defer("note")
    rows = []
    for step in steps:
        late_by = step.late_by(now)
        minutes = round(late_by.total_seconds() / 60)
        form = None
        if step.done_at is None and allowed.determine:
            form = bound.get(f"step:{step.key}") or StepForm(
                initial={"key": step.key, "done_at": timezone.localtime(now)}, auto_id=f"step_{step.key}_%s"
            )
        rows.append(
            StepRow(step, form, late_minutes=minutes if late_by > AT_ONCE else 0, minutes_left=max(0, -minutes))
        )
    return rows


def _follow_ups(
    case: Case, allowed: Allowed, bound: Mapping[str, forms.Form], today: datetime.date, calendar
) -> list[FollowUpRow]:
    found = case.follow_ups.select_related("done_by")
    if not allowed.story:
        found = found.defer("note")
    rows = []
    for each in found:
        form = None
        if each.state == FollowUpState.DUE and allowed.write:
            form = bound.get(f"follow_up:{each.pk}") or FollowUpForm(
                initial={"happened_on": today}, auto_id=f"follow_{each.pk.hex[:8]}_%s"
            )
        rows.append(
            FollowUpRow(
                each,
                form,
                left=calendar.school_days_between(today, each.due_on),
                late_days=max(0, (each.happened_on - each.due_on).days) if each.happened_on else 0,
            )
        )
    return rows


def _protocol_moves(case: Case) -> list[CrisisState]:
    if case.crisis is None:
        return []
    return [to for frm, to in CRISIS_MOVES if frm == case.crisis.state and to != CrisisState.SAFE]


def _other_assessments(case: Case) -> list[Assessment]:
    """Later and earlier talks with the same child; their texts are read on their own pages."""
    return list(
        Assessment.objects.filter(student=case.student_id)
        .exclude(pk=case.assessment_id)
        .select_related("case")
        .only("pk", "state", "determined", "completed_at", "due_on", "case__id", "case__year", "case__sequence")
        .order_by("-made_at")
    )
