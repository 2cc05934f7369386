"""Is it really the person? Asked when an administrator has made it possible to log in as somebody else, answered by a leader.

Whoever runs the system can set a password, change a mail address or take away a second factor. Each of these opens a check of the
person concerned, unless a second factor of theirs still stands in the way. Until a leader who is neither the person nor the
administrator has confirmed them, nothing that could show a story opens in their sessions.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from xinqiao.accounts.access import NotPermitted, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.factor_models import CheckReason, IdentityCheck
from xinqiao.accounts.holders import people_who
from xinqiao.accounts.models import Appointment, User
from xinqiao.accounts.second_factor import ROLES_ASKED
from xinqiao.accounts.tell import tell
from xinqiao.audit.trail import record

# Leaders read the stories of high-risk cases: who confirms opens for the colleague what they may open themselves.
CONFIRMS = Capability.READ_HIGH_NARRATIVE


def is_waiting(user: User) -> bool:
    """Whether the person has yet to be confirmed. One query."""
    return IdentityCheck.objects.waiting().filter(user=user.pk).exists()


def open_check(*, user: User, by: User, reason: CheckReason) -> IdentityCheck:
    """Called inside the administrator's act. The person and the leaders are told."""
    check = IdentityCheck.objects.create(user=user, opened_by=by, reason=reason)
    record(actor=by, action="person.to_confirm", target=user, details={"kind": reason.value})
    tell(user, reason.value)
    for leader in leaders_for(user):
        if leader.pk not in {user.pk, by.pk}:
            tell(leader, "confirm_somebody")
    return check


@transaction.atomic
def confirm(*, by: User, user: User) -> int:
    """A leader has seen the person. Returns how many checks this closed.

    Raises:
        NotPermitted: not a leader of this person's school, or the person or administrator themselves.
    """
    if not people_to_confirm(by).filter(pk=user.pk).exists():
        raise NotPermitted(CONFIRMS)
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    closed = IdentityCheck.objects.waiting().filter(user=user).update(confirmed_by=by, confirmed_at=timezone.now())
    if closed:
        record(actor=by, action="person.confirm", target=user)
        tell(user, "confirmed")
    return closed


@transaction.atomic
def confirm_by_installation(user: User) -> int:
    """For the very first leaders of a school, by whoever stands at the server."""
    closed = IdentityCheck.objects.waiting().filter(user=user).update(confirmed_at=timezone.now())
    if closed:
        record(actor=None, action="person.confirm", target=user)
        tell(user, "confirmed")
    return closed


def people_to_confirm(leader: Any) -> QuerySet[User]:
    """Those of the leader's schools who wait, hold a duty for which it matters, and whose check this leader did not open."""
    schools = reach(leader, CONFIRMS).schools
    waiting = IdentityCheck.objects.waiting()
    return (
        User.objects.filter(
            is_active=True,
            pk__in=waiting.values("user"),
            appointments__in=Appointment.objects.on(timezone.localdate()).filter(
                school__in=schools, role__in=ROLES_ASKED
            ),
        )
        .exclude(pk=leader.pk)
        .exclude(pk__in=waiting.filter(opened_by=leader.pk).values("user"))
        .distinct()
        .order_by("pk")
    )


def leaders_for(user: User) -> list[User]:
    """Who may confirm this person: the leaders of the schools at which they hold a duty for which it matters."""
    places = {held.school for held in user.current_appointments() if held.role in ROLES_ASKED}
    return [leader for school in places for leader in people_who(CONFIRMS, school)]
