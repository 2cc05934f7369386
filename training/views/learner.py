"""A learner's own steps: joining a course, going on in a lesson."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from training.enrol import enrol, latest_enrolment
from training.errors import RenewalNotDue
from training.learn import finish_lesson, keep_place
from training.models import CoursePage, LessonPage
from training.plan import plan_for
from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.LEARN)
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a course oneself, or begin its next cycle; then straight to the first step.

    Who had to log in first comes back by GET, which changes nothing and shows the course.
    """
    course = get_object_or_404(CoursePage.objects.live(), pk=pk)
    url = course.get_url(request) or "/"
    if request.method != "POST":
        return redirect(url)
    try:
        enrolment = enrol(course=course, person=request.user, by=request.user)
    except RenewalNotDue:
        messages.info(request, _("Your certificate is still valid. You can renew it shortly before it ends."))
        return redirect(url)
    first = plan_for(course, enrolment, url=url).next
    return redirect(first.url if first is not None else url)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.LEARN)
def lesson_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the place and show the section before or after; the last one finishes the lesson. By GET: where one left."""
    lesson = get_object_or_404(LessonPage.objects.live(), pk=pk)
    if request.method != "POST":
        return redirect(lesson.get_url(request) or "/")
    course = lesson.course
    enrolment = latest_enrolment(request.user, course)
    url = course.get_url(request) or "/"
    if enrolment is None:
        messages.info(request, _("Start the course first; then its lessons open."))
        return redirect(url)
    here = f"{url}{lesson.slug}/"
    at = request.POST.get("at", "")
    index = int(at[:4]) - 1 if at.isascii() and at.isdigit() else 0
    index = max(0, min(index, len(lesson.sections) - 1))
    go = request.POST.get("go", "")
    if go.isascii() and go.isdigit():
        wanted = max(0, min(int(go[:4]), len(lesson.sections)) - 1)
        keep_place(person=request.user, enrolment=enrolment, lesson=lesson, index=wanted)
        return redirect(f"{here}?s={wanted + 1}")
    if go == "previous":
        keep_place(person=request.user, enrolment=enrolment, lesson=lesson, index=index - 1)
        return redirect(f"{here}?s={max(1, index)}")
    if index < len(lesson.sections) - 1:
        keep_place(person=request.user, enrolment=enrolment, lesson=lesson, index=index + 1)
        return redirect(f"{here}?s={index + 2}")
    finish_lesson(person=request.user, enrolment=enrolment, lesson=lesson)
    plan = plan_for(course, enrolment, url=url)
    following = plan.after(plan.step_of(lesson))
    return redirect(following.url if following is not None else url)
