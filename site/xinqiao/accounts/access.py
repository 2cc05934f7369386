"""The question "may this person?", asked of the table in `capabilities` and of today's appointments.

Two forms of one answer: `reach()` gives a filter for querysets, `may()` a yes or no on one object. A record out of
reach is answered as if it did not exist (404); a forbidden act on one within sight is refused (403).
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Protocol

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import timezone

from xinqiao.accounts.capabilities import GRANTS, OPENED_BY_BREAK_GLASS, Capability, Scope
from xinqiao.accounts.enums import Role
from xinqiao.accounts.second_factor import is_shut

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest, HttpResponse

    from xinqiao.accounts.models import Appointment, User
    from xinqiao.audit.models import BreakGlass


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
    students: frozenset[int] = frozenset()
    """Single children, opened for an hour by break-glass."""
    children_of: int | None = None

    def __bool__(self) -> bool:
        return self.by_duty or bool(self.students)

    @property
    def by_duty(self) -> bool:
        """Whether a duty grants it, and not only an exception for one child."""
        return bool(
            self.own or self.districts or self.schools or self.grades or self.classes or self.children_of is not None
        )

    def covers(self, place: Place) -> bool:
        """Whether the place lies within reach. A guardian's children are asked of the database: `may` does."""
        return (
            (place.school_id is not None and place.school_id in self.schools)
            or (place.grade_id is not None and place.grade_id in self.grades)
            or (place.class_id is not None and place.class_id in self.classes)
            or (place.student_id is not None and place.student_id in self.students)
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

    def records_q(self, *, school: str = "school", student: str = "student") -> Q:
        """A filter on records of a school that concern one child each."""
        q = Q(**{f"{school}__in": self.schools})
        if self.students:
            q |= Q(**{f"{student}__in": self.students})
        return q

    def students_q(self, today: datetime.date, prefix: str = "") -> Q:
        """A filter on Student, or on a relation to it. Class and grade count by the enrolment in force today."""
        q = Q(**{f"{prefix}pk__in": self.students})
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


@dataclasses.dataclass(frozen=True)
class Ground:
    """One reason why a person may: a duty with the scope that the table gives it, or an exception for one child."""

    scope: Scope | None
    appointment: Appointment | None = None
    exception: BreakGlass | None = None

    @property
    def school_id(self) -> int | None:
        """Of which school it is."""
        of = self.appointment or self.exception
        return of.school_id if of is not None else None


def grounds(user: User | AnonymousUser, capability: Capability, today: datetime.date | None = None) -> list[Ground]:
    """Every reason why this person may do this today; `reach` and the page that explains a reach both read these."""
    if not user.is_authenticated or not user.is_active or is_shut(user, capability, today):
        return []
    found = [
        Ground(scope, appointment=appointment)
        for appointment in user.current_appointments(today)
        if (scope := GRANTS[Role(appointment.role)].get(capability)) is not None
    ]
    if capability in OPENED_BY_BREAK_GLASS and today in {None, timezone.localdate()}:
        found += [Ground(None, exception=each) for each in opened_to(user)]
    return found


def opened_to(user: User, now: datetime.datetime | None = None) -> list[BreakGlass]:
    """The exceptions that this person holds at this moment. No query for whoever holds none.

    An exception ends with its hour, with its early end, and with the duty that let the person ask for it.
    """
    now = now or timezone.now()
    if user.break_glass_until is None or user.break_glass_until <= now:
        return []
    if "_break_glass" not in user.__dict__:
        user.__dict__["_break_glass"] = list(user.break_glass.filter(ended_at=None, ends_at__gt=now))
    held: list[BreakGlass] = user.__dict__["_break_glass"]
    if not held:
        return []
    schools = {
        each.school_id
        for each in user.current_appointments()
        if GRANTS[Role(each.role)].get(Capability.BREAK_GLASS) is Scope.SCHOOL
    }
    return [each for each in held if each.ends_at > now and each.school_id in schools]


def reach(user: User | AnonymousUser, capability: Capability, today: datetime.date | None = None) -> Reach:
    """What the capability reaches for this person today; empty (falsy) where nothing grants it."""
    found = grounds(user, capability, today)
    return reach_of(user.pk, found) if found else Reach(user_id=user.pk if user.is_active else None)


def reach_of(user_id: int | None, found: Iterable[Ground]) -> Reach:
    """The reach that some grounds give together."""
    own = districts = False
    children_of: int | None = None
    schools: set[int] = set()
    grades: set[int] = set()
    classes: set[int] = set()
    students: set[int] = set()
    for ground in found:
        scope, appointment = ground.scope, ground.appointment
        if ground.exception is not None:
            students.add(ground.exception.student_id)
        if appointment is None:
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
            children_of = user_id
        elif scope is Scope.DISTRICT:
            districts = True
    return Reach(
        user_id=user_id,
        own=own,
        districts=districts,
        schools=frozenset(schools),
        grades=frozenset(grades),
        classes=frozenset(classes),
        students=frozenset(students),
        children_of=children_of,
    )


def may(
    user: User | AnonymousUser, capability: Capability, on: Placed | None = None, today: datetime.date | None = None
) -> bool:
    """Whether this person may do this, on this object where one is given."""
    extent = reach(user, capability, today)
    if on is None or not extent:
        return bool(extent)
    place = on.access_place()
    return extent.covers(place) or (extent.children_of is not None and is_child_of(user, place.student_id))


def is_child_of(user: User | AnonymousUser, student_id: object | None) -> bool:
    """Whether this person is a guardian of the child whom no court's decision keeps away."""
    if student_id is None or not user.is_authenticated:
        return False
    ties = {"guardian__guardianships__student": student_id, "guardian__guardianships__restricted": False}
    return user._meta.model._default_manager.filter(pk=user.pk, **ties).exists()


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
