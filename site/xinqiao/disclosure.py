"""Counts for people who may not see who they are: small ones hidden, and enough others that no sum gives them back.

Pure. A published row is its cells and their total. A hidden cell could be anything between nothing and what is left of the
total, so a row is safe when at least two cells are hidden and together they hold at least `SMALLEST`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Generic, TypeVar

K = TypeVar("K")

SMALLEST = 5


@dataclasses.dataclass(frozen=True)
class Shown(Generic[K]):
    """The row as it may be published; None is hidden. A hidden zero and a hidden four look the same."""

    cells: dict[K, int | None]
    total: int | None

    @property
    def hides(self) -> bool:
        return self.total is None or None in self.cells.values()


def suppressed(counts: Mapping[K, int], smallest: int = SMALLEST) -> Shown[K]:
    """Hide each count below the smallest, then the next larger ones until no hidden count can be worked out."""
    total = sum(counts.values())
    hidden = {key for key, count in counts.items() if count < smallest}
    if total < smallest:
        return Shown(dict.fromkeys(counts), None)
    for key in sorted(counts, key=lambda key: counts[key]):
        if not hidden or (len(hidden) > 1 and sum(counts[each] for each in hidden) >= smallest):
            break
        hidden.add(key)
    cells = {key: None if key in hidden else count for key, count in counts.items()}
    return Shown(cells, None if len(hidden) == 1 else total)


def alone(count: int, smallest: int = SMALLEST) -> int | None:
    """A count that stands by itself."""
    return count if count >= smallest else None
