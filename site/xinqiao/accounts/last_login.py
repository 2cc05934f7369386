"""When and from where the person logged in before, said in the name's menu: whoever did not do that should say so."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from xinqiao.accounts.session_stamps import LAST
from xinqiao.audit.models import AuditEntry

if TYPE_CHECKING:
    from django.http import HttpRequest

    from xinqiao.accounts.models import User


def remember_last_login(request: HttpRequest, user: User) -> None:
    """Before the new one is written: the one before, into the session."""
    before = AuditEntry.objects.filter(actor=user, action="login.done").order_by("-pk").values("at", "details").first()
    request.session[LAST] = (
        {"at": before["at"].isoformat(), "address": before["details"].get("address", "")} if before else None
    )


def last_login(request: HttpRequest) -> dict | None:
    """`at` and `address` of the login before this one."""
    if not request.user.is_authenticated:
        return None
    found = request.session.get(LAST)
    return {"at": datetime.datetime.fromisoformat(found["at"]), "address": found["address"]} if found else None


def recent_logins(user: User, number: int = 5) -> list[AuditEntry]:
    """The newest logins and wrong tries at this account, newest first."""
    of_the_person = AuditEntry.objects.filter(target_type="accounts.user", target_id=str(user.pk))
    kinds = ("login.done", "login.failed", "login.too_many_tries", "login.code_failed")
    return list(of_the_person.filter(action__in=kinds).order_by("-pk")[:number])
