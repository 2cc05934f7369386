"""A person's second factors come and go: each time on the trail, told by mail, and every other session ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.db import transaction

from xinqiao.accounts import sessions
from xinqiao.accounts.access import NotPermitted, require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.factor_adapter import REAL_FACTORS, forget_unused_secrets, has_factor
from xinqiao.accounts.factor_models import CheckReason
from xinqiao.accounts.identity import open_check
from xinqiao.accounts.models import User
from xinqiao.accounts.reachable import people_within
from xinqiao.accounts.session_stamps import STRONG
from xinqiao.accounts.tell import tell
from xinqiao.audit.trail import record

if TYPE_CHECKING:
    from django.http import HttpRequest


def factor_added(request: HttpRequest, kind: str) -> None:
    """Called inside the transaction that adds it. This session has shown it, so it may do more from here on: under a new key."""
    user = request.user
    request.session[STRONG] = True
    sessions.end_elsewhere(request)
    record(actor=user, action="factor.add", target=user, details={"kind": kind})
    tell(user, "factor_added", kind=kind)


def factor_removed(request: HttpRequest, kind: str) -> None:
    """Called inside the transaction that removes it."""
    user = request.user
    forget_unused_secrets(user)
    if not has_factor(user):
        request.session[STRONG] = False
    sessions.end_elsewhere(request)
    record(actor=user, action="factor.remove", target=user, details={"kind": kind})
    tell(user, "factor_removed", kind=kind)


def codes_renewed(request: HttpRequest) -> None:
    """Called inside the transaction that makes new recovery codes."""
    forget_unused_secrets(request.user)
    record(actor=request.user, action="factor.codes", target=request.user)
    tell(request.user, "codes_renewed")


@transaction.atomic
def reset_factors(*, by: User, user: User) -> int:
    """An administrator takes away all factors of somebody whose telephone is lost. Returns how many there were.

    Sessions end, the person and the leaders are told, and no story opens in the person's name until a leader has confirmed them.

    Raises:
        NotPermitted: not this administrator's person, or their own.
    """
    require(by, Capability.ADMINISTER)
    if by.pk == user.pk or not people_within(by).filter(pk=user.pk).exists():
        raise NotPermitted(Capability.ADMINISTER)
    locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    real = Authenticator.objects.filter(user=locked, type__in=REAL_FACTORS).count()
    Authenticator.objects.filter(user=locked).delete()
    forget_unused_secrets(locked)
    sessions.end_everywhere(locked)
    record(actor=by, action="factor.reset", target=locked)
    open_check(user=locked, by=by, reason=CheckReason.FACTOR_RESET)
    return real


@transaction.atomic
def entered_by_administrator(*, by: User, user: User) -> None:
    """A new person with a password that somebody else chose. Called inside the act that enters them."""
    user.must_change_password = True
    user.save(update_fields=["must_change_password"])
    open_check(user=user, by=by, reason=CheckReason.ENTERED)


@transaction.atomic
def changed_by_administrator(*, by: User, user: User, fields: list[str]) -> None:
    """A password or address that an administrator wrote: the first is changed at the next login, and where no second factor
    stands in the way the person is to be confirmed. Called inside the act that saves it."""
    if by.pk == user.pk:
        return
    password = any(name.startswith("password") for name in fields)
    if password:
        user.must_change_password = True
        user.save(update_fields=["must_change_password"])
        sessions.end_everywhere(user)
    if (password or "email" in fields) and not has_factor(user):
        open_check(user=user, by=by, reason=CheckReason.PASSWORD if password else CheckReason.MAIL)
