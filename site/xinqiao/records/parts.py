"""What the apps hold about a child: each registers its parts of the file, so that taking out, erasing and keeping forget nothing.

An app's `child_file.py` calls `register(Part(...))`; it is imported when Django starts. Nothing here knows any of them.
`tests/xinqiao/records/test_parts.py` fails while a model that leads to a child is in no part.
"""

from __future__ import annotations

import dataclasses
import datetime
import secrets
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from xinqiao.records.retention import CLASSES, Retention
from xinqiao.school.models import Student

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


class Fact(NamedTuple):
    """One line of an entry.

    Attributes:
        key: its name in the JSON; stays the same for ever.
        person: names somebody else than the child; the guardian's copy says who by duty only.
        restricted: told in confidence, or written for colleagues; not in the guardian's copy.
    """

    key: str
    label: Any
    value: str
    person: bool = False
    restricted: bool = False


class Entry(NamedTuple):
    """One record of a part: what it is, when it was, and its lines. Lines without a value are left out."""

    title: str
    at: datetime.date | datetime.datetime | None
    facts: list[Fact]


class Attached(NamedTuple):
    """A paper that belongs to the file. `read` gives its bytes when they are needed."""

    title: str
    ending: str
    read: Callable[[], bytes]
    restricted: bool = False


class Clock(NamedTuple):
    """When keeping began to count, for the oldest and the newest record; None where it is still in use."""

    first: datetime.date | None
    last: datetime.date | None


@dataclasses.dataclass
class Erasing:
    """One act of erasing in one child's file, handed to the parts.

    Attributes:
        whole: the child's entry in the directory goes as well, so what stays behind stands with nobody's name already.
        until: only what began to count on this day or before; None takes all.
    """

    student: Student
    whole: bool
    until: datetime.date | None = None
    reference: str = ""
    made: Student | None = None

    @property
    def onto(self) -> Student:
        """Whom the emptied rows belong to afterwards: somebody without a name, so that counts stay true."""
        if self.whole or self.student.name == NOBODY:
            return self.student
        if self.made is None:
            self.made = Student.objects.create(
                school_id=self.student.school_id, number=self.reference, name=NOBODY, sex=self.student.sex
            )
        return self.made


NOBODY = "（已删除）"
"""Stands where a name was; the same in every language, because it is a record and no page."""


def new_reference() -> str:
    """Names an act of erasing and the row that it leaves; says nothing about the child."""
    return f"D{timezone.localdate():%y%m%d}-" + "".join(secrets.choice(_LETTERS) for _each in range(6))


def _none(student: Student) -> list[Any]:
    return []


@dataclasses.dataclass(frozen=True)
class Part:
    """A part of a child's file.

    Attributes:
        key: its name in the JSON and on the trail.
        order: its place in the document.
        keeping: the class in `retention.CLASSES` that says how long and why.
        models: what it covers, as `app_label.ModelName`.
        read: the entries of one child, oldest first.
        count: how many records of each kind one child has, without opening any: (label, number).
        clocks: for many children at once: when keeping began; who has nothing here is left out.
        erase: empties the child's records and gives how many; None where nothing here is ever erased by hand.
        blocks: sentences that say why nothing may be erased now and what to do first.
        attached: papers, in the order of the document.
    """

    key: str
    label: Any
    order: int
    keeping: str
    models: tuple[str, ...]
    read: Callable[[Student], list[Entry]]
    count: Callable[[Student], list[tuple[Any, int]]]
    clocks: Callable[[QuerySet[Student]], dict[int, Clock]]
    erase: Callable[[Erasing], int] | None
    blocks: Callable[[Student], list[str]] = _none
    attached: Callable[[Student], list[Attached]] = _none

    @property
    def retention(self) -> Retention:
        return CLASSES[self.keeping]


_parts: dict[str, Part] = {}


def register(part: Part) -> Part:
    """Add a part; once for each key."""
    if part.keeping not in CLASSES:
        raise ValueError(f"{part.key}: there is no retention class {part.keeping!r}")
    if part.key in _parts:
        raise ValueError(f"the part {part.key!r} is registered already")
    _parts[part.key] = part
    return part


def parts() -> list[Part]:
    """All of them in the order of the document."""
    return sorted(_parts.values(), key=lambda part: (part.order, part.key))


def part(key: str) -> Part:
    return _parts[key]


def covered() -> set[str]:
    """The models that some part covers."""
    return {label for each in _parts.values() for label in each.models}


def facts(*lines: tuple[Any, ...] | Fact) -> list[Fact]:
    """Lines with a value, from tuples of `Fact`'s fields; what is false is not said."""
    made: Iterable[Fact] = (line if isinstance(line, Fact) else Fact(*line) for line in lines)
    return [
        line._replace(value=str(line.value))
        for line in made
        if line.value is not False and line.value not in ("", None)
    ]


def clocks_from(rows: Iterable[tuple[int, datetime.date | None, datetime.date | None]]) -> dict[int, Clock]:
    """Clocks from rows of (child, first, last)."""
    return {student_id: Clock(first, last) for student_id, first, last in rows}
