"""Changing a submitted response: a new revision with a reason. The one before stays as it was."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from screening.assessments.schedule import need_assessment
from screening.errors import Conflict, NotScreened, NotSubmitted, ReasonMissing, RoundNotOpen
from screening.instruments.answers import asserted, pack, unpack
from screening.instruments.scoring import score
from screening.levels import NEEDS_ASSESSMENT
from screening.rounds.enums import Considered, PassState, ResponseState
from screening.rounds.models import ClassPass, Response
from screening.rounds.submit import fill_in_scores
from screening.rounds.summaries import count, write_counts
from screening.rounds.tell import tell_counselors
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.consents.enums import ConsentKind
from xinqiao.consents.standing import may_go_on


@transaction.atomic
def amend_response(
    *,
    user: User,
    response: Response,
    answers: Sequence[int | None],
    note: str,
    reason: str,
    now: datetime.datetime | None = None,
) -> Response:
    """Replace a submitted response by a corrected one.

    Raises:
        NotPermitted, ReasonMissing, NotSubmitted, RoundNotOpen
        NotScreened: there is no consent any more.
        Conflict: somebody amended it first; carries the newer one.
    """
    require(user, Capability.FILL_FIRST_PASS, response.class_pass)
    if not reason.strip():
        raise ReasonMissing
    class_pass = (
        ClassPass.objects.select_for_update(of=("self",))
        .select_related("round__school", "round__instrument_version", "school_class__grade")
        .get(pk=response.class_pass_id)
    )
    if class_pass.state != PassState.SUBMITTED:
        raise NotSubmitted
    now = now or timezone.now()
    if not class_pass.round.takes_answers(timezone.localdate(now)):
        raise RoundNotOpen
    old = Response.objects.select_for_update(of=("self",)).select_related("student").get(pk=response.pk)
    if old.state == ResponseState.AMENDED:
        raise Conflict(Response.objects.current().get(class_pass=class_pass, student=old.student_id))
    if not may_go_on(old.student, ConsentKind.SCREENING, now):
        raise NotScreened
    definition = class_pass.round.instrument_version.parsed
    old.state = ResponseState.AMENDED
    old.save(update_fields=["state"])
    new = Response(
        class_pass=class_pass,
        student=old.student,
        state=ResponseState.SUBMITTED,
        revision=old.revision + 1,
        version=1,
        considered=Considered.MARKED if any(answers) else Considered.CONFIRMED,
        answers=pack(asserted(answers)),
        note=old.note,
        note_by_id=old.note_by_id or (old.saved_by_id if old.note else None),
        reason=reason.strip(),
        saved_by=user,
        saved_at=now,
        told_at=old.told_at,
    )
    new.write_note(user, note)
    fill_in_scores(new, definition)
    critical = score(definition, unpack(new.answers)).critical
    newly_critical = bool(critical) and new.told_at is None
    if newly_critical:
        new.told_at = now
    new.save(force_insert=True)
    write_counts(class_pass, count(class_pass))
    record(
        actor=user,
        action="response.amend",
        target=new,
        student_id=new.student_id,
        details={"revision": new.revision, "before": str(old.pk)},
    )
    if new.level in NEEDS_ASSESSMENT:
        need_assessment(response=new, student=new.student, suggested=new.level, now=now)
    if newly_critical:
        tell_counselors(response=new, school=class_pass.round.school)
    return new
