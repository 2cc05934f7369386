"""What an erasure of one child's file would do: shown before anybody confirms, and worked out again at that moment."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from xinqiao.records.models import Hold
from xinqiao.records.parts import Clock, Part, parts
from xinqiao.school.models import Student


@dataclasses.dataclass(frozen=True)
class Line:
    """One part of the file and its fate.

    Attributes:
        counts: (kind of record, how many).
        kept_because: empty where it goes.
        until: the last day on which it stays; None with a reason means "for as long as the reason holds".
    """

    part: Part
    counts: list[tuple[Any, int]]
    kept_because: str = ""
    until: datetime.date | None = None

    @property
    def kept(self) -> bool:
        return bool(self.kept_because)

    @property
    def total(self) -> int:
        return sum(number for _label, number in self.counts)


@dataclasses.dataclass(frozen=True)
class Plan:
    """Attributes:
    whole: the child is at this school no more, so the entry in the directory goes too.
    blocks: what has to be done first; where there is something, nothing is erased.
    """

    whole: bool
    lines: list[Line]
    blocks: list[str]

    @property
    def goes(self) -> list[Line]:
        return [line for line in self.lines if not line.kept]

    @property
    def stays(self) -> list[Line]:
        return [line for line in self.lines if line.kept]

    @property
    def fingerprint(self) -> str:
        """The same for as long as the same would be done."""
        facts = [(line.part.key, line.kept, line.until, [n for _label, n in line.counts]) for line in self.lines]
        return hashlib.sha256(repr((self.whole, facts)).encode()).hexdigest()[:16]

    @property
    def kept_until(self) -> datetime.date | None:
        days = [line.until for line in self.stays if line.until]
        return max(days) if days else None


def plan_for(student: Student, *, today: datetime.date | None = None) -> Plan:
    """Nothing of the child's story is opened: counts and dates only."""
    today = today or timezone.localdate()
    whole = student.current_class_id is None
    alone = Student.objects.filter(pk=student.pk)
    lines = []
    for part in parts():
        counts = [(label, number) for label, number in part.count(student) if number]
        if counts:
            lines.append(_line(part, counts, part.clocks(alone).get(student.pk), today, whole=whole))
    return Plan(whole=whole, lines=lines, blocks=blocks_of(student, today))


def blocks_of(student: Student, today: datetime.date) -> list[str]:
    sentences = [sentence for part in parts() for sentence in part.blocks(student)]
    if Hold.objects.standing(today).filter(student=student).exists():
        sentences.append(_("A hold is set on this child: nothing is erased until it is lifted."))
    return sentences


def _line(part: Part, counts: list[tuple[Any, int]], clock: Clock | None, today: datetime.date, *, whole: bool) -> Line:
    retention = part.retention
    if part.erase is None or (part.keeping == "directory" and not whole):
        return Line(part, counts, str(retention.why_kept))
    if not retention.law_months:
        return Line(part, counts)
    if clock is None or clock.last is None:
        # Still in use: three years begin when that ends.
        return Line(part, counts, str(retention.why_kept))
    until = retention.law_until(clock.last)
    return Line(part, counts) if until is None or until < today else Line(part, counts, str(retention.why_kept), until)
