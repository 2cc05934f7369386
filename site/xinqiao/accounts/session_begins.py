"""A session begins, or its person proves again who they are: the stamps are set.

At Django's and allauth's own announcements, because there is no login that could pass them by.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import get_authentication_records

from xinqiao.accounts.identity import is_waiting
from xinqiao.accounts.second_factor import asks_for_factor
from xinqiao.accounts.session_stamps import BEGAN, PROVED, SEEN, SHORT, STRONG, WAITS

if TYPE_CHECKING:
    from django.http import HttpRequest


def on_login(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """The person has just shown who they are, with or without a second factor."""
    now = int(time.time())
    steps = get_authentication_records(request, user)
    request.session.update(
        {
            BEGAN: now,
            SEEN: now,
            PROVED: now,
            STRONG: any(step.get("method") == "mfa" for step in steps),
            WAITS: is_waiting(user),
            SHORT: asks_for_factor(user),
        }
    )


def on_proof(sender: Any, request: HttpRequest, method: str, user: Any, **kwargs: Any) -> None:
    """A password, code or passkey was right, in a session that has begun: the proof is fresh again."""
    if not request.user.is_authenticated or request.user.pk != user.pk:
        return
    request.session[PROVED] = int(time.time())
    if method == "mfa":
        request.session[STRONG] = True
