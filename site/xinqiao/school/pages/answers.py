"""What the directory's pages share: nothing of a child stays in a browser's cache, and a record out of sight is not there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.capabilities import Capability
from xinqiao.school.models import School, SchoolClass, Student


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, template, {"sight": request.sight, **context}, status=status)
    patch_cache_control(response, private=True, no_store=True)
    return response


def child_in_sight(request: HttpRequest, student_id: int) -> Student:
    children = request.sight.students().select_related("school", "current_class__grade__school")
    return get_object_or_404(children, pk=student_id)


def class_in_sight(request: HttpRequest, class_id: int) -> SchoolClass:
    return get_object_or_404(request.sight.classes().select_related("grade__school"), pk=class_id)


def child_to_manage(request: HttpRequest, student_id: int) -> Student:
    """In sight, and the directory in which it stands is this person's to keep: else 404, or 403."""
    child = child_in_sight(request, student_id)
    _must_manage(request, request.sight.may_manage(child))
    return child


def class_to_manage(request: HttpRequest, class_id: int) -> SchoolClass:
    found = class_in_sight(request, class_id)
    _must_manage(request, request.sight.may_manage(found))
    return found


def managed_school(request: HttpRequest) -> School:
    """The school chosen in the address, or the first whose directory this person keeps."""
    schools = request.sight.managed_schools()
    _must_manage(request, bool(schools))
    asked = request.GET.get("school", "")
    return next((school for school in schools if str(school.pk) == asked), schools[0])


def _must_manage(request: HttpRequest, may: bool) -> None:
    if not may:
        raise NotPermitted(Capability.MANAGE_DIRECTORY)


def done(request: HttpRequest, words: Any) -> None:
    messages.success(request, words)


def moved_words(move: Any, today: Any) -> str:
    """What to say after a move."""
    if move.on > today:
        return _("Entered. It takes effect by itself on %(day)s.") % {"day": move.on.isoformat()}
    return _("Done. It can be taken back on this page.")
