"""The list of children: what it is narrowed to, in which order, and who is found by name. A name never stands in an address."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, QuerySet

from xinqiao.records.parts import NOBODY
from xinqiao.school.models import Student
from xinqiao.school.sight import Sight

_SORTS = {
    "class": [F("current_class__grade__number").asc(nulls_last=True), F("current_class__number").asc(), "number"],
    "name": ["pinyin", "name", "pk"],
    "number": ["number"],
}
HERE, LEFT, ALL = "here", "left", "all"


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to; none of it says who is looked for."""

    grade: int | None = None
    school_class: int | None = None
    state: str = HERE
    sort: str = "class"


def narrowed(sight: Sight, wanted: Wanted) -> QuerySet[Student]:
    """The children in sight, narrowed and in order, with their classes. Whose file was erased is on no list."""
    found = sight.students().exclude(name=NOBODY)
    if wanted.grade is not None:
        found = found.filter(current_class__grade__number=wanted.grade)
    if wanted.school_class is not None:
        found = found.filter(current_class=wanted.school_class)
    if wanted.state == LEFT:
        found = found.filter(current_class=None)
    elif wanted.state != ALL:
        found = found.exclude(current_class=None)
    return _ordered(found, wanted.sort)


def found_by(sight: Sight, text: str, wanted: Wanted) -> QuerySet[Student]:
    """Who is meant by a name, a number, pinyin or its initials: whoever is in sight, those who left among them."""
    return _ordered(sight.students().search(text, numbers=bool(sight.facts)), wanted.sort)


def _ordered(students: QuerySet[Student], sort: str) -> QuerySet[Student]:
    return students.select_related("current_class__grade", "school").order_by(*_SORTS.get(sort, _SORTS["class"]))
