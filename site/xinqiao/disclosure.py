"""Counts for people who may not see who they are: small ones hidden, and enough others that no sum gives them back.

Pure. What is published are the cells of a list or of a table, with their sums. Somebody who adds and subtracts knows of a
hidden count only that it lies between two numbers; `SMALLEST` or more lie between them, or another count is hidden
with it. A count that moved by a few since it was last told is hidden as well, so that two days cannot be subtracted.

A table with its sums is a net: each count is a stream from its row to its column, the sums lead back, and at
each knot what comes in goes out. How far a hidden count can move is how much more, and how much less, can run in a circle
through it and other hidden ones; so the bounds are exact, and where they are too narrow, the cheapest circle of counts
is hidden in which `SMALLEST` more can run. It ends after one look at each small count: whatever lies on such
a circle can move as far itself.
"""

from __future__ import annotations

import dataclasses
import heapq
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
R = TypeVar("R", bound=Hashable)
C = TypeVar("C", bound=Hashable)

SMALLEST = 5


@dataclasses.dataclass(frozen=True)
class Shown(Generic[K]):
    """The list as it may be published; None is hidden. A hidden zero and a hidden four look the same."""

    cells: dict[K, int | None]
    total: int | None

    @property
    def hides(self) -> bool:
        return self.total is None or None in self.cells.values()


@dataclasses.dataclass(frozen=True)
class ShownTable(Generic[R, C]):
    """The table as it may be published, with the sums of its rows and columns."""

    cells: dict[tuple[R, C], int | None]
    rows: dict[R, int | None]
    columns: dict[C, int | None]
    total: int | None

    def row(self, row: R) -> Shown[C]:
        return Shown({column: self.cells[row, column] for column in self.columns}, self.rows[row])

    @property
    def told(self) -> int:
        """How many counts it tells."""
        return sum(value is not None for value in self.values().values())

    def values(self) -> dict[Key, int | None]:
        """Every count by its key: `("cell", row, column)`, `("row", row)`, `("column", column)`, `("total",)`."""
        return {
            **{("cell", row, column): value for (row, column), value in self.cells.items()},
            **{("row", row): value for row, value in self.rows.items()},
            **{("column", column): value for column, value in self.columns.items()},
            ("total",): self.total,
        }


Key = tuple[Hashable, ...]


def alone(count: int, smallest: int = SMALLEST) -> int | None:
    """A count that stands by itself."""
    return count if count >= smallest else None


def suppressed(counts: Mapping[K, int], smallest: int = SMALLEST) -> Shown[K]:
    """A list and its sum: hide each count below the smallest, and others until no hidden one can be worked out."""
    streams = [_Stream(("cell", key), "all", "each", count) for key, count in counts.items()]
    streams.append(_Stream(("total",), "each", "all", sum(counts.values())))
    hidden = _Net(streams, smallest).hide(())
    cells = {key: None if ("cell", key) in hidden else count for key, count in counts.items()}
    return Shown(cells, None if ("total",) in hidden else sum(counts.values()))


def suppressed_table(
    counts: Mapping[R, Mapping[C, int]],
    *,
    last_told: Mapping[Key, int] | None = None,
    also_hidden: Iterable[Key] = (),
    smallest: int = SMALLEST,
) -> ShownTable[R, C]:
    """A table with its sums. Every row has the same columns.

    Args:
        last_told: of each count (by its key, as `ShownTable.values` has them) what was published of it last. One that moved
            since by some, and by fewer than the smallest, is hidden: two publications are not to be subtracted.
        also_hidden: counts that are not to be told in any case.
    """
    columns = list(dict.fromkeys(column for row in counts.values() for column in row))
    cells = {(row, column): counts[row].get(column, 0) for row in counts for column in columns}
    rows = {row: sum(cells[row, column] for column in columns) for row in counts}
    sums = {column: sum(cells[row, column] for row in counts) for column in columns}
    total = sum(rows.values())
    streams = [_Stream(("cell", *at), ("row", at[0]), ("column", at[1]), count) for at, count in cells.items()]
    streams += [_Stream(("row", row), "start", ("row", row), count) for row, count in rows.items()]
    streams += [_Stream(("column", column), ("column", column), "end", count) for column, count in sums.items()]
    streams.append(_Stream(("total",), "end", "start", total))
    before = last_told or {}
    moved = [s.key for s in streams if s.key in before and 0 < abs(s.value - before[s.key]) < smallest]
    hidden = _Net(streams, smallest).hide([*moved, *also_hidden])
    return ShownTable(
        {at: None if ("cell", *at) in hidden else count for at, count in cells.items()},
        {row: None if ("row", row) in hidden else count for row, count in rows.items()},
        {column: None if ("column", column) in hidden else count for column, count in sums.items()},
        None if ("total",) in hidden else total,
    )


