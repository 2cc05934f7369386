"""Where the directory's home leads: one card a place, for those whose duty it is."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.access import may
from xinqiao.accounts.capabilities import Capability as C

# label, one sentence, URL name, icon, any one of these capabilities (none: everybody who comes here)
CARDS: list[tuple[Any, Any, str, str, tuple[C, ...]]] = [
    (
        _("A child joins"),
        _("From another school, or in the middle of the year."),
        "directory:join",
        "plus",
        (C.MANAGE_DIRECTORY,),
    ),
    (
        _("Import a roster"),
        _("Children, classes and guardians from one file."),
        "directory:imports",
        "file",
        (C.IMPORT_ROSTER,),
    ),
    (
        _("Invite guardians"),
        _("Letters with a code for each child, and who has joined."),
        "directory:invitations",
        "mail",
        (C.INVITE_GUARDIANS,),
    ),
    (
        _("The school year moves up"),
        _("All classes one grade higher, with preview and undo."),
        "directory:rollover",
        "chart",
        (C.MANAGE_DIRECTORY,),
    ),
    (
        _("A class is opened"),
        _("A new one, or one that was closed."),
        "directory:class_open",
        "people",
        (C.MANAGE_DIRECTORY,),
    ),
    (
        _("Moves"),
        _("Who came, left or changed class, and what waits for its day."),
        "directory:moves",
        "clock",
        (C.MANAGE_DIRECTORY,),
    ),
    (
        _("Duties of the term"),
        _("Who teaches which class, substitutes, and the next term."),
        "directory:appointments",
        "people",
        (C.ADMINISTER,),
    ),
    (
        _("Identity numbers"),
        _("Whether this school keeps any, and what for."),
        "identities:home",
        "lock",
        (C.READ_IDENTITY, C.MANAGE_PRIVACY),
    ),
    (_("School calendar"), _("Terms, breaks and single days."), "directory:calendar", "today", ()),
]


@dataclasses.dataclass(frozen=True)
class Card:
    label: Any
    text: Any
    url: str
    icon: str


def cards_of(user: Any) -> list[Card]:
    """The cards that this person may open."""
    return [
        Card(label, text, reverse(name), icon)
        for label, text, name, icon, any_of in CARDS
        if not any_of or any(may(user, capability) for capability in any_of)
    ]
