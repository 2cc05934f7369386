"""A child's guardians: entered, corrected, taken away; and a court's restriction, kept with its reason."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.crypto.index import same_as
from xinqiao.refused import NotThisState, Refused
from xinqiao.school.models import Guardian, Guardianship, Restriction, Student
from xinqiao.school.moves.current import locked
from xinqiao.school.moves.errors import Changed


class GuardianThere(Refused):
    sentence = _("This guardian stands with the child already.")


class GuardianInUse(Refused):
    sentence = _("Records name this guardian, such as a consent: they cannot be taken away. Correct them instead.")


class StillRestricted(Refused):
    sentence = _("A court's restriction stands. End it first: it would be forgotten with the guardian.")


class ReasonMissing(Refused):
    sentence = _("Please write the reason. It is kept with the record.")


@transaction.atomic
def add_guardian(*, by: User, student: Student, name: str, phone: str, relation: str) -> Guardianship:
    """Somebody of the same name and telephone in the school is the same person: brothers and sisters share theirs.

    Raises:
        NotPermitted, GuardianThere
    """
    require(by, Capability.MANAGE_DIRECTORY, student)
    school = locked(student.school)
    known = (
        Guardian.objects.filter(same_as(Guardian, "phone_index", phone), school=school, name=name).first()
        if phone
        else None
    )
    if student.guardianships.filter(guardian__name=name, **({"guardian": known} if known else {})).exists():
        raise GuardianThere
    guardian = known or Guardian.objects.create(school=school, name=name, phone=phone)
    tie = Guardianship.objects.create(student=student, guardian=guardian, relation=relation)
    _record(by, "guardian.add", tie, shared=known is not None)
    return tie


@transaction.atomic
def change_guardian(*, by: User, tie: Guardianship, shown: dict[str, str], given: dict[str, str]) -> Guardianship:
    """Correct name, telephone and relation. Name and telephone change for the person's other children, too.

    Args:
        shown: what stood on the page when it was opened: `name`, `phone`, `relation`.

    Raises:
        NotPermitted, Changed: somebody else changed one of them meanwhile.
    """
    require(by, Capability.MANAGE_DIRECTORY, tie.student)
    locked(tie.student.school)
    tie = Guardianship.objects.select_related("guardian", "student").get(pk=tie.pk)
    guardian = tie.guardian
    now = {"name": guardian.name, "phone": guardian.phone, "relation": tie.relation}
    if any(now[field] != shown[field] and now[field] != given[field] for field in now):
        raise Changed(now)
    changed = sorted(field for field in now if now[field] != given[field])
    if not changed:
        return tie
    guardian.name, guardian.phone, tie.relation = given["name"], given["phone"], given["relation"]
    guardian.save(update_fields=["name", "phone"])
    tie.save(update_fields=["relation"])
    _record(by, "guardian.change", tie, fields=changed)
    return tie


@transaction.atomic
def remove_guardian(*, by: User, tie: Guardianship) -> None:
    """The person is no guardian of this child any more; without another child and without an account, their record goes.

    Raises:
        NotPermitted, StillRestricted, GuardianInUse
    """
    require(by, Capability.MANAGE_DIRECTORY, tie.student)
    locked(tie.student.school)
    tie = Guardianship.objects.select_related("guardian", "student").get(pk=tie.pk)
    if tie.restricted:
        raise StillRestricted
    _record(by, "guardian.remove", tie)
    try:
        with transaction.atomic():
            untie(tie)
    except ProtectedError as error:
        raise GuardianInUse from error


def untie(tie: Guardianship) -> None:
    """Delete the tie, and the guardian if nothing else holds them. For use inside of an act."""
    guardian = tie.guardian
    tie.delete()
    if guardian.user_id is None and not guardian.guardianships.exists():
        guardian.delete()


@transaction.atomic
def restrict(*, by: User, tie: Guardianship, reason: str) -> Restriction:
    """A court's decision: the guardian sees nothing of the child, is offered nowhere, and is marked on every page.

    Raises:
        NotPermitted, ReasonMissing, NotThisState
    """
    tie = _for_restriction(by, tie, reason)
    if tie.restricted:
        raise NotThisState
    tie.restricted = True
    tie.save(update_fields=["restricted"])
    _record(by, "guardian.restrict", tie)
    return Restriction.objects.create(guardianship=tie, reason=reason.strip(), made_by=by)


@transaction.atomic
def lift(*, by: User, tie: Guardianship, reason: str) -> None:
    """The restriction has ended; that it stood stays on the record.

    Raises:
        NotPermitted, ReasonMissing, NotThisState
    """
    tie = _for_restriction(by, tie, reason)
    if not tie.restricted:
        raise NotThisState
    tie.restricted = False
    tie.save(update_fields=["restricted"])
    for standing in tie.restrictions.filter(lifted_at=None):
        standing.lifted_at, standing.lifted_by, standing.lifted_because = timezone.now(), by, reason.strip()
        standing.save(update_fields=["lifted_at", "lifted_by", "lifted_because"])
    _record(by, "guardian.lift", tie)


def _for_restriction(by: User, tie: Guardianship, reason: str) -> Guardianship:
    require(by, Capability.MANAGE_DIRECTORY, tie.student)
    if not reason.strip():
        raise ReasonMissing
    locked(tie.student.school)
    return Guardianship.objects.select_for_update(of=("self",)).select_related("student").get(pk=tie.pk)


def _record(by: User, action: str, tie: Guardianship, **details: Any) -> None:
    record(actor=by, action=action, target=tie, student_id=tie.student_id, details=details)
