"""What a guardian finds at `/family/`: each app that has something for a guardian registers a function that makes cards.

In a module `family_cards.py` of the app, which is found by its name:

    @register_card
    def consents(user, children):
        return [Card(url=..., title=_("Consents"), waits=3, student_id=children[0].pk)]

The function is asked once a page, with all children of the guardian, so that its queries do not grow with them.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.module_loading import autodiscover_modules

if TYPE_CHECKING:
    from xinqiao.accounts.models import User
    from xinqiao.school.models import Student

__all__ = ["Card", "cards_of", "register_card"]


@dataclasses.dataclass(frozen=True)
class Card:
    """One thing a guardian may do or read.

    Attributes:
        url: where it leads; no name, number or story of a child in it.
        title: a few words.
        text: one sentence below it.
        waits: how many things wait for an answer there; such cards come first and are marked.
        student_id: the child whom it is about; None for what concerns the family as a whole.
        order: among cards that do not wait, the lower comes first.
        icon: a name from `xinqiao.ui.icons`.
    """

    url: str
    title: Any
    text: Any = ""
    waits: int = 0
    student_id: int | None = None
    order: int = 50
    icon: str = "file"


CardMaker = Callable[["User", Sequence["Student"]], Iterable[Card]]

_makers: list[CardMaker] = []


def register_card(function: CardMaker) -> CardMaker:
    """Add a function of (user, children) that gives cards."""
    if function not in _makers:
        _makers.append(function)
    return function


def cards_of(user: User, children: Sequence[Student]) -> list[Card]:
    """All cards for this guardian: what waits first, then by their order."""
    _discover()
    found = [card for make in _makers for card in make(user, children)] if children else []
    return sorted(found, key=lambda card: (not card.waits, card.order))


@functools.cache
def _discover() -> None:
    autodiscover_modules("family_cards")
