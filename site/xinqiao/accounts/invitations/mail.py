"""The mail that invites one guardian: its link is made when it is sent, and names no child."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tasks.handlers import NoLongerNeeded, handler
from tasks.kinds import name_kind
from tasks.letters import render_letter
from tasks.mail import send_letter
from tasks.models import OutboxMessage
from xinqiao.accounts.invitations.codes import mark, new_code
from xinqiao.accounts.invitations.letters import join_address
from xinqiao.accounts.invitations.make import MAIL_KIND
from xinqiao.accounts.invitations.models import Invitation
from xinqiao.school.models import School

name_kind(MAIL_KIND, _("Invitation of a guardian"))


@dataclasses.dataclass(frozen=True)
class _Place:
    school: School


@dataclasses.dataclass(frozen=True)
class _Guardian:
    """Whoever reads the mail has no account yet."""

    school: School

    def __str__(self) -> str:
        return str(_("dear parent"))

    def current_appointments(self) -> list[Any]:
        return [_Place(self.school)]


@handler(MAIL_KIND)
def send_invitation(message: OutboxMessage) -> None:
    """Make the code, keep its mark, send the link. A second try makes a second code: the last mail's is the good one.

    Raises:
        NoLongerNeeded: it was taken back, has expired, or somebody has joined by it.
        Permanent, Transient: as the mail server says.
    """
    code = new_code()
    with transaction.atomic():
        invitation = (
            Invitation.objects.open()
            .select_for_update(of=("self",))
            .select_related("student__school")
            .filter(pk=message.payload["invitation"])
            .first()
        )
        if invitation is None or not invitation.address:
            raise NoLongerNeeded
        invitation.code_mark = mark(code)
        invitation.save(update_fields=["code_mark"])
    letter = render_letter(
        "accounts/invitation",
        {"link": join_address(code), "until": timezone.localdate(invitation.expires_at)},
        _Guardian(invitation.student.school),
    )
    send_letter(letter=letter, to=invitation.address, message=message)
    invitation.address, invitation.sent_at = "", timezone.now()
    invitation.save(update_fields=["address", "sent_at"])
