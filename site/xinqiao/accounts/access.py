"""The question "may this person?", asked of the table in `capabilities` and of today's appointments.

Two forms of one answer: `reach()` gives a filter for querysets, `may()` a yes or no on one object. A record out of
reach is answered as if it did not exist (404); a forbidden act on one within sight is refused (403).
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q

from xinqiao.accounts.capabilities import GRANTS, Capability, Scope
from xinqiao.accounts.enums import Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest, HttpResponse

    from xinqiao.accounts.models import User


class NotPermitted(PermissionDenied):
    """The person holds no duty that allows this.

    Attributes:
        capability: what was asked for, so that the page can say whom to ask.
    """

    def __init__(self, capability: Capability) -> None:
        super().__init__(str(capability.label))
        self.capability = capability


@dataclasses.dataclass(frozen=True)
class Place:
    """Where an object lies: the ids that an appointment's scope is held against."""

    school_id: int | None = None
    grade_id: int | None = None
    class_id: int | None = None
    student_id: object | None = None
    owner_id: int | None = None


class Placed(Protocol):
    def access_place(self) -> Place: ...


@dataclasses.dataclass(frozen=True)
class Reach:
    """All that one capability reaches for one person on one day."""

    user_id: int | None
    own: bool = False
    districts: bool = False
    schools: frozenset[int] = frozenset()
    grades: frozenset[int] = frozenset()
    classes: frozenset[int] = frozenset()
    children_of: int | None = None

    def __bool__(self) -> bool:
        return bool(
            self.own or self.districts or self.schools or self.grades or self.classes or self.children_of is not None
        )

    def covers(self, place: Place) -> bool:
        """Whether the place lies within reach. A guardian's children are asked of `students()` instead."""
        return (
            (place.school_id is not None and place.school_id in self.schools)
            or (place.grade_id is not None and place.grade_id in self.grades)
            or (place.class_id is not None and place.class_id in self.classes)
            or (self.own and place.owner_id is not None and place.owner_id == self.user_id)
        )

    def classes_q(self, prefix: str = "") -> Q:
        """A filter on SchoolClass, or on a relation to it named by `prefix` (with its `__`)."""
        q = Q(pk__in=[]) if not prefix else Q(**{f"{prefix}pk__in": []})
        if self.schools:
            q |= Q(**{f"{prefix}grade__school__in": self.schools})
        if self.grades:
            q |= Q(**{f"{prefix}grade__in": self.grades})
        if self.classes:
            q |= Q(**{f"{prefix}pk__in": self.classes})
        return q

    def students_q(self, today: datetime.date, prefix: str = "") -> Q:
        """A filter on Student, or on a relation to it. Class and grade count by the enrolment in force today."""
        q = Q(**{f"{prefix}pk__in": []})
        if self.schools:
            q |= Q(**{f"{prefix}school__in": self.schools})
        if self.grades:
            q |= Q(**{f"{prefix}current_class__grade__in": self.grades})
        if self.classes:
            q |= Q(**{f"{prefix}current_class__in": self.classes})
        if self.children_of is not None:
            q |= Q(
                **{
                    f"{prefix}guardianships__guardian__user": self.children_of,
                    f"{prefix}guardianships__restricted": False,
                }
            )
        return q


def reach(user: User | AnonymousUser, capability: Capability, today: datetime.date | None = None) -> Reach:
    """What the capability reaches for this person today; empty (falsy) where nothing grants it."""
    if not user.is_authenticated or not user.is_active:
        return Reach(user_id=None)
    own = districts = False
    children_of: int | None = None
    schools: set[int] = set()
    grades: set[int] = set()
    classes: set[int] = set()
    for appointment in user.current_appointments(today):
        scope = GRANTS[Role(appointment.role)].get(capability)
        if scope is None:
            continue
        if scope is Scope.OWN:
            own = True
        elif scope is Scope.SCHOOL:
            schools.add(appointment.school_id)
        elif scope is Scope.OWN_GRADE and appointment.grade_id is not None:
            grades.add(appointment.grade_id)
        elif scope is Scope.OWN_CLASS and appointment.school_class_id is not None:
            classes.add(appointment.school_class_id)
        elif scope is Scope.OWN_CHILD:
            children_of = user.pk
        elif scope is Scope.DISTRICT:
            districts = True
    return Reach(
        user_id=user.pk,
        own=own,
        districts=districts,
        schools=frozenset(schools),
        grades=frozenset(grades),
        classes=frozenset(classes),
        children_of=children_of,
    )


def may(
    user: User | AnonymousUser, capability: Capability, on: Placed | None = None, today: datetime.date | None = None
) -> bool:
    """Whether this person may do this, on this object where one is given."""
    extent = reach(user, capability, today)
    if on is None or not extent:
        return bool(extent)
    return extent.covers(on.access_place())


def require(user: User | AnonymousUser, capability: Capability, on: Placed | None = None) -> None:
    """Raise NotPermitted unless `may`. Every function that changes state calls this first."""
    if not may(user, capability, on):
        raise NotPermitted(capability)


def needs(*capabilities: Capability) -> Callable:
    """Decorate a view: login first, then at least one of the capabilities somewhere. The object is asked inside."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @login_required
        @functools.wraps(view)
        def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not any(may(request.user, capability) for capability in capabilities):
                raise NotPermitted(capabilities[0])
            return view(request, *args, **kwargs)

        vars(checked)["capabilities"] = capabilities  # read by whoever lists the views' demands
        return checked

    return wrap
