"""For whom a second factor is asked, and what stays shut for a session that lacks it.

It is asked by capability: whoever holds one of `ASKS` could open a child's story, or the door to one. Without the proof, such a
person has no duties but learning until it is there. `access.reach` asks `is_shut` first, so every queryset, page, partial and
download follows. The same holds while a leader has yet to confirm that it is really the person: see `identity`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings

from xinqiao.accounts.capabilities import GRANTS, Capability
from xinqiao.accounts.enums import Role

if TYPE_CHECKING:
    import datetime

C = Capability

ASKS = frozenset(
    {
        # A child's story itself.
        C.READ_NARRATIVE,
        C.READ_HIGH_NARRATIVE,
        C.WRITE_CASE,
        C.ASSESS,
        C.DETERMINE_LEVEL,
        C.REFER,
        C.READ_REFERRAL,
        # All of a child at once.
        C.EXPORT_FILE,
        C.ERASE_FILE,
        C.READ_IDENTITY,
        C.IMPORT_ROSTER,
        C.MANAGE_DIRECTORY,
        # The doors to it.
        C.BREAK_GLASS,
        C.ADMINISTER,
        C.READ_AUDIT,
        C.EXPLAIN_ACCESS,
        C.MANAGE_PRIVACY,
    }
)
"""Whoever holds one of these has a short session and is asked for a second factor."""

OPEN_ANYWAY = frozenset({C.LEARN})
"""What such a person may before that."""

ROLES_ASKED = frozenset(role for role, grants in GRANTS.items() if ASKS & grants.keys())


@dataclasses.dataclass
class Proof:
    """What the session of a request has shown. A person without one is asked about by a job or a command.

    Attributes:
        strong: a second factor was shown.
        still_waits: asks whether a leader has yet to confirm the person; None where nobody has to.
    """

    strong: bool
    still_waits: Callable[[], bool] | None = None

    def waits(self) -> bool:
        """Asked of the database once a request, and only for those whom it shuts out."""
        if self.still_waits is not None and not self.still_waits():
            self.still_waits = None
        elif self.still_waits is not None:
            self.still_waits = _yes
        return self.still_waits is not None


def asks_for_factor(user: Any, today: datetime.date | None = None) -> bool:
    """Whether a duty held today carries one of the capabilities."""
    return any(Role(appointment.role) in ROLES_ASKED for appointment in user.current_appointments(today))


def is_required() -> bool:
    return settings.XINQIAO_SECOND_FACTOR == "required"


def is_shut(user: Any, capability: Capability, today: datetime.date | None = None) -> bool:
    """Whether the session this person came with is too weak for the capability."""
    return capability not in OPEN_ANYWAY and why_shut(user, today) != ""


def why_shut(user: Any, today: datetime.date | None = None) -> str:
    """`factor` where one must be set up, `waits` where a leader must confirm the person; empty where nothing is shut."""
    proof: Proof | None = getattr(user, "session_proof", None)
    if proof is None:
        return ""
    lacks = is_required() and not proof.strong
    if not (lacks or proof.still_waits) or not asks_for_factor(user, today):
        return ""
    if lacks:
        return "factor"
    return "waits" if proof.waits() else ""


def _yes() -> bool:
    return True
