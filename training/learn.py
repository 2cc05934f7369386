"""Learning a lesson: keeping the place, going on, finishing. What is said to be saved is saved before it is said."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from training.enrol import locked_own, move_enrolment
from training.enums import EnrolmentState
from training.models.learning import CourseEnrolment, LessonProgress
from xinqiao.audit.trail import record

if TYPE_CHECKING:
    from training.models.pages import LessonPage
    from xinqiao.accounts.models import User


def place_in(lesson: LessonPage, progress: LessonProgress | None) -> int:
    """The index of the section where this person goes on; the beginning of a lesson that is new or finished."""
    if progress is None or progress.done_at is not None:
        return 0
    ids = [section.id for section in lesson.sections]
    if progress.section_id in ids:
        return ids.index(progress.section_id)
    return min(progress.section_index, max(len(ids) - 1, 0))


def _begin(enrolment: CourseEnrolment) -> None:
    if enrolment.state == EnrolmentState.ENROLLED:
        move_enrolment(enrolment=enrolment, to=EnrolmentState.IN_PROGRESS)


@transaction.atomic
def keep_place(
    *,
    person: User,
    enrolment: CourseEnrolment,
    lesson: LessonPage,
    index: int,
    now: datetime.datetime | None = None,
) -> LessonProgress:
    """Remember the section at which the person is now, for every device."""
    enrolment = locked_own(person=person, enrolment_id=enrolment.pk)
    _begin(enrolment)
    now = now or timezone.now()
    index = max(0, min(index, len(lesson.sections) - 1))
    place = {"section_id": lesson.sections[index].id or "", "section_index": index, "saved_at": now}
    progress, _created = LessonProgress.objects.update_or_create(
        enrolment=enrolment, lesson=lesson, defaults=place, create_defaults={**place, "started_at": now}
    )
    return progress


@transaction.atomic
def finish_lesson(
    *, person: User, enrolment: CourseEnrolment, lesson: LessonPage, now: datetime.datetime | None = None
) -> LessonProgress:
    """The last section was read. Finishing it again changes nothing: the first time stands."""
    enrolment = locked_own(person=person, enrolment_id=enrolment.pk)
    _begin(enrolment)
    last = len(lesson.sections) - 1
    now = now or timezone.now()
    progress, _created = LessonProgress.objects.get_or_create(
        enrolment=enrolment, lesson=lesson, defaults={"started_at": now}
    )
    if progress.done_at is None:
        progress.section_id, progress.section_index = lesson.sections[last].id or "", last
        progress.saved_at = progress.done_at = now
        progress.save(update_fields=["section_id", "section_index", "saved_at", "done_at"])
        record(actor=person, action="training.finish_lesson", target=enrolment, details={"lesson": lesson.pk})
    return progress