def told_after(last_told: Mapping[Key, int], shown: ShownTable) -> dict[Key, int]:
    """What was published last of each count, once this table is published."""
    return {**last_told, **{key: value for key, value in shown.values().items() if value is not None}}


# -- the net -------------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class _Stream:
    """One count, from one knot to another."""

    key: Key
    tail: Hashable
    head: Hashable
    value: int


class _Net:
    def __init__(self, streams: list[_Stream], smallest: int) -> None:
        self.streams = streams
        self.smallest = smallest
        self.hidden: set[Key] = set()
        self.leaving: dict[Hashable, list[_Stream]] = {}
        self.arriving: dict[Hashable, list[_Stream]] = {}
        for stream in streams:
            self.leaving.setdefault(stream.tail, []).append(stream)
            self.arriving.setdefault(stream.head, []).append(stream)

    def hide(self, moved: Iterable[Key]) -> set[Key]:
        """The keys of all counts that may not be told."""
        self.hidden = {*moved, *(stream.key for stream in self.streams if stream.value < self.smallest)}
        for stream in sorted(self.streams, key=lambda each: -each.value):
            if stream.key in self.hidden and self._room(stream) < self.smallest:
                self.hidden |= self._cheapest_circle(stream)
        return self.hidden

    def _room(self, stream: _Stream) -> int:
        """How far this hidden count can lie from what it is, upwards and downwards together; more is not counted."""
        up = self._can_run(stream.head, stream.tail, stream, self.smallest)
        down = self._can_run(stream.tail, stream.head, stream, min(stream.value, self.smallest))
        return up + down

    def _can_run(self, start: Hashable, goal: Hashable, without: _Stream, wanted: int) -> int:
        """How much more can run from one knot to the other through hidden counts, at most `wanted`."""
        changed: dict[Key, int] = {}
        runs = 0
        while runs < wanted:
            path = self._path(start, goal, without, changed)
            if path is None:
                break
            amount = min(
                [wanted - runs, *(step.value + changed.get(step.key, 0) for step, with_it in path if not with_it)]
            )
            for step, with_it in path:
                changed[step.key] = changed.get(step.key, 0) + (amount if with_it else -amount)
            runs += amount
        return runs

    def _path(
        self, start: Hashable, goal: Hashable, without: _Stream, changed: Mapping[Key, int]
    ) -> list[tuple[_Stream, bool]] | None:
        """Steps with a stream (it grows), or against one that has something left (it shrinks)."""
        came: dict[Hashable, tuple[Hashable, _Stream, bool]] = {}
        seen, waiting = {start}, [start]
        while waiting and goal not in seen:
            knot = waiting.pop()
            for stream, with_it, to in self._steps(knot):
                open_ = stream.key in self.hidden and stream is not without
                if open_ and to not in seen and (with_it or stream.value + changed.get(stream.key, 0) > 0):
                    seen.add(to)
                    came[to] = (knot, stream, with_it)
                    waiting.append(to)
        if goal not in seen:
            return None
        path, knot = [], goal
        while knot != start:
            knot, stream, with_it = came[knot]
            path.append((stream, with_it))
        return path

    def _steps(self, knot: Hashable) -> Iterator[tuple[_Stream, bool, Hashable]]:
        for stream in self.leaving.get(knot, ()):
            yield stream, True, stream.head
        for stream in self.arriving.get(knot, ()):
            yield stream, False, stream.tail

    def _cheapest_circle(self, stream: _Stream) -> set[Key]:
        """The counts to hide with this one so that `smallest` more can run through it: few, and small ones first."""
        best: dict[Hashable, int] = {stream.head: 0}
        came: dict[Hashable, tuple[Hashable, Key]] = {}
        heap: list[tuple[int, int, Hashable]] = [(0, 0, stream.head)]
        order = 0  # knots of equal cost need not be comparable
        while heap:
            cost, _order, knot = heapq.heappop(heap)
            if knot == stream.tail:
                break
            if cost > best[knot]:
                continue
            for each, with_it, to in self._steps(knot):
                if each is stream or not (with_it or each.value >= self.smallest):
                    continue
                price = cost + (0 if each.key in self.hidden else 1 + each.value)
                if price < best.get(to, price + 1):
                    best[to], came[to], order = price, (knot, each.key), order + 1
                    heapq.heappush(heap, (price, order, to))
        keys, knot = set(), stream.tail
        if knot not in came:  # a table without rows, or a list without cells: the sum of nothing
            return keys
        while knot != stream.head:
            knot, key = came[knot]
            keys.add(key)
        return keys
