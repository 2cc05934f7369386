"""Taking a move back: a new act on the record, allowed while nothing was built on the move."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone

from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.refused import NotThisState
from xinqiao.school.children.guardians import untie
from xinqiao.school.models import Enrolment, Move, SchoolClass
from xinqiao.school.moves import duties
from xinqiao.school.moves.current import locked, refresh_current_class
from xinqiao.school.moves.errors import CannotUndo, UndoTooLate
from xinqiao.school.moves.models import MoveKind


@transaction.atomic
def undo_move(*, by: User, move: Move, today: datetime.date | None = None) -> Move:
    """Everything is as it was before the move; the move itself stays on the record as taken back.

    Raises:
        NotPermitted, NotThisState, CannotUndo: nothing is changed.
    """
    require(by, Capability.MANAGE_DIRECTORY, move)
    school = locked(move.school)
    move = Move.objects.select_for_update(of=("self",)).select_related("student").get(pk=move.pk)
    check_undo(move, today or timezone.localdate())
    concerned = list(_enrolments(move).values_list("student", flat=True).distinct())
    for class_id, before in move.undo_facts.get("closed", {}).items():
        SchoolClass.objects.filter(pk=class_id).update(closed_on=before)
    Enrolment.objects.filter(begun_by=move).delete()
    Enrolment.objects.filter(ended_by=move).update(ends_on=None, ended_by=None)
    for class_id, before in move.undo_facts.get("opened", {}).items():
        SchoolClass.objects.filter(pk=class_id).update(closed_on=before)
    duties.take_back(by=by, school=school, facts=move.undo_facts.get("duties", {}), on=move.on)
    refresh_current_class(concerned, today)
    record(
        actor=by,
        action="move.undo",
        target=move,
        student_id=move.student_id,
        details={"kind": move.kind, "children": move.children},
    )
    if move.kind == MoveKind.JOIN:
        _forget_child(move)
    move.undone_at, move.undone_by = timezone.now(), by
    move.save(update_fields=["undone_at", "undone_by"])
    return move


def check_undo(move: Move, today: datetime.date) -> None:
    """Raise what stands in the way of taking the move back, if anything does."""
    if move.undone_at is not None:
        raise NotThisState
    if today > move.undo_until:
        raise UndoTooLate
    concerned = _enrolments(move).values("student")
    later = Enrolment.objects.filter(student__in=concerned, starts_on__gte=move.on).exclude(begun_by=move)
    altered = Enrolment.objects.filter(Q(begun_by=move) & ~Q(ends_on=None)) | Enrolment.objects.filter(
        Q(ended_by=move) & ~Q(ends_on=move.on - datetime.timedelta(days=1))
    )
    # What a roster corrected in place no longer names the move.
    lost = move.kind != MoveKind.LEAVE and move.children > 0 and not _complete(move)
    if lost or later.exists() or altered.exists() or _classes_in_the_way(move):
        raise CannotUndo


def can_undo(move: Move, today: datetime.date | None = None) -> bool:
    """Whether a button for it may be shown."""
    try:
        check_undo(move, today or timezone.localdate())
    except (CannotUndo, NotThisState):
        return False
    return True


def _enrolments(move: Move) -> Any:
    return Enrolment.objects.filter(Q(begun_by=move) | Q(ended_by=move))


def _complete(move: Move) -> bool:
    """Whether every child of the move is still where it put them."""
    here = _enrolments(move).values("student").distinct().count()
    return here == move.children


def _classes_in_the_way(move: Move) -> bool:
    """A class to go back to was closed meanwhile, or one to be closed again has children of its own by now."""
    closed_by_it = list(map(int, move.undo_facts.get("closed", {})))
    back_to = Enrolment.objects.filter(ended_by=move).values("school_class")
    closed_since = SchoolClass.objects.filter(pk__in=back_to, closed_on__isnull=False).exclude(pk__in=closed_by_it)
    others = Enrolment.objects.none()
    for class_id, before in move.undo_facts.get("opened", {}).items():
        # It was closed since then, so whatever reaches beyond is newer.
        others |= Enrolment.objects.filter(Q(ends_on=None) | Q(ends_on__gte=before), school_class=class_id)
    return closed_since.exists() or others.exclude(begun_by=move).exists()


def _forget_child(move: Move) -> None:
    """The record of a child who was entered by mistake goes, as long as nothing was written about them."""
    student = move.student
    if student is None:
        return
    try:
        with transaction.atomic():
            for tie in student.guardianships.select_related("guardian"):
                untie(tie)
            student.delete()
        move.student = None
    except ProtectedError as error:
        raise CannotUndo from error
