"""Joining: an account is bound to a child, made for it or there already. Only after both facts were right."""

from __future__ import annotations

import contextlib
import dataclasses
import secrets

from django.db import transaction
from django.db.models import F, ProtectedError
from django.utils import timezone

from xinqiao.accounts.appointments import AlreadyAppointed, appoint
from xinqiao.accounts.enums import Role
from xinqiao.accounts.invitations.errors import HasJoined, NotConfirmed, Over
from xinqiao.accounts.invitations.facts import Confirmed, is_still_good
from xinqiao.accounts.invitations.models import Invitation, Joining
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.school.models import Guardian, Guardianship, Student


@dataclasses.dataclass(frozen=True)
class NewAccount:
    """What a person chose for their account.

    Attributes:
        login: a name without a telephone in it; empty: they log in with the telephone that the school has.
        phone: only where the school has none; it is written to the guardian, sealed.
    """

    display_name: str
    password: str
    login: str = ""
    phone: str = ""
    email: str = ""


@transaction.atomic
def join_anew(*, confirmed: Confirmed, relation: str, account: NewAccount) -> User:
    """Make the account and bind it to the child.

    Raises:
        NotConfirmed, Over, HasJoined: something changed since the facts were asked; nothing is made.
    """
    invitation = _locked(confirmed.invitation)
    user = User(
        username=account.login or f"jz-{secrets.token_hex(6)}",
        display_name=account.display_name,
        email=account.email,
    )
    user.set_password(account.password)
    user.save()
    guardian = confirmed.guardian
    if guardian is not None:
        guardian = _take(guardian, user)
    else:
        guardian = _unclaimed(invitation.student, relation) or Guardian(
            school=invitation.student.school, name=account.display_name
        )
        guardian.user = user
        guardian.phone = guardian.phone or account.phone
        guardian.save()
    _bind(invitation, guardian, relation, user)
    return user


@transaction.atomic
def join_with(*, confirmed: Confirmed, relation: str, user: User) -> User:
    """Add the child to the account of somebody who is logged in.

    Raises:
        NotConfirmed, Over, HasJoined: something changed since the facts were asked; nothing is changed.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    invitation = _locked(confirmed.invitation)
    own = Guardian.objects.filter(user=user).first()
    known = confirmed.guardian
    if own is not None and own.guardianships.filter(student=invitation.student_id, restricted=False).exists():
        return user
    if own is None:
        own = _take(known, user) if known is not None else _unclaimed(invitation.student, relation)
        if own is None:
            own = Guardian(school=invitation.student.school, name=str(user))
        own.user = user
        own.save()
    elif known is not None and known.pk != own.pk:
        if known.user_id is not None:
            raise HasJoined
        relation = _move_tie(invitation.student, known, own) or relation
    _bind(invitation, own, relation, user)
    return user


def _locked(invitation: Invitation) -> Invitation:
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("student__school", "student__current_class")
        .get(pk=invitation.pk)
    )
    if not is_still_good(invitation) or invitation.student.current_class_id is None:
        raise Over
    return invitation


def _take(guardian: Guardian, user: User) -> Guardian:
    """The directory's row becomes this account's, if nobody was quicker."""
    guardian = Guardian.objects.select_for_update().get(pk=guardian.pk)
    if guardian.user_id not in {None, user.pk}:
        raise HasJoined
    guardian.user = user
    guardian.save(update_fields=["user"])
    return guardian


def _unclaimed(student: Student, relation: str) -> Guardian | None:
    """The one guardian of this relation whom the roster brought, without telephone and account."""
    ties = student.guardianships.filter(
        relation=relation, restricted=False, guardian__user__isnull=True, guardian__phone_index=""
    )
    found = list(ties.select_related("guardian")[:2])
    return found[0].guardian if len(found) == 1 else None


def _move_tie(student: Student, known: Guardian, own: Guardian) -> str:
    """The roster has this person twice: the child's tie goes to the row that has the account. Gives the relation it had."""
    tie = Guardianship.objects.filter(student=student, guardian=known).first()
    if tie is None:
        return ""
    if not tie.restrictions.exists() and not Guardianship.objects.filter(student=student, guardian=own).exists():
        tie.guardian = own
        tie.save(update_fields=["guardian"])
        if not known.guardianships.exists():
            # Where records of before name this row, such as a consent on paper, it stays with them.
            with contextlib.suppress(ProtectedError), transaction.atomic():
                known.delete()
    return tie.relation


def _bind(invitation: Invitation, guardian: Guardian, relation: str, user: User) -> None:
    student = invitation.student
    tie, made = Guardianship.objects.select_for_update().get_or_create(
        student=student, guardian=guardian, defaults={"relation": relation}
    )
    if tie.restricted:
        raise NotConfirmed
    _joining, first = Joining.objects.get_or_create(invitation=invitation, guardian=guardian)
    if first:
        Invitation.objects.filter(pk=invitation.pk).update(used=F("used") + 1, address="")
    # For a second child the duty is held already.
    with contextlib.suppress(AlreadyAppointed), transaction.atomic():
        appoint(by=None, user=user, role=Role.GUARDIAN, school=student.school, starts_on=timezone.localdate())
    user.__dict__.pop("_appointments_by_day", None)
    record(
        actor=user,
        action="invitation.join",
        target=invitation,
        student_id=student.pk,
        details={"guardian": str(guardian.pk), "relation": tie.relation, "new_tie": made},
    )
