"""From cells to children: each row read on its own, with every error in it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from xinqiao.school.models import Guardianship
from xinqiao.school.roster import cells as read
from xinqiao.school.roster.errors import CellError, FileRefused, shown
from xinqiao.school.roster.headers import BORN_ON, CLASS, GRADE, NAME, NUMBER, SEX, SLOTS, Headers, find_headers, named
from xinqiao.school.roster.reading import Row, sheets_of

MAX_GUARDIANS = 2
_ROWS_A_STEP = 1000


@dataclass(frozen=True, slots=True)
class NamedGuardian:
    """A guardian as a row names one; relation and phone may be empty, which says nothing about them."""

    name: str
    phone: str
    relation: str
    slot: str


@dataclass(frozen=True, slots=True)
class Child:
    """A row. `sex` may be empty and `born_on` None, which says nothing about them."""

    row: int
    number: str
    name: str
    sex: str
    born_on: datetime.date | None
    place: tuple[int, int]
    guardians: tuple[NamedGuardian, ...]


@dataclass
class Read:
    """A whole file, read.

    Attributes:
        children: of the rows without an error, in the file's order.
        errors: every cell that cannot be taken over, in the file's order.
        wrong: the school numbers of rows with an error, where they can be read: nobody leaves because of a slip.
        rows: how many rows held something.
    """

    headers: Headers
    children: list[Child]
    errors: list[CellError]
    rows: int
    wrong: set[str]


def read_roster(path: Path, *, today: datetime.date, progress: Callable[[int], None] | None = None) -> Read:
    """Read the first sheet that has a roster's headings.

    Raises:
        FileRefused: no sheet has them, or the file is not one to open.
    """
    headings_wanted = [named(name) for name in (NUMBER, NAME, CLASS)]
    for sheet in sheets_of(path):
        headers = find_headers(sheet.rows)
        if headers is None:
            for _rest in sheet.rows:
                pass
            continue
        return _read(headers, sheet.formulas, today, progress)
    raise FileRefused(
        _("No row of headings was found. The first rows must name these columns: %(columns)s.")
        % {"columns": _(", ").join(headings_wanted)}
    )


def _read(
    headers: Headers, formulas: set[tuple[int, int]], today: datetime.date, progress: Callable[[int], None] | None
) -> Read:
    reader = RowReader(headers, formulas, today)
    children: list[Child] = []
    errors: list[CellError] = []
    count = 0
    for row in headers.rows:
        count += 1
        found = reader.read(row)
        if isinstance(found, Child):
            children.append(found)
        else:
            errors += found
        if progress and count % _ROWS_A_STEP == 0:
            progress(count)
    if not count:
        raise FileRefused(_("The list is empty: there is no row below the headings."))
    return Read(headers, children, errors, count, reader.wrong)


class RowReader:
    """Knows the columns, reads row after row."""

    def __init__(self, headers: Headers, formulas: set[tuple[int, int]], today: datetime.date) -> None:
        self.headers = headers
        self.formulas = formulas
        self.today = today
        self.year_began = today.year if today.month >= 8 else today.year - 1
        self.places = headers.columns
        self.slots = [
            slot for slot in SLOTS if any(f"{slot}.{part}" in headers.columns for part in ("name", "phone", "relation"))
        ]
        self.wrong: set[str] = set()
        self.by_place = {place: name for name, place in headers.columns.items()}
        self.width = max(headers.columns.values()) + 1

    def read(self, row: Row) -> Child | list[CellError]:
        number, cells = row
        if len(cells) < self.width:
            cells = [*cells, *[""] * (self.width - len(cells))]
        errors: list[CellError] = []
        if self.formulas:
            errors += self._formulas_in(number)

        def value_of(name: str, reader: Callable[..., Any], *arguments: Any) -> Any:
            place = self.places.get(name)
            cell = cells[place] if place is not None else ""
            try:
                return reader(cell, *arguments)
            except read.Unreadable as error:
                errors.append(self.error(number, name, cell, str(error)))
                return None

        school_number = value_of(NUMBER, read.school_number)
        name = value_of(NAME, read.person_name)
        sex = value_of(SEX, read.sex)
        born_on = value_of(BORN_ON, read.birthday, self.today)
        place = self._place(number, cells, errors)
        guardians = self._guardians(number, cells, name or "", errors, value_of)
        if errors:
            if school_number:
                self.wrong.add(school_number)
            return errors
        return Child(number, school_number, name, sex, born_on, place, guardians)

    def error(self, row: int, name: str, cell: object, message: str) -> CellError:
        if isinstance(cell, tuple):
            cell = read.text_of(cell)
        return CellError(row, self.headers.title(name), shown(cell), message)

    def _formulas_in(self, number: int) -> list[CellError]:
        return [
            self.error(number, name, "=…", _("This cell holds a formula. Copy the column and paste it as values."))
            for place, name in self.by_place.items()
            if (number, place) in self.formulas
        ]

    def _place(self, number: int, cells: list, errors: list[CellError]) -> tuple[int, int] | None:
        grade = cells[self.places[GRADE]] if GRADE in self.places else ""
        school_class = cells[self.places[CLASS]]
        try:
            return read.class_place(grade, school_class, self.year_began)
        except read.Unreadable as error:
            errors.append(self.error(number, CLASS, school_class or grade, str(error)))
            return None

    def _guardians(
        self, number: int, cells: list, child: str, errors: list[CellError], value_of: Callable[..., Any]
    ) -> tuple[NamedGuardian, ...]:
        found: list[NamedGuardian] = []
        for slot in self.slots:
            places = (self.places.get(f"{slot}.name"), self.places.get(f"{slot}.phone"))
            if all(place is None or cells[place] == "" or not str(cells[place]).strip() for place in places):
                continue
            phone = value_of(f"{slot}.phone", read.telephone) or ""
            if places[0] is None:
                # A list with telephones alone: called as teachers call them.
                name = f"{child}家长"
            else:
                name = value_of(f"{slot}.name", read.person_name) or ""
            relation = slot if slot in _RELATIONS else value_of(f"{slot}.relation", read.relation) or ""
            if any(name == other.name for other in found):
                errors.append(
                    self.error(number, f"{slot}.name", name, _("The same guardian stands in this row twice."))
                )
            found.append(NamedGuardian(name, phone, relation, slot))
        if len(found) > MAX_GUARDIANS:
            extra = found[MAX_GUARDIANS]
            errors.append(
                self.error(number, f"{extra.slot}.name", extra.name, _("A child has up to two guardians in a roster."))
            )
        return tuple(found)


_RELATIONS = {Guardianship.Relation.FATHER.value, Guardianship.Relation.MOTHER.value}


def repeated(children: list[Child]) -> Iterator[list[Child]]:
    """The rows that give one school number, where there is more than one."""
    by_number: dict[str, list[Child]] = {}
    for child in children:
        by_number.setdefault(child.number, []).append(child)
    return (same for same in by_number.values() if len(same) > 1)
