"""What a move of whole classes does to the duties of their teachers: up with the class, or over with it; and back again."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment, User
from xinqiao.audit.trail import record

CLASS_ROLES = (Role.HOMEROOM, Role.TEACHER)


def held(classes: list[int], on: datetime.date, roles: tuple[Role, ...] = CLASS_ROLES) -> list[Appointment]:
    """The duties of these classes that run over the day: begun before it, and not ended by then."""
    return list(
        Appointment.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on),
            school_class__in=classes,
            role__in=roles,
            withdrawn_at__isnull=True,
            starts_on__lt=on,
        )
        .select_related("user")
        .order_by(F("substitute_for").asc(nulls_first=True), "pk")
    )


def move_up(
    *, by: User, school: Any, to: dict[int, int | None], on: datetime.date, roles: tuple[Role, ...]
) -> dict[str, Any]:
    """End the duties of the classes the day before, and give the same ones for the classes in which their children sit.

    One's own duties are left alone: nobody gives them to themselves.

    Args:
        to: the class that follows, by class; None where the children leave.

    Returns:
        What `take_back` needs.

    Raises:
        NotPermitted: giving duties is not this person's.
    """
    require(by, Capability.ADMINISTER, school)
    new: dict[int, Appointment] = {}
    ended = _end(by, [each for each in held(list(to), on, roles) if each.user_id != by.pk], on)
    given = _given_from(list(filter(None, to.values())), on)
    for old in ended:
        target = to[old.school_class_id]
        # Somebody may have thought of it already: the same duty is given for the new class from then on.
        if target is None or (old.user_id, old.role, target) in given:
            continue
        new[old.pk] = made = Appointment.objects.create(
            user=old.user,
            role=old.role,
            school=school,
            school_class_id=target,
            starts_on=on,
            ends_on=old.ends_before,
            substitute_for=new.get(old.substitute_for_id),
        )
        record(actor=by, action="appointment.give", target=made, details=_facts(made))
    return {
        "made": [made.pk for made in new.values()],
        "ended": {str(old.pk): old.ends_before.isoformat() if old.ends_before else None for old in ended},
    }


def end_with_classes(*, by: User, school: Any, classes: list[int], on: datetime.date) -> dict[str, Any]:
    """The classes are no more from the day on: so are the duties for them, one's own excepted."""
    require(by, Capability.ADMINISTER, school)
    ended = _end(by, [each for each in held(classes, on) if each.user_id != by.pk], on)
    return {
        "made": [],
        "ended": {str(old.pk): old.ends_before.isoformat() if old.ends_before else None for old in ended},
    }


def take_back(*, by: User, school: Any, facts: dict[str, Any], on: datetime.date) -> None:
    """What was given is withdrawn, and what ended goes on; whatever somebody changed since is left as it is."""
    if not facts.get("made") and not facts.get("ended"):
        return
    require(by, Capability.ADMINISTER, school)
    made = Appointment.objects.select_for_update().filter(pk__in=facts["made"], starts_on=on, withdrawn_at=None)
    for each in made:
        each.withdrawn_at = timezone.now()
        each.save(update_fields=["withdrawn_at"])
        record(actor=by, action="appointment.withdraw", target=each, details=_facts(each))
    last_day = on - datetime.timedelta(days=1)
    gone = Appointment.objects.select_for_update().filter(pk__in=facts["ended"], ends_on=last_day, withdrawn_at=None)
    for each in gone:
        before = facts["ended"][str(each.pk)]
        each.ends_on = datetime.date.fromisoformat(before) if before else None
        each.save(update_fields=["ends_on"])
        details = {**_facts(each), "ends_on_before": last_day.isoformat()}
        record(actor=by, action="appointment.end", target=each, details=details)


def _end(by: User, duties: list[Appointment], on: datetime.date) -> list[Any]:
    """Each with `ends_before`, the last day that stood there."""
    for each in duties:
        each.ends_before, each.ends_on = each.ends_on, on - datetime.timedelta(days=1)
        before = each.ends_before.isoformat() if each.ends_before else None
        record(actor=by, action="appointment.end", target=each, details={**_facts(each), "ends_on_before": before})
    Appointment.objects.bulk_update(duties, ["ends_on"])
    return duties


def _given_from(classes: list[int], on: datetime.date) -> set[tuple[int, str, int]]:
    """Person, role and class of the duties that run on the day or later."""
    held = Appointment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), school_class__in=classes, withdrawn_at=None
    )
    return set(held.values_list("user", "role", "school_class"))


def _facts(appointment: Appointment) -> dict[str, Any]:
    return {
        "user": appointment.user_id,
        "role": appointment.role,
        "school": appointment.school_id,
        "grade": None,
        "class": appointment.school_class_id,
        "starts_on": appointment.starts_on.isoformat(),
        "ends_on": appointment.ends_on.isoformat() if appointment.ends_on else None,
    }
