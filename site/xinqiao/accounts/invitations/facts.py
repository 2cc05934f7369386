"""The check of two facts that a letter does not show: the child's birthday, and the guardian's telephone as the school has it.

Where the school has no telephone of any guardian, the child's school number stands in for it. Every wrong answer is one
answer, takes the same steps, and counts on the invitation; the fifth closes it. A guardian whom a court keeps away gets
the same answer as a stranger.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import unicodedata
import uuid

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from xinqiao.accounts.invitations.codes import marks, normal_code
from xinqiao.accounts.invitations.errors import HasJoined, NotConfirmed, Over, TooManyTries
from xinqiao.accounts.invitations.models import WRONG_TRIES, Invitation, InvitationState
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.crypto.index import same_as
from xinqiao.school.models import Guardian, Guardianship
from xinqiao.school.phones import normal_phone

TRIES_OF_AN_ADDRESS = 60
"""Wrong tries from one address in ten minutes: a hall of parents sits behind one."""
_WINDOW_SECONDS = 600
_NOBODY = "\0"


@dataclasses.dataclass(frozen=True)
class Confirmed:
    """Both facts were right.

    Attributes:
        guardian: who this is; None where the school has no telephone and the person is still to be entered.
    """

    invitation: Invitation
    guardian: Guardian | None


def check_facts(
    *, code: str, born_on: datetime.date, known_by: str, address: str, user: User | None = None
) -> Confirmed:
    """Whether somebody with this letter knows what a guardian of the child knows. A wrong try is kept, whatever follows.

    Args:
        code: as typed.
        known_by: the guardian's telephone, or the child's school number where the school has no telephone.
        address: of the network, for the limit.
        user: who is logged in already.

    Raises:
        TooManyTries, NotConfirmed, Over, HasJoined
    """
    limit = f"join:{hashlib.sha256(address.encode()).hexdigest()}"
    if cache.get_or_set(limit, 0, _WINDOW_SECONDS) >= TRIES_OF_AN_ADDRESS:
        raise TooManyTries
    with transaction.atomic():
        found = _ask(code, born_on, known_by)
        if found is None:
            _count_wrong(code)
    if found is None:
        _count_address(limit)
        raise NotConfirmed
    if found.invitation.state != InvitationState.OPEN or found.invitation.student.current_class_id is None:
        raise Over
    holder = found.guardian.user_id if found.guardian else None
    if holder is not None and (user is None or holder != user.pk):
        raise HasJoined
    return found


def _ask(code: str, born_on: datetime.date, known_by: str) -> Confirmed | None:
    """The same questions for a code that exists and one that does not."""
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("student__current_class__grade", "student__school")
        .filter(code_mark__in=marks(normal_code(code) or _NOBODY))
        .first()
    )
    student = invitation.student if invitation else None
    ties = list(
        Guardianship.objects.filter(student=student.pk if student else -1).values_list(
            "guardian", "restricted", "guardian__phone_index"
        )
    )
    phone = normal_phone(known_by)
    named = list(
        Guardian.objects.filter(
            same_as(Guardian, "phone_index", phone or _NOBODY), pk__in=[tie[0] for tie in ties] or [uuid.UUID(int=0)]
        ).order_by("pk")
    )
    if invitation is None or student is None or invitation.wrong_tries >= WRONG_TRIES or student.born_on != born_on:
        return None
    kept_away = {guardian for guardian, restricted, _index in ties if restricted}
    if any(guardian.pk in kept_away for guardian in named):
        return None
    if named:
        # Two guardians who share one telephone: whoever has no account yet.
        return Confirmed(invitation, next((each for each in named if each.user_id is None), named[0]))
    by_number = not kept_away and not any(index for _guardian, _restricted, index in ties)
    return Confirmed(invitation, None) if by_number and _plain(known_by) == _plain(student.number) else None


def _count_address(limit: str) -> None:
    try:
        cache.incr(limit)
    except ValueError:  # its ten minutes ended just now
        cache.set(limit, 1, _WINDOW_SECONDS)


def _count_wrong(code: str) -> None:
    """On the invitation, if there is one, and on the trail, either way."""
    mark = marks(normal_code(code) or _NOBODY)
    Invitation.objects.filter(code_mark__in=mark, wrong_tries__lt=WRONG_TRIES).update(wrong_tries=F("wrong_tries") + 1)
    invitation = Invitation.objects.filter(code_mark__in=mark).first()
    record(
        actor=None,
        action="invitation.wrong",
        target=invitation,
        student_id=invitation.student_id if invitation else None,
        details={"tries": invitation.wrong_tries} if invitation else {},
    )


def is_still_good(invitation: Invitation, now: datetime.datetime | None = None) -> bool:
    """Whether somebody may join by it at this moment."""
    return invitation.state_at(now or timezone.now()) == InvitationState.OPEN


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).upper().split())
