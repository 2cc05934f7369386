"""A child's whole file as plain data, from every app's parts: what the PDF shows and what the JSON says are made from this one.

`docs/child-file.md` describes the JSON. Its version goes up when a field changes its meaning or goes; new fields may come.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from xinqiao.records.enums import Edition, ExportPurpose
from xinqiao.records.parts import Entry, Fact, Part, parts

if TYPE_CHECKING:
    from xinqiao.school.models import Student

SCHEMA = "xinqiao.child-file/1"
LANGUAGE = "zh-hans"
"""The file is a Chinese document, whatever language the page is read in."""


@dataclasses.dataclass(frozen=True)
class Paper:
    """An attached paper under the name that it has in the zip."""

    file: str
    title: str
    content: bytes


@dataclasses.dataclass(frozen=True)
class Order:
    """Which copy, for whom, by whom: stands on each page and in the JSON."""

    code: str
    edition: str
    purpose: str
    recipient: str
    made_by: str
    made_at: datetime.datetime


@dataclasses.dataclass(frozen=True)
class ChildFile:
    data: dict[str, Any]
    papers: list[Paper]

    @property
    def records(self) -> int:
        return sum(len(part["records"]) for part in self.data["parts"])


def assemble(
    student: Student, order: Order, *, progress: Callable[[int, int], None] = lambda done, of: None
) -> ChildFile:
    """Read every part. Whoever calls has asked for the right and writes the reading on the trail."""
    with translation.override(LANGUAGE):
        every = parts()
        made, papers, left_out = [], [], 0
        for number, part in enumerate(every):
            progress(number, len(every))
            made.append(_part(part, student, order.edition))
            for attached in part.attached(student):
                if attached.restricted and order.edition == Edition.GUARDIAN:
                    left_out += 1
                    continue
                papers.append(Paper(f"papers/{len(papers) + 1:02d}.{attached.ending}", attached.title, attached.read()))
        progress(len(every), len(every))
        data = {
            "schema": SCHEMA,
            "reference": order.code,
            "edition": order.edition,
            "edition_in_words": str(Edition(order.edition).label),
            "made_at": timezone.localtime(order.made_at).isoformat(timespec="seconds"),
            "made_by": order.made_by,
            "purpose": order.purpose,
            "purpose_in_words": str(ExportPurpose(order.purpose).label),
            "recipient": order.recipient,
            "child": _child(student),
            "parts": made,
            "papers": [
                {
                    "file": paper.file,
                    "title": paper.title,
                    "size": len(paper.content),
                    "sha256": hashlib.sha256(paper.content).hexdigest(),
                }
                for paper in papers
            ],
            "not_included": not_included(order.edition, papers_left_out=left_out),
        }
    return ChildFile(data, papers)


def not_included(edition: str, *, papers_left_out: int = 0) -> list[str]:
    """What a reader might look for and does not find, and whom to ask."""
    sentences = [
        _("The list of who opened these records: guardians ask the principal for it."),
        _("The school roll and marks: they are kept by the school's own rules outside of this product."),
        _("What colleagues know and never wrote down."),
    ]
    if edition == Edition.GUARDIAN:
        sentences = [
            _("Names of colleagues and of other persons, because they are not the child's data."),
            _(
                "What the child or others told in confidence, and sentences between colleagues. Guardians may talk about"
                " them with the counselor, who decides with the child's good in view."
            ),
            *sentences,
        ]
        if papers_left_out:
            sentences.append(
                _("%(count)d attached papers: they may show other persons. Ask the counselling room.")
                % {"count": papers_left_out}
            )
    return sentences


def _child(student: Student) -> dict[str, str]:
    return {
        "name": student.name,
        "number": student.number,
        "sex": str(student.get_sex_display()),
        "born_on": student.born_on.isoformat() if student.born_on else "",
        "school": student.school.name,
        "class": str(student.current_class or ""),
    }


def _part(part: Part, student: Student, edition: str) -> dict[str, Any]:
    return {
        "key": part.key,
        "title": str(part.label),
        "records": [_entry(entry, edition) for entry in part.read(student)],
    }


def _entry(entry: Entry, edition: str) -> dict[str, Any]:
    return {
        "title": str(entry.title),
        "at": _moment(entry.at),
        "facts": [_fact(fact, edition) for fact in entry.facts],
    }


def _fact(fact: Fact, edition: str) -> dict[str, str]:
    """The one place where something is withheld."""
    line = {"key": fact.key, "label": str(fact.label)}
    if edition == Edition.GUARDIAN and (fact.restricted or fact.person):
        return {**line, "withheld": "confidence" if fact.restricted else "person"}
    return {**line, "value": fact.value}


def _moment(at: datetime.date | datetime.datetime | None) -> str:
    if isinstance(at, datetime.datetime):
        return timezone.localtime(at).isoformat(timespec="minutes")
    return at.isoformat() if at else ""
