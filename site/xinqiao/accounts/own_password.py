"""Choosing one's own password: known, forgotten, or set by an administrator before. Every other session ends with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from xinqiao.accounts import lockout, sessions
from xinqiao.accounts.models import User
from xinqiao.accounts.phone_login import people_by_phone, phone_in
from xinqiao.accounts.tell import tell
from xinqiao.audit.trail import record

if TYPE_CHECKING:
    from django.http import HttpRequest


@transaction.atomic
def change_password(*, request: HttpRequest, password: str) -> None:
    """The person of this session takes a new one; the session goes on, all others end."""
    user = _set(request.user.pk, password)
    request.user.refresh_from_db()
    sessions.end_elsewhere(request)
    record(actor=user, action="password.change", target=user)
    tell(user, "password_changed")


@transaction.atomic
def reset_password(*, user: User, password: str) -> None:
    """By the link in a mail: nobody is logged in by it, and a second factor is asked for as ever."""
    found = _set(user.pk, password)
    sessions.end_everywhere(found)
    lockout.forgive(found.username)
    if found.email:
        lockout.forgive(found.email)
    record(actor=found, action="password.reset", target=found)
    tell(found, "password_changed")


@transaction.atomic
def password_forgotten(*, login: str) -> None:
    """Order the mail with the link where the login or address is somebody's; the page says the same either way."""
    typed = login.strip()
    found = User.objects.filter(is_active=True).exclude(email="")
    people = found.filter(username__iexact=typed) if "@" not in typed else found.filter(email__iexact=typed)
    by_phone = [each for each in people_by_phone(phone_in(typed)) if each.email] if phone_in(typed) else []
    person = by_phone[0] if by_phone else people.order_by("pk").first()
    if person is not None:
        record(actor=None, action="password.forgotten", target=person)
        tell(person, "password_forgotten", person=person.pk)


def _set(user_id: int, password: str) -> User:
    user = User.objects.select_for_update().get(pk=user_id)
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    return user
