"""Taking a quiz: draw and freeze, keep each answer, submit once. Passing certifies in the same transaction."""

from __future__ import annotations

import datetime
import random
import secrets
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from training import scoring
from training.certify import certify
from training.completion import all_lessons_done
from training.enrol import locked_own, move_enrolment
from training.enums import OPEN_STATES, EnrolmentState, QuestionKind
from training.errors import AttemptClosed, CourseNotReady, LessonsFirst, NotEnrolled, QuizOver, WaitBeforeRetry
from training.models.learning import CourseEnrolment, QuizAttempt
from training.models.questions import Question
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.audit.trail import record

if TYPE_CHECKING:
    from xinqiao.accounts.models import User


def freeze(question: Question, shuffle: random.Random) -> dict[str, Any]:
    """All that an attempt needs of a question, as it was on the day."""
    options = [
        {"key": str(option.pk), "text": option.text, "correct": option.correct, "feedback": option.feedback}
        for option in question.options.all()
    ]
    if question.kind != QuestionKind.TRUE_FALSE:
        shuffle.shuffle(options)
    return {
        "key": str(question.pk),
        "version": question.version,
        "kind": question.kind,
        "text": question.text,
        "reason": question.reason,
        "lesson": question.lesson_id,
        "section": question.section,
        "options": options,
    }


def next_try_at(enrolment: CourseEnrolment, now: datetime.datetime) -> datetime.datetime | None:
    """When the next try opens, or None where it is open now: so many a day, with the course's pause between two."""
    course = enrolment.course
    attempts = QuizAttempt.objects.filter(enrolment=enrolment)
    today = timezone.localdate(now)
    if attempts.started_on(today).count() >= course.attempts_a_day:
        tomorrow = datetime.datetime.combine(today + datetime.timedelta(days=1), datetime.time.min)
        return timezone.make_aware(tomorrow)
    if course.pause_minutes:
        last = attempts.aggregate(last=Max("submitted_at"))["last"]
        if last is not None and now < last + datetime.timedelta(minutes=course.pause_minutes):
            return last + datetime.timedelta(minutes=course.pause_minutes)
    return None


def tries_left_today(enrolment: CourseEnrolment, today: datetime.date) -> int:
    used = QuizAttempt.objects.filter(enrolment=enrolment).started_on(today).count()
    return max(0, enrolment.course.attempts_a_day - used)


@transaction.atomic
def start_attempt(
    *,
    person: User,
    enrolment: CourseEnrolment,
    now: datetime.datetime | None = None,
    shuffle: random.Random | None = None,
) -> QuizAttempt:
    """Open a try, or give back the one that is open already.

    Raises:
        QuizOver, LessonsFirst, WaitBeforeRetry, CourseNotReady: see their names.
    """
    now = now or timezone.now()
    enrolment = locked_own(person=person, enrolment_id=enrolment.pk)
    if enrolment.state not in OPEN_STATES:
        raise QuizOver
    existing = QuizAttempt.objects.filter(enrolment=enrolment, submitted_at__isnull=True).first()
    if existing is not None:
        return existing
    if not all_lessons_done(enrolment):
        raise LessonsFirst
    until = next_try_at(enrolment, now)
    if until is not None:
        raise WaitBeforeRetry(until)
    course = enrolment.course
    pool = list(Question.objects.filter(bank=course.bank_id, active=True).prefetch_related("options"))
    if not pool:
        raise CourseNotReady
    shuffle = shuffle or secrets.SystemRandom()
    drawn = shuffle.sample(pool, min(course.questions_drawn, len(pool)))
    if enrolment.state == EnrolmentState.ENROLLED:
        move_enrolment(enrolment=enrolment, to=EnrolmentState.IN_PROGRESS)
    attempt = QuizAttempt.objects.create(
        enrolment=enrolment,
        number=enrolment.attempts.count() + 1,
        pass_mark=course.pass_mark,
        questions=[freeze(question, shuffle) for question in drawn],
        started_at=now,
    )
    record(actor=person, action="training.start_quiz", target=attempt, details={"number": attempt.number})
    return attempt


def locked_attempt(*, person: User, attempt_id: uuid.UUID) -> QuizAttempt:
    """The person's own attempt with its enrolment, both locked, the enrolment first.

    Raises:
        NotEnrolled: there is none of theirs.
    """
    require(person, Capability.LEARN)
    enrolment_id = QuizAttempt.objects.filter(pk=attempt_id).values_list("enrolment_id", flat=True).first()
    if enrolment_id is None:
        raise NotEnrolled
    enrolment = locked_own(person=person, enrolment_id=enrolment_id)
    attempt = QuizAttempt.objects.select_for_update().get(pk=attempt_id)
    attempt.enrolment = enrolment
    return attempt


def _merge(attempt: QuizAttempt, answers: Mapping[str, Sequence[str]]) -> None:
    """Take over the answers to the questions named; the others keep theirs, so two tabs do not blank each other."""
    for question in attempt.questions:
        if question["key"] in answers:
            attempt.answers[question["key"]] = scoring.admissible(question, answers[question["key"]])


@transaction.atomic
def save_answers(*, person: User, attempt_id: uuid.UUID, answers: Mapping[str, Sequence[str]]) -> QuizAttempt:
    """Keep answers of an open attempt.

    Raises:
        AttemptClosed: it was submitted meanwhile, perhaps in another tab.
    """
    attempt = locked_attempt(person=person, attempt_id=attempt_id)
    if not attempt.is_open:
        raise AttemptClosed
    _merge(attempt, answers)
    attempt.saved_at = timezone.now()
    attempt.save(update_fields=["answers", "saved_at"])
    return attempt


@transaction.atomic
def submit_attempt(
    *,
    person: User,
    attempt_id: uuid.UUID,
    answers: Mapping[str, Sequence[str]],
    now: datetime.datetime | None = None,
    tell: bool = True,
) -> QuizAttempt:
    """Mark the attempt, once. Passing gives the certificate in the same transaction.

    Args:
        person: whose attempt it is.
        attempt_id: which one.
        answers: as on the page that was submitted; questions not named keep what was saved.
        now: the moment; the clock's where none is given.
        tell: whether the certificate goes out by mail.

    Raises:
        AttemptClosed: it was submitted before. The first submission's result stands.
    """
    now = now or timezone.now()
    attempt = locked_attempt(person=person, attempt_id=attempt_id)
    if not attempt.is_open:
        raise AttemptClosed
    _merge(attempt, answers)
    marked = scoring.mark(attempt.questions, attempt.answers, pass_mark=attempt.pass_mark)
    attempt.results = marked.results
    attempt.score, attempt.passed = marked.score, marked.passed
    attempt.saved_at = attempt.submitted_at = now
    attempt.save(update_fields=["answers", "results", "score", "passed", "saved_at", "submitted_at"])
    enrolment = attempt.enrolment
    record(
        actor=person,
        action="training.submit_quiz",
        target=attempt,
        details={"number": attempt.number, "score": marked.score, "passed": marked.passed},
    )
    if marked.passed:
        move_enrolment(enrolment=enrolment, to=EnrolmentState.PASSED)
        certify(enrolment=enrolment, score=marked.score, now=now, tell=tell)
    elif enrolment.state == EnrolmentState.IN_PROGRESS:
        move_enrolment(enrolment=enrolment, to=EnrolmentState.FAILED)
    return attempt
