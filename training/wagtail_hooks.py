"""Training's side of Wagtail's admin: the first panel, the question banks, and pages that people's records hold on to."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.models import Page
from wagtail.snippets.models import register_snippet

from training.dashboard import TrainingPanel
from training.models import Certificate, CourseEnrolment, LessonProgress
from training.viewsets import TrainingGroup

register_snippet(TrainingGroup)


@hooks.register("construct_homepage_panels")
def courses_come_first(request: HttpRequest, panels: list) -> None:
    panels.append(TrainingPanel())


def has_records(page: Page) -> bool:
    """Whether somebody's learning or certificate belongs to this page or to one below it."""
    pages = Page.objects.filter(path__startswith=page.path)
    return (
        CourseEnrolment.objects.filter(course__in=pages).exists()
        or Certificate.objects.filter(course__in=pages).exists()
        or LessonProgress.objects.filter(lesson__in=pages).exists()
    )


@hooks.register("before_delete_page")
def keep_pages_with_records(request: HttpRequest, page: Page) -> HttpResponse | None:
    """The database would refuse; this says why, and what to do instead."""
    if not has_records(page):
        return None
    messages.error(
        request,
        _("Colleagues have learned here or hold a certificate, so this page stays. Unpublish it instead."),
    )
    return redirect("wagtailadmin_explore", page.pk)


@hooks.register("before_bulk_action")
def keep_pages_with_records_in_bulk(
    request: HttpRequest, action_type: str, objects: list, action_class: type
) -> HttpResponse | None:
    if action_type != "delete" or not any(isinstance(each, Page) and has_records(each) for each in objects):
        return None
    messages.error(
        request,
        _("Colleagues have learned here or hold a certificate, so this page stays. Unpublish it instead."),
    )
    return redirect("wagtailadmin_explore", objects[0].get_parent().pk)
