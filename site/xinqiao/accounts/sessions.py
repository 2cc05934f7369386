"""A person's own sessions: listed in words, ended one by one or all at once."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from xinqiao.accounts.models import User
from xinqiao.accounts.session_stamps import SHORT
from xinqiao.audit.trail import record

if TYPE_CHECKING:
    from django.http import HttpRequest


def rotate(request: HttpRequest) -> None:
    """A new key for this session, because it may do more than before."""
    before = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


def seen(request: HttpRequest) -> None:
    """Note when and from where the session was last used."""
    UserSession.objects.filter(session_key=request.session.session_key).update(
        last_seen_at=timezone.now(), ip=get_adapter().get_client_ip(request)
    )


def end_everywhere(user: User) -> None:
    """End every session of the person, known or not: their marks no longer fit. Called inside the act that asks for it."""
    User.objects.filter(pk=user.pk).update(session_number=F("session_number") + 1)
    user.refresh_from_db(fields=["session_number"])
    UserSession.objects.filter(user=user).delete()


def end_elsewhere(request: HttpRequest) -> None:
    """End every session but this one, which goes on under a new key."""
    user = request.user._wrapped if hasattr(request.user, "_wrapped") else request.user
    end_everywhere(user)
    update_session_auth_hash(request, user)
    UserSession.objects.create_from_request(request)


@transaction.atomic
def end_others(request: HttpRequest) -> None:
    """The person's own wish."""
    end_elsewhere(request)
    record(actor=request.user, action="session.end_others", target=request.user)


@transaction.atomic
def end_one(*, user: User, session_id: int) -> bool:
    """End one of the person's own. Returns whether there was one."""
    found = UserSession.objects.select_for_update().filter(user=user, pk=session_id).first()
    if found is None:
        return False
    found.end()
    record(actor=user, action="session.end", target=user)
    return True


def own_sessions(request: HttpRequest) -> list[UserSession]:
    """Those that are still open, this one first, then by use."""
    rows = list(UserSession.objects.filter(user=request.user))
    now = timezone.now()
    keys = {row.session_key for row in rows}
    alive = set(Session.objects.filter(session_key__in=keys, expire_date__gt=now).values_list("session_key", flat=True))
    here = request.session.session_key
    idle = idle_limit(request) + datetime.timedelta(minutes=5)
    open_ones = [row for row in rows if row.session_key in alive and (now - row.last_seen_at < idle)]
    return sorted(open_ones, key=lambda row: (row.session_key == here, row.last_seen_at), reverse=True)


def idle_limit(request: HttpRequest) -> datetime.timedelta:
    minutes, _whole = settings.XINQIAO_SESSION_MINUTES["short" if request.session.get(SHORT) else "long"]
    return datetime.timedelta(minutes=minutes)


def clear_over() -> int:
    """Delete what is past its time. Returns how many sessions."""
    count, _rows = Session.objects.filter(expire_date__lte=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return count
