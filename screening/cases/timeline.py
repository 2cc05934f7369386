"""What happened in a case and when, from its own records: acts, people and times, never what was written."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from screening.assessments.enums import AssessmentState
from screening.cases.crisis_models import CrisisStep
from screening.cases.enums import ChangeState, FollowUpState
from screening.cases.models import Case, FollowUp, LevelChange
from screening.levels import DANGER, Determined
from xinqiao.audit.models import AuditEntry

# What leaves no row of its own stands on the trail alone.
_FROM_THE_TRAIL = {
    "case.open": gettext_lazy("Taken up again"),
    "case.monitoring": gettext_lazy("Goes on as follow-up"),
    "case.closed": gettext_lazy("Case closed"),
    "case.hand_over": gettext_lazy("Another owner"),
    "case.export": gettext_lazy("Case printed"),
    "crisis.declared": gettext_lazy("Emergency protocol runs again"),
    "crisis.handed_over": gettext_lazy("Protocol handed over"),
    "crisis.stood_down": gettext_lazy("Emergency protocol ended"),
}


@dataclasses.dataclass(frozen=True)
class Happened:
    """Attributes:
    whole_day: only the day is known.
    """

    at: datetime.datetime
    title: str
    by: Any
    whole_day: bool = False


def timeline_of(
    case: Case,
    *,
    steps: Iterable[CrisisStep],
    follow_ups: Iterable[FollowUp],
    changes: Iterable[LevelChange],
    moves: Iterable[Any],
    levels: bool,
) -> list[Happened]:
    """Newest first. `moves` are the steps of the case's referrals; without `levels` no word says which level it was."""
    happened = [
        *_beginning(case, levels=levels),
        *_trail(case),
        *(_step(step) for step in steps if step.done_at),
        *(_follow_up(each) for each in follow_ups if each.state == FollowUpState.DONE),
        *(one for change in changes for one in _change(change, levels=levels)),
        *(_move(move) for move in moves),
    ]
    return sorted(happened, key=lambda one: one.at)[::-1]  # of one moment, the later act above


def _beginning(case: Case, *, levels: bool) -> Iterator[Happened]:
    assessment = case.assessment
    if assessment.started_at:
        yield Happened(assessment.started_at, _("Assessment begun"), assessment.assessor)
    if assessment.state == AssessmentState.COMPLETED:
        level = Determined(assessment.determined).label
        title = _("Level determined: %(level)s") % {"level": level} if levels else _("Level determined")
        yield Happened(assessment.completed_at, title, assessment.assessor)
    if case.crisis is not None:
        yield Happened(case.crisis.declared_at, _("Emergency protocol begun"), case.crisis.declared_by)


def _step(step: CrisisStep) -> Happened:
    # The time is typed by the minute: a step of the minute in which the protocol began comes after its beginning.
    same_minute = step.written_at and step.done_at.replace(microsecond=0) == step.written_at.replace(
        second=0, microsecond=0
    )
    return Happened(step.written_at if same_minute else step.done_at, step.get_key_display(), step.done_by)


def _follow_up(each: FollowUp) -> Happened:
    title = _("Follow-up: %(kind)s, %(contact)s") % {
        "kind": each.get_kind_display(),
        "contact": each.get_contact_display(),
    }
    return Happened(_noon(each.happened_on), title, each.done_by, whole_day=True)


def _change(change: LevelChange, *, levels: bool) -> Iterator[Happened]:
    if not levels:
        if change.state == ChangeState.AGREED:
            yield Happened(change.answered_at, _("Level changed"), change.answered_by or change.asked_by)
        return
    words = {"from": change.get_from_level_display(), "to": change.get_to_level_display()}
    if DANGER[change.to_level] < DANGER[change.from_level] or (change.answered_by is None and change.answered_at):
        yield Happened(change.asked_at, _("Level changed from %(from)s to %(to)s") % words, change.asked_by)
        return
    yield Happened(change.asked_at, _("A second person asked about lowering to %(to)s") % words, change.asked_by)
    if change.state == ChangeState.AGREED:
        yield Happened(change.answered_at, _("A second person agreed: %(to)s") % words, change.answered_by)
    elif change.state == ChangeState.RETURNED:
        yield Happened(change.answered_at, _("Given back with a comment: the level stays"), change.answered_by)


def _move(move: Any) -> Happened:
    title = _("Referral: %(state)s") % {"state": move.get_to_state_display()}
    same_day = move.happened_on == timezone.localdate(move.written_at)
    return Happened(
        move.written_at if same_day else _noon(move.happened_on), title, move.written_by, whole_day=not same_day
    )


def _trail(case: Case) -> Iterator[Happened]:
    entries = list(
        AuditEntry.objects.filter(
            student_id=case.student_id,
            target_id__in=[str(key) for key in (case.pk, case.crisis_id) if key],
            action__in=list(_FROM_THE_TRAIL),
        ).select_related("actor")
    )
    last_end = max((entry.pk for entry in entries if entry.action == "case.closed"), default=None)
    for entry in entries:
        if entry.pk == last_end and case.closed_at is not None:
            yield Happened(case.closed_at, str(_FROM_THE_TRAIL[entry.action]), entry.actor)
        elif entry.action == "case.open" and "number" in entry.details:
            yield Happened(case.opened_at, _("Case opened"), entry.actor)
        else:
            yield Happened(entry.at, str(_FROM_THE_TRAIL[entry.action]), entry.actor)


def _noon(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
