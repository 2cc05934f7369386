"""Logging in and out, what follows a login, and what was typed before a session ended."""

import datetime
import json
import uuid

from django.utils import timezone

from tests.access.matrix import LET_IN, LOGIN, Line, everyone, logged_in
from tests.access.world import World
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import KeptInput


def prepare(world: World) -> None:
    """Something kept for the homeroom teacher, and something that is past its half hour."""
    for number, minutes in ((1, 10), (2, -1)):
        kept = KeptInput(
            pk=uuid.UUID(int=number),
            owner=world.people[Role.HOMEROOM],
            path="/screening/",
            expires_at=timezone.now() + datetime.timedelta(minutes=minutes),
        )
        kept.fields = json.dumps([["note", "text"]])
        kept.save(force_insert=True)


# Another person's does not exist, whatever one's duties.
_OWNER_ONLY = everyone(404).but("anonymous", inside=LOGIN, outside=LOGIN)

LINES = [
    # Who is logged in already is sent on to their place.
    Line("account_login", everyone(302).but("anonymous", inside=200)),
    Line("account_logout", logged_in().but("anonymous", inside=302)),
    Line("account_logout", everyone(LET_IN), method="post"),
    Line("start", logged_in(302)),
    Line(
        "kept_input",
        _OWNER_ONLY.but(Role.HOMEROOM, inside=200),
        inside=lambda world: {"kept_id": uuid.UUID(int=1)},
        outside=lambda world: {"kept_id": uuid.UUID(int=2)},
    ),
    Line(
        "drop_kept_input",
        _OWNER_ONLY.but(Role.HOMEROOM, inside=302),
        method="post",
        inside=lambda world: {"kept_id": uuid.UUID(int=1)},
        outside=lambda world: {"kept_id": uuid.UUID(int=2)},
    ),
    Line(
        "drop_kept_input",
        logged_in(405),
        inside=lambda world: {"kept_id": uuid.UUID(int=1)},
        note="by a link",
    ),
]
