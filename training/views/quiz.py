"""The quiz: what awaits, the questions, keeping answers, the result with its reasons."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from training import scoring
from training.completion import all_lessons_done
from training.enrol import latest_enrolment
from training.enums import OPEN_STATES
from training.errors import AttemptClosed, CourseNotReady, LessonsFirst, QuizOver, WaitBeforeRetry
from training.models import Certificate, CourseEnrolment, CoursePage, QuizAttempt
from training.quiz import next_try_at, save_answers, start_attempt, submit_attempt, tries_left_today
from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability


def _private(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, private=True, no_store=True)
    return response


def _moment(when) -> str:
    local = timezone.localtime(when)
    return formats.date_format(local, "m/d H:i") if local.date() != timezone.localdate() else f"{local:%H:%M}"


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.LEARN)
def quiz_start(request: HttpRequest, pk: int) -> HttpResponse:
    """What the quiz asks for, and the button that begins it or goes on with it."""
    course = get_object_or_404(CoursePage.objects.live(), pk=pk)
    url = course.get_url(request) or "/"
    enrolment = latest_enrolment(request.user, course)
    if enrolment is None:
        messages.info(request, _("Start the course first; then its lessons open."))
        return redirect(url)
    if enrolment.state not in OPEN_STATES:
        return redirect(url)
    if request.method == "POST":
        return _begin(request, enrolment, url)
    now = timezone.now()
    open_attempt = enrolment.attempts.filter(submitted_at__isnull=True).first()
    last = enrolment.attempts.filter(submitted_at__isnull=False).last()
    context = {
        "course": course,
        "course_url": url,
        "enrolment": enrolment,
        "open_attempt": open_attempt,
        "answered": sum(bool(chosen) for chosen in open_attempt.answers.values()) if open_attempt else 0,
        "last": last,
        "lessons_done": all_lessons_done(enrolment),
        "wait_until": None if open_attempt else next_try_at(enrolment, now),
        "tries_left": tries_left_today(enrolment, timezone.localdate(now)),
    }
    return _private(render(request, "training/quiz_start.html", context))


def _begin(request: HttpRequest, enrolment: CourseEnrolment, url: str) -> HttpResponse:
    try:
        attempt = start_attempt(person=request.user, enrolment=enrolment)
    except LessonsFirst:
        messages.info(request, _("The quiz opens when every lesson is done."))
        return redirect(url)
    except QuizOver:
        messages.info(request, _("You have passed this course already."))
        return redirect(url)
    except WaitBeforeRetry as wait:
        messages.info(request, _("The next try opens at %(when)s.") % {"when": _moment(wait.until)})
        return redirect("training:quiz_start", enrolment.course_id)
    except CourseNotReady:
        messages.info(request, _("This quiz has no questions yet. Please tell the training manager."))
        return redirect(url)
    return redirect("training:quiz", attempt.pk)


def _changes_in(request: HttpRequest, attempt: QuizAttempt) -> dict[str, list[str]]:
    """The answers that were changed on this page since it was made: what another tab saved meanwhile stays."""
    shown = set(request.POST.getlist("shown"))
    changes = {}
    for question in attempt.questions:
        key = question["key"]
        chosen, was = request.POST.getlist(f"q{key}"), request.POST.get(f"was{key}", "").split()
        if key in shown and set(chosen) != set(was):
            changes[key] = chosen
    return changes


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.LEARN)
def quiz(request: HttpRequest, attempt_id: uuid.UUID) -> HttpResponse:
    """The questions while the attempt is open, its result ever after."""
    attempt = get_object_or_404(
        QuizAttempt.objects.visible_to(request.user).select_related("enrolment__course"), pk=attempt_id
    )
    if request.method == "POST":
        return _submit(request, attempt)
    if not attempt.is_open:
        return _result(request, attempt)
    missing = scoring.unanswered(attempt.questions, attempt.answers) if "missing" in request.GET else []
    return _questions(request, attempt, missing=missing)


def _submit(request: HttpRequest, attempt: QuizAttempt) -> HttpResponse:
    answers = _changes_in(request, attempt)
    try:
        if "later" in request.POST:
            save_answers(person=request.user, attempt_id=attempt.pk, answers=answers)
            messages.success(request, _("Your answers are saved. Go on whenever you like, on any device."))
            return redirect(attempt.enrolment.course.get_url(request) or "/")
        if "confirm" not in request.POST:
            attempt = save_answers(person=request.user, attempt_id=attempt.pk, answers=answers)
            missing = scoring.unanswered(attempt.questions, attempt.answers)
            if missing:
                # By an address of its own, so that "back" from the result does not ask to send the form once more.
                return redirect(f"{reverse('training:quiz', args=[attempt.pk])}?missing=1")
        submit_attempt(person=request.user, attempt_id=attempt.pk, answers=answers)
    except AttemptClosed:
        messages.info(request, _("This quiz was submitted before. This is the result of that first time."))
    return redirect("training:quiz", attempt.pk)


def _questions(request: HttpRequest, attempt: QuizAttempt, missing: list[int]) -> HttpResponse:
    course = attempt.enrolment.course
    items = [
        {
            "number": number,
            "question": question,
            "chosen": attempt.answers.get(question["key"], []),
            "missing": number in missing,
        }
        for number, question in enumerate(attempt.questions, 1)
    ]
    context = {
        "attempt": attempt,
        "course": course,
        "course_url": course.get_url(request),
        "items": items,
        "missing": missing,
        "answered": sum(bool(item["chosen"]) for item in items),
        "total": len(items),
    }
    return _private(render(request, "training/quiz.html", context))


def _reviewed(request: HttpRequest, attempt: QuizAttempt, course: CoursePage) -> list[dict[str, Any]]:
    """Each question with what was chosen, whether it was right, why, and where it can be read again."""
    url = course.get_url(request)
    lessons = {lesson.pk: lesson for lesson in course.lessons}
    reviewed = []
    for number, question in enumerate(attempt.questions, 1):
        chosen = set(attempt.answers.get(question["key"], []))
        lesson = lessons.get(question["lesson"])
        place = f"?s={question['section']}" if question["section"] else ""
        reviewed.append(
            {
                "number": number,
                "question": question,
                "right": attempt.results.get(question["key"], False),
                "options": [{**option, "chosen": option["key"] in chosen} for option in question["options"]],
                "feedback": [o["feedback"] for o in question["options"] if o["key"] in chosen and o["feedback"]],
                "unanswered": not chosen,
                "lesson": lesson,
                "lesson_url": f"{url}{lesson.slug}/{place}" if lesson else "",
            }
        )
    return reviewed


def _result(request: HttpRequest, attempt: QuizAttempt) -> HttpResponse:
    enrolment = attempt.enrolment
    course = enrolment.course
    items = _reviewed(request, attempt, course)
    now = timezone.now()
    still_open = enrolment.state in OPEN_STATES
    context = {
        "attempt": attempt,
        "course": course,
        "course_url": course.get_url(request),
        "items": items,
        "wrong": [item for item in items if not item["right"]],
        "right": [item for item in items if item["right"]],
        "still_open": still_open,
        "wait_until": next_try_at(enrolment, now) if still_open else None,
        "tries_left": tries_left_today(enrolment, timezone.localdate(now)) if still_open else 0,
        "certificate": Certificate.objects.filter(enrolment=enrolment).first() if attempt.passed else None,
    }
    return _private(render(request, "training/quiz_result.html", context))


@require_POST
@needs(Capability.LEARN)
def quiz_save(request: HttpRequest, attempt_id: uuid.UUID) -> HttpResponse:
    """Keep the answer to the one question that was touched; says aloud that it is kept, and how many are answered.

    The others are left alone, whatever an older tab may show of them.
    """
    attempt = get_object_or_404(QuizAttempt.objects.visible_to(request.user), pk=attempt_id)
    key = request.GET.get("question", "")
    try:
        answers = {key: request.POST.getlist(f"q{key}")}
        attempt = save_answers(person=request.user, attempt_id=attempt.pk, answers=answers)
    except AttemptClosed:
        context = {"closed": True, "attempt": attempt}
    else:
        answered = sum(bool(attempt.answers.get(question["key"])) for question in attempt.questions)
        context = {"attempt": attempt, "answered": answered, "total": len(attempt.questions), "saved": True}
    return _private(render(request, "training/partials/quiz_saved.html", context))
