"""The signed note in a form that says whose form it is, so that what was typed can be kept when the session ends.

It opens nothing: it only decides for whom the middleware keeps the input of a post that no session vouches for.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.core import signing

if TYPE_CHECKING:
    from django.http import HttpRequest

    from xinqiao.accounts.models import User

FIELD = "_owner"
HEADER = "X-Form-Owner"
LASTS = datetime.timedelta(hours=12)

_signer = signing.TimestampSigner(salt="xinqiao.accounts.form_owner")


def owner_token(user: User) -> str:
    """The note for a form that is rendered to this person."""
    return _signer.sign(str(user.pk))


def owner_of(request: HttpRequest) -> int | None:
    """The key of the person to whom the posted form was rendered; None without a note, with a false or an old one."""
    token = request.headers.get(HEADER) or request.POST.get(FIELD, "")
    try:
        return int(_signer.unsign(token, max_age=LASTS))
    except (signing.BadSignature, ValueError):
        return None
