"""Guardians log in with the telephone number that the school has of them: found by its blind index, never stored readable.

Two guardians of one telephone are told apart by their passwords.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.backends import ModelBackend

from xinqiao.accounts.models import User
from xinqiao.crypto.index import same_as
from xinqiao.school.models import Guardian
from xinqiao.school.phones import normal_phone

if TYPE_CHECKING:
    from django.http import HttpRequest

_SHORTEST = 5
_MOST_PEOPLE = 3


def phone_in(typed: str) -> str:
    """The telephone number that was typed as a login, in its one form; empty where it is a name or an address."""
    if any(sign.isalpha() or sign == "@" for sign in typed):
        return ""
    phone = normal_phone(typed)
    return phone if len(phone) >= _SHORTEST else ""


def people_by_phone(phone: str) -> list[User]:
    """Guardians with an account whose number this is."""
    guardians = Guardian.objects.filter(same_as(Guardian, "phone_index", phone), user__is_active=True)
    return [guardian.user for guardian in guardians.select_related("user").order_by("pk")[:_MOST_PEOPLE]]


class PhoneBackend(ModelBackend):
    """After the login names: what is a name is never taken for a telephone."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **others: Any
    ) -> User | None:
        phone = phone_in(username or "")
        if not phone or not password:
            return None
        people = people_by_phone(phone)
        for person in people:
            if person.check_password(password) and self.user_can_authenticate(person):
                return person
        if not people:
            # As long as for somebody: the time says nothing about who has an account.
            User().set_password(password)
        return None
