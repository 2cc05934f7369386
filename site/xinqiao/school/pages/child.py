"""A child's page: facts, classes so far, guardians; each part for those whose duty it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinqiao.accounts.access import may
from xinqiao.accounts.capabilities import Capability
from xinqiao.school.models import Enrolment, Guardianship, Move, Student
from xinqiao.school.moves.undo import can_undo
from xinqiao.school.pages.answers import child_in_sight, page
from xinqiao.school.sight import staff_only


@require_safe
@staff_only
def child(request: HttpRequest, student_id: int) -> HttpResponse:
    student = child_in_sight(request, student_id)
    sight, today = request.sight, timezone.localdate()
    facts, contacts = sight.sees_facts(student), sight.sees_contacts(student)
    manages = sight.may_manage(student)
    enrolments = _classes_so_far(student) if facts else []
    last = _last_move(enrolments) if manages else None
    context = {
        "student": student,
        "age": student.age_on(today),
        "facts": facts,
        "contacts": contacts,
        "invites": student.current_class_id is not None and may(request.user, Capability.INVITE_GUARDIANS, student),
        "manages": manages,
        "enrolments": enrolments,
        "present": next((each for each in enrolments if _holds(each, today)), None),
        "ahead": next((each for each in reversed(enrolments) if each.starts_on > today), None),
        "leaves_on": enrolments[0].ends_on
        if enrolments and enrolments[0].ends_on and enrolments[0].ends_on >= today
        else None,
        "ties": _guardians(student) if contacts else [],
        "last_move": last,
        "can_undo": last is not None and last.student_id == student.pk and can_undo(last, today),
        "reads_trail": sight.may_read_trail(student),
        "today": today,
    }
    return page(request, "school/directory/child.html", context)


def _classes_so_far(student: Student) -> list[Enrolment]:
    """The newest first."""
    return list(
        Enrolment.objects.filter(student=student)
        .select_related("school_class__grade", "begun_by__made_by", "ended_by__made_by")
        .order_by("-starts_on")
    )


def _holds(enrolment: Enrolment, day: object) -> bool:
    return enrolment.starts_on <= day and (enrolment.ends_on is None or enrolment.ends_on >= day)


def _last_move(enrolments: list[Enrolment]) -> Move | None:
    """The act that put the child where the newest enrolment says, or ended it."""
    if not enrolments:
        return None
    newest = enrolments[0]
    return newest.ended_by or newest.begun_by


def _guardians(student: Student) -> list[Guardianship]:
    """Whom nobody may call stands last."""
    return list(
        student.guardianships.select_related("guardian")
        .prefetch_related("restrictions")
        .order_by("restricted", "relation", "pk")
    )
