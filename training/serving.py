"""How the three kinds of pages answer: visitors see what a course is, learners their own plan, editors a preview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from training.completion import days_left, due_on, is_late, may_renew
from training.enrol import latest_enrolment
from training.enums import OPEN_STATES, CertificateState
from training.learn import place_in
from training.models.certificates import Certificate
from training.models.learning import CourseEnrolment
from training.plan import Plan, plan_for, plans_for
from xinqiao.accounts.access import NotPermitted, may
from xinqiao.accounts.capabilities import Capability

if TYPE_CHECKING:
    import datetime

    from training.models.pages import CoursePage, LessonPage, TrainingIndexPage


def _own_page(request: HttpRequest, template: str, context: dict) -> TemplateResponse:
    """A page about one person: no cache keeps it."""
    response = TemplateResponse(request, template, context)
    if request.user.is_authenticated:
        patch_cache_control(response, private=True, no_cache=True)
    return response


def _due_facts(enrolment: CourseEnrolment, today: datetime.date) -> dict:
    return {
        "due_on": due_on(enrolment),
        "days_left": days_left(enrolment, today),
        "days_late": -days_left(enrolment, today),
        "is_late": is_late(enrolment, today),
        "is_open": enrolment.state in OPEN_STATES,
        "may_renew": may_renew(enrolment, today),
    }


def _certificate_of(enrolment: CourseEnrolment) -> Certificate | None:
    """The certificate of this cycle, unless it was taken back."""
    if enrolment.state in OPEN_STATES:
        return None
    certificate = getattr(enrolment, "certificate", None)
    return certificate if certificate is not None and certificate.state != CertificateState.REVOKED else None


def serve_index(page: TrainingIndexPage, request: HttpRequest) -> HttpResponse:
    return _own_page(request, page.template, index_context(page, request))


def index_context(page: TrainingIndexPage, request: HttpRequest, *, previewed: bool = False) -> dict:
    """For a learner their own courses; for others, and in the editor's preview, what there is to learn."""
    courses = list(page.courses())
    page_url = page.get_url(request) or ""
    context = {
        "page": page,
        "self": page,
        "courses": [{"course": course, "url": f"{page_url}{course.slug}/"} for course in courses],
        "learner": False,
        "sees_completion": False,
    }
    if previewed or not may(request.user, Capability.LEARN):
        context["sees_completion"] = not previewed and may(request.user, Capability.READ_TRAINING_COMPLETION)
        return context
    today = timezone.localdate()
    enrolments = list(CourseEnrolment.objects.visible_to(request.user).latest().select_related("course", "certificate"))
    taken = [enrolment.course for enrolment in enrolments]
    type(page).load_lessons([*taken, *courses])
    urls = {course.pk: course.get_url(request) or "" for course in taken}
    plans = plans_for([(enrolment.course, enrolment) for enrolment in enrolments], urls)
    entries = [
        {"plan": plan, "certificate": _certificate_of(plan.enrolment), **_due_facts(plan.enrolment, today)}
        for plan in plans
    ]
    entries.sort(key=lambda entry: (not entry["is_open"], entry["due_on"]))
    taken_ids = {course.pk for course in taken}
    context |= {
        "learner": True,
        "entries": entries,
        "to_do": [entry for entry in entries if entry["is_open"]],
        "finished": [entry for entry in entries if not entry["is_open"]],
        "others": [entry for entry in context["courses"] if entry["course"].pk not in taken_ids],
        "sees_completion": may(request.user, Capability.READ_TRAINING_COMPLETION),
        "manages": may(request.user, Capability.MANAGE_TRAINING),
    }
    return context


def serve_course(page: CoursePage, request: HttpRequest) -> HttpResponse:
    return _own_page(request, page.template, course_context(page, request))


def course_context(page: CoursePage, request: HttpRequest, *, previewed: bool = False) -> dict:
    """What the course is, and for a learner where they stand in it."""
    url = page.get_url(request) or ""
    learner = previewed or may(request.user, Capability.LEARN)
    enrolment = latest_enrolment(request.user, page) if learner and not previewed else None
    if enrolment is not None:
        page.lessons  # noqa: B018 - loaded once here, and shared with the enrolment's own course object
        enrolment.course = page
    plan = plan_for(page, enrolment, url=url)
    context = {"page": page, "self": page, "plan": plan, "learner": learner, "enrolment": enrolment}
    if enrolment is not None:
        context |= _due_facts(enrolment, timezone.localdate())
        context["certificate"] = _certificate_of(enrolment)
        context["revoked"] = not context["is_open"] and context["certificate"] is None
    return context


def _wanted_section(request: HttpRequest, plan: Plan, lesson: LessonPage) -> int:
    """The section asked for by ?s=, counted from 1; without it the place where this person left."""
    count = len(lesson.sections)
    asked = request.GET.get("s", "")
    if asked.isascii() and asked.isdigit() and 1 <= int(asked[:4]) <= count:
        return int(asked[:4]) - 1
    return place_in(lesson, plan.progress.get(lesson.pk))


def serve_lesson(page: LessonPage, request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not may(request.user, Capability.LEARN):
        raise NotPermitted(Capability.LEARN)
    course = page.course
    url = course.get_url(request) or ""
    enrolment = latest_enrolment(request.user, course)
    if enrolment is None:
        messages.info(request, _("Start the course first; then its lessons open."))
        return redirect(url)
    enrolment.course = course
    plan = plan_for(course, enrolment, url=url)
    index = _wanted_section(request, plan, page)
    step = plan.step_of(page)
    count = len(page.sections)
    context = {
        "page": page,
        "self": page,
        "course": course,
        "plan": plan,
        "step": step,
        "section": page.sections[index],
        "index": index,
        "number": index + 1,
        "count": count,
        "is_first": index == 0 and step.number == 1,
        "is_last": index == count - 1,
        "percent": round(100 * (index + 1) / count),
        "previous": plan.steps[step.number - 2] if step.number > 1 else None,
        **_due_facts(enrolment, timezone.localdate()),
    }
    return _own_page(request, "training/lesson.html", context)
