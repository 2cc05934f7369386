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


class PhoneBackend(ModelBackend):
    """After the login names: what is a name is never taken for a telephone."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **others: Any
    ) -> User | None:
        typed = username or ""
        phone = normal_phone(typed)
        if not password or len(phone) < _SHORTEST or any(sign.isalpha() or sign == "@" for sign in typed):
            return None
        guardians = Guardian.objects.filter(same_as(Guardian, "phone_index", phone), user__isnull=False)
        people = [guardian.user for guardian in guardians.select_related("user").order_by("pk")[:_MOST_PEOPLE]]
        for person in people:
            if person.check_password(password) and self.user_can_authenticate(person):
                return person
        if not people:
            # As long as for somebody: the time says nothing about who has an account.
            User().set_password(password)
        return None
