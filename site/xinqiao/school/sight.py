"""What one member of staff sees of the directory: whose names, whose facts, whose guardians. A parent's own child is elsewhere."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from xinqiao.accounts.access import NotPermitted, Reach, may, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.school.models import School, SchoolClass, SchoolClassQuerySet, Student, StudentQuerySet


def works_with_children(user: Any) -> bool:
    """Whether the directory is a place for this person: children come into sight by a duty, not by parenthood."""
    extent = reach(user, Capability.READ_STUDENT)
    return bool(extent.schools or extent.grades or extent.classes)


def staff_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a page of the directory: login first, then a duty with children. `request.sight` is what is in sight."""

    @login_required
    @functools.wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not works_with_children(request.user):
            raise NotPermitted(Capability.READ_STUDENT)
        request.sight = Sight(request.user)
        return view(request, *args, **kwargs)

    vars(checked)["capabilities"] = (Capability.READ_STUDENT,)
    return checked


class Sight:
    """Asked once a request; every list and page of the directory goes through it."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.names = self._by_duty(Capability.READ_STUDENT)
        self.facts = self._by_duty(Capability.READ_FACTS)
        self.contacts = self._by_duty(Capability.READ_CONTACTS)
        self.managed = self._by_duty(Capability.MANAGE_DIRECTORY)

    def _by_duty(self, capability: Capability) -> Reach:
        return dataclasses.replace(reach(self.user, capability), children_of=None)

    def students(self) -> StudentQuerySet:
        return Student.objects.visible_by(self.names)

    def classes(self) -> SchoolClassQuerySet:
        return SchoolClass.objects.filter(self.names.classes_q())

    def managed_schools(self) -> list[School]:
        return list(School.objects.filter(pk__in=self.managed.schools).order_by("pk"))

    @property
    def manages(self) -> bool:
        return bool(self.managed.schools)

    @property
    def is_whole_school(self) -> bool:
        return bool(self.names.schools)

    def sees_facts(self, student: Student | SchoolClass) -> bool:
        return self.facts.covers(student.access_place())

    def sees_contacts(self, student: Student | SchoolClass) -> bool:
        return self.contacts.covers(student.access_place())

    def may_manage(self, student: Student | SchoolClass) -> bool:
        return self.managed.covers(student.access_place())

    def may_read_trail(self, student: Student) -> bool:
        return may(self.user, Capability.READ_AUDIT, student)
