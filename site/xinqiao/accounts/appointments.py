"""Giving and ending duties. Access begins and ends here, so each act is on the record and the editors' admin follows at once."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.enums import Role
from xinqiao.accounts.groups import sync_groups
from xinqiao.accounts.models import Appointment, AppointmentQuerySet, User
from xinqiao.audit.trail import record

NEEDS_CLASS = frozenset({Role.HOMEROOM, Role.TEACHER})
NEEDS_GRADE = frozenset({Role.GRADE_LEADER})


class AppointmentRefused(Exception):
    """The duty cannot be given or ended like this; the subclass says why."""


class WrongScope(AppointmentRefused):
    """The duty needs a class or a grade, of the same school, or must have none."""


class AlreadyAppointed(AppointmentRefused):
    """The person holds this very duty on some of these days."""


class OwnAppointment(AppointmentRefused):
    """Nobody gives or takes their own duties: whoever runs the system could let themselves into children's stories."""


class WrongDates(AppointmentRefused):
    """The last day lies before the first."""


class AppointmentOver(AppointmentRefused):
    """The duty has ended before, or was withdrawn."""


class NoSubstitute(AppointmentRefused):
    """A substitute is somebody else, stands in for a duty that is not itself a substitute's, and has an end within it."""


@transaction.atomic
def appoint(
    *,
    by: User | None,
    user: User,
    role: Role,
    school: Any,
    grade: Any = None,
    school_class: Any = None,
    starts_on: datetime.date | None = None,
    ends_on: datetime.date | None = None,
    substitute_for: Appointment | None = None,
) -> Appointment:
    """Give the person a duty, from the first day (today unless said) to the last, both included.

    Args:
        by: who gives it; None only for the installation itself (a command run on the server).
        substitute_for: the same duty of somebody who is away, beside whom this one is held until its end.

    Raises:
        NotPermitted, AppointmentRefused: one of its subclasses, nothing is changed.
    """
    _may_change(by=by, user=user, school=school)
    role, starts_on = Role(role), starts_on or timezone.localdate()
    _check_scope(role=role, school=school, grade=grade, school_class=school_class)
    if ends_on is not None and ends_on < starts_on:
        raise WrongDates
    # Two administrators who give the same duty at once meet at this lock.
    user = User.objects.select_for_update().get(pk=user.pk)
    appointment = Appointment(
        user=user,
        role=role,
        school=school,
        grade=grade,
        school_class=school_class,
        starts_on=starts_on,
        ends_on=ends_on,
        substitute_for=substitute_for,
    )
    if substitute_for is not None:
        _check_substitute(appointment, substitute_for)
    if _same_duty(appointment, starts_on, ends_on).exists():
        raise AlreadyAppointed
    appointment.save()
    record(actor=by, action="appointment.give", target=appointment, details=_facts(appointment))
    sync_groups(user)
    return appointment


@transaction.atomic
def end_appointment(*, by: User | None, appointment: Appointment, on: datetime.date | None) -> Appointment:
    """Make `on` the last day of the duty; access ends at its midnight, in open sessions too. None: until it is ended.

    Raises:
        NotPermitted, AppointmentRefused: one of its subclasses, nothing is changed.
    """
    _may_change(by=by, user=appointment.user, school=appointment.school)
    appointment = _locked(appointment)
    if appointment.withdrawn_at is not None or (
        appointment.ends_on is not None and appointment.ends_on < timezone.localdate()
    ):
        raise AppointmentOver
    if on is not None and on < appointment.starts_on:
        raise WrongDates
    if on is None and appointment.substitute_for_id is not None:
        raise NoSubstitute
    User.objects.select_for_update().get(pk=appointment.user_id)
    if _same_duty(appointment, appointment.starts_on, on).exclude(pk=appointment.pk).exists():
        raise AlreadyAppointed
    before = appointment.ends_on
    appointment.ends_on = on
    appointment.save(update_fields=["ends_on"])
    details = {**_facts(appointment), "ends_on_before": before.isoformat() if before else None}
    record(actor=by, action="appointment.end", target=appointment, details=details)
    sync_groups(appointment.user)
    return appointment


@transaction.atomic
def withdraw_appointment(*, by: User | None, appointment: Appointment) -> Appointment:
    """Take the duty away at once: given by mistake, or no day longer to be waited for.

    Raises:
        NotPermitted, AppointmentRefused: one of its subclasses, nothing is changed.
    """
    _may_change(by=by, user=appointment.user, school=appointment.school)
    appointment = _locked(appointment)
    if appointment.withdrawn_at is not None:
        raise AppointmentOver
    appointment.withdrawn_at = timezone.now()
    appointment.save(update_fields=["withdrawn_at"])
    record(actor=by, action="appointment.withdraw", target=appointment, details=_facts(appointment))
    sync_groups(appointment.user)
    return appointment


def _may_change(*, by: User | None, user: User, school: Any) -> None:
    if by is None:
        return
    require(by, Capability.ADMINISTER, school)
    if by.pk == user.pk:
        raise OwnAppointment


def _check_scope(*, role: Role, school: Any, grade: Any, school_class: Any) -> None:
    if (
        (school_class is not None) != (role in NEEDS_CLASS)
        or (grade is not None) != (role in NEEDS_GRADE)
        or (grade is not None and grade.school_id != school.pk)
        or (school_class is not None and school_class.grade.school_id != school.pk)
    ):
        raise WrongScope


def _same_duty(like: Appointment, starts_on: datetime.date, ends_on: datetime.date | None) -> AppointmentQuerySet:
    """The person's duties of this kind and scope that are in force on some of the days."""
    same = Appointment.objects.filter(
        user=like.user_id,
        role=like.role,
        school=like.school_id,
        grade=like.grade_id,
        school_class=like.school_class_id,
        withdrawn_at__isnull=True,
    ).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on))
    return same if ends_on is None else same.filter(starts_on__lte=ends_on)


def _check_substitute(appointment: Appointment, absent: Appointment) -> None:
    same = ("role", "school_id", "grade_id", "school_class_id")
    if (
        appointment.user_id == absent.user_id
        or absent.substitute_for_id is not None
        or absent.withdrawn_at is not None
        or any(getattr(appointment, name) != getattr(absent, name) for name in same)
        or appointment.ends_on is None
        or appointment.starts_on < absent.starts_on
        or (absent.ends_on is not None and appointment.ends_on > absent.ends_on)
    ):
        raise NoSubstitute


def _locked(appointment: Appointment) -> Appointment:
    return Appointment.objects.select_for_update(of=("self",)).select_related("user", "school").get(pk=appointment.pk)


def _facts(appointment: Appointment) -> dict[str, Any]:
    return {
        "user": appointment.user_id,
        "role": appointment.role,
        "school": appointment.school_id,
        "grade": appointment.grade_id,
        "class": appointment.school_class_id,
        "starts_on": appointment.starts_on.isoformat(),
        "ends_on": appointment.ends_on.isoformat() if appointment.ends_on else None,
        **({"substitute_for": appointment.substitute_for_id} if appointment.substitute_for_id else {}),
    }
