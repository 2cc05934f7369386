"""Browsers in which a person has logged in before have tries of their own at the login.

So a stranger who keeps guessing cannot lock a colleague out of the computer on which they work. The mark opens nothing: it is signed, names
the person's number and a random text, and only chooses which counter a wrong password is counted on.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from xinqiao.accounts.models import User

_COOKIE = "known_browser"
_SALT = "xinqiao.accounts.known_browser"
_LASTS_SECONDS = 180 * 24 * 3600
# A computer in the staff room knows several people.
_MOST_PEOPLE = 10


def mark_of(request: HttpRequest, user: User | None) -> str:
    """This browser's mark for the person; empty where they have not logged in here before."""
    return _marks(request).get(str(user.pk), "") if user else ""


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """After a login: from now on this browser is known for this person."""
    marks = _marks(request)
    marks.pop(str(user.pk), None)
    marks[str(user.pk)] = secrets.token_urlsafe(12)
    newest = dict(list(marks.items())[-_MOST_PEOPLE:])
    response.set_cookie(
        _COOKIE,
        signing.dumps(newest, salt=_SALT),
        max_age=_LASTS_SECONDS,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _marks(request: HttpRequest) -> dict[str, str]:
    try:
        return signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_LASTS_SECONDS)
    except signing.BadSignature:
        return {}
