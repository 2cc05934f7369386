"""What a session knows of itself: when it began, when it was last used, and when its person last proved who they are.

The stamps lie in the session, so asking for them costs no query beyond the session's own. `session_begins` sets them.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

BEGAN, SEEN, PROVED = "xinqiao_began", "xinqiao_seen", "xinqiao_proved"
# A second factor was shown; a leader has yet to confirm the person; the short limits hold.
STRONG, WAITS, SHORT = "xinqiao_strong", "xinqiao_waits", "xinqiao_short"
# When and from where the person logged in before.
LAST = "xinqiao_last_login"


def seconds_since_proof(request: HttpRequest) -> float:
    """How long ago the person of this session last showed who they are; for ever where nothing says when."""
    proved = request.session.get(PROVED)
    return time.time() - proved if isinstance(proved, int) else float("inf")
