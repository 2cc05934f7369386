"""What the pages of children's files share: who the child is, and that no cache keeps an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control

from xinqiao.records.parts import NOBODY
from xinqiao.school.models import Student

if TYPE_CHECKING:
    from xinqiao.accounts.capabilities import Capability


def private(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, private=True, no_store=True)
    return response


def child_for(request: HttpRequest, student_id: int, capability: Capability) -> Student:
    """The child within this person's reach; 404 for others, and for somebody without a name."""
    children = Student.objects.within(request.user, capability).exclude(name=NOBODY)
    return get_object_or_404(children.select_related("school", "current_class__grade"), pk=student_id)


def as_file(content: bytes, kind: str, name: str, *, download: bool) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'{"attachment" if download else "inline"}; filename="{name}"'
    return private(response)
