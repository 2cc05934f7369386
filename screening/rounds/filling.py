"""Filling a class's first pass: one child at a time, each save versioned, nothing assumed that nobody said."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone

from screening.assessments.schedule import need_assessment
from screening.errors import AlreadySubmitted, Conflict, ListChanged, NotInClass, NotScreened, RoundNotOpen
from screening.instruments.answers import none_yet, pack, unpack
from screening.instruments.scoring import score
from screening.levels import Suggestion
from screening.rounds.enums import Considered, PassState, ResponseState
from screening.rounds.models import ClassPass, Response
from screening.rounds.tell import tell_counselors
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.consents.enums import ConsentKind
from xinqiao.consents.standing import left_out_of, may_go_on
from xinqiao.school.models import Student


@transaction.atomic
def save_child(
    *,
    user: User,
    class_pass: ClassPass,
    student: Student,
    answers: Sequence[int | None],
    note: str | None,
    version: int,
    considered: str = "",
    now: datetime.datetime | None = None,
) -> Response:
    """Save what the teacher marked for one child.

    Args:
        answers: in item order; None where nothing was marked.
        note: a sentence for the counselor; None leaves what is there.
        version: of the row that this person looked at, 0 where there was none.
        considered: `confirmed` (observed, nothing unusual), `absent` (not seen in these two weeks) or empty. With a sign
            marked it is `marked`, whatever was given.

    Raises:
        NotPermitted, RoundNotOpen, AlreadySubmitted
        NotInClass: the child sits elsewhere.
        NotScreened: a guardian has refused or taken the consent back.
        Conflict: somebody saved something else since; carries the row as it is.
    """
    now = now or timezone.now()
    class_pass = lock_for_filling(user, class_pass, timezone.localdate(now))
    if student.current_class_id != class_pass.school_class_id:
        raise NotInClass
    if not may_go_on(student, ConsentKind.SCREENING, now):
        raise NotScreened
    packed = pack(answers)
    any_sign = any(answers)
    if any_sign:
        considered = Considered.MARKED
    elif considered not in {"", Considered.CONFIRMED, Considered.ABSENT}:
        raise ValueError("considered: unknown")
    row = (
        Response.objects.select_for_update(of=("self",))
        .filter(class_pass=class_pass, student=student, state=ResponseState.DRAFT)
        .first()
    )
    if row is None:
        row = Response(class_pass=class_pass, student=student, version=0)
    elif row.version != version:
        same = bytes(row.answers) == packed and row.considered == considered and note in {None, row.note_for(user)}
        if same:  # the answer to an earlier try was lost on the way; it did arrive
            return row
        raise Conflict(row)
    row.answers = packed
    row.considered = considered
    if note is not None:
        row.write_note(user, note)
    row.version += 1
    row.saved_by, row.saved_at = user, now
    result = score(class_pass.round.instrument_version.parsed, unpack(packed))
    newly_critical = bool(result.critical) and row.told_at is None
    if newly_critical:
        row.told_at = now
    row.save()
    if newly_critical:
        record(
            actor=user,
            action="response.mark_critical",
            target=row,
            student_id=student.pk,
            details={"signs": len(result.critical)},
        )
        need_assessment(response=row, student=student, suggested=Suggestion.HIGH, now=now)
        tell_counselors(response=row, school=class_pass.round.school)
    return row


@transaction.atomic
def confirm_rest(
    *, user: User, class_pass: ClassPass, student_ids: Collection[int], now: datetime.datetime | None = None
) -> int:
    """The teacher says that each of these children was observed and nothing unusual was seen.

    Args:
        student_ids: exactly the children whose names stood before the teacher.

    Raises:
        ListChanged: the children who are left are not these; nothing is confirmed.
    """
    now = now or timezone.now()
    class_pass = lock_for_filling(user, class_pass, timezone.localdate(now))
    left = {student.pk: student for student in children_left(class_pass)}
    if set(student_ids) != set(left):
        raise ListChanged
    drafts = {
        row.student_id: row
        for row in Response.objects.select_for_update(of=("self",)).filter(
            class_pass=class_pass, student__in=left, state=ResponseState.DRAFT
        )
    }
    nothing = pack(none_yet(class_pass.round.instrument_version.parsed))
    made = []
    for student_id in left:
        row = drafts.get(student_id)
        if row is None:
            made.append(
                Response(
                    class_pass=class_pass,
                    student_id=student_id,
                    answers=nothing,
                    considered=Considered.GROUP,
                    saved_by=user,
                    saved_at=now,
                )
            )
            continue
        row.considered = Considered.GROUP
        row.version += 1
        row.saved_by, row.saved_at = user, now
    Response.objects.bulk_create(made)
    Response.objects.bulk_update(drafts.values(), ["considered", "version", "saved_by", "saved_at"])
    record(actor=user, action="first_pass.confirm_group", target=class_pass, details={"children": len(left)})
    return len(left)


def lock_for_filling(user: User, class_pass: ClassPass, day: datetime.date) -> ClassPass:
    """The pass, locked, once it is sure that this person may fill it now."""
    require(user, Capability.FILL_FIRST_PASS, class_pass)
    class_pass = (
        ClassPass.objects.select_for_update(of=("self",))
        .select_related("round__school", "round__instrument_version", "school_class__grade")
        .get(pk=class_pass.pk)
    )
    if class_pass.state == PassState.SUBMITTED:
        raise AlreadySubmitted
    if not class_pass.round.takes_answers(day):
        raise RoundNotOpen
    return class_pass


def children_left(class_pass: ClassPass) -> list[Student]:
    """The children of the class whom nobody has considered yet, by number; none for whom there is no consent."""
    done = Response.objects.filter(class_pass=class_pass).exclude(considered="").values("student")
    children = Student.objects.filter(current_class=class_pass.school_class_id).exclude(pk__in=done)
    without_consent = left_out_of(children, ConsentKind.SCREENING)
    return [child for child in children.order_by("number") if child.pk not in without_consent]
