"""What a session knows of itself: when it began, when it was last used, and when its person last proved who they are.

The stamps lie in the session, so asking for them costs no query beyond the session's own. They are set at every login, by
Django's and allauth's own announcements: there is no login that could pass them by.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest

BEGAN, SEEN, PROVED = "xinqiao_began", "xinqiao_seen", "xinqiao_proved"


def on_login(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """A session begins: the person has just shown who they are."""
    now = int(time.time())
    request.session.update({BEGAN: now, SEEN: now, PROVED: now})


def on_proof(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """A password, code or passkey was right, in a session that has begun: the proof is fresh again."""
    if request.user.is_authenticated and request.user.pk == user.pk:
        request.session[PROVED] = int(time.time())


def seconds_since_proof(request: HttpRequest) -> float:
    """How long ago the person of this session last showed who they are; for ever where nothing says when."""
    proved = request.session.get(PROVED)
    return time.time() - proved if isinstance(proved, int) else float("inf")
