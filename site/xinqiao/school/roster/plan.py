"""The dry run: what a roster would change, worked out against the directory without touching it."""

from __future__ import annotations

import itertools
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xinqiao.school.models import Guardianship
from xinqiao.school.naming import class_name
from xinqiao.school.roster.errors import CellError, FileRefused
from xinqiao.school.roster.headers import NUMBER, SEX, Headers
from xinqiao.school.roster.known import Known, KnownChild, KnownGuardian
from xinqiao.school.roster.rows import Child, NamedGuardian, Read, repeated

# Decisions: by key of a question, one of its choices.
FIRST, LAST = "first", "last"
SAME, OTHER = "same", "other"
Decisions = dict[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """What only a person can decide: a number twice in the file, or a child who seems to be there under another number.

    Attributes:
        key: of the decision; holds row numbers only.
        choices: what may be decided, each with its words.
        answer: the decision, once made.
    """

    key: str
    row: int
    column: str
    value: str
    message: str
    choices: tuple[tuple[str, str], ...]
    answer: str


@dataclass(frozen=True, slots=True)
class Change:
    """A child who is there already and differs. `fields` names what changes; guardians are named once for all."""

    known: KnownChild
    child: Child
    fields: tuple[str, ...]


@dataclass
class Links:
    """What changes about guardians."""

    made: dict[uuid.UUID, tuple[str, str]] = field(default_factory=dict)
    """New ones: name and telephone by key."""
    phones: dict[uuid.UUID, str] = field(default_factory=dict)
    relations: dict[int, str] = field(default_factory=dict)
    """By guardianship."""
    linked: list[tuple[str, uuid.UUID, str]] = field(default_factory=list)
    """New guardianships: the child's number in the file, the guardian, the relation."""


@dataclass
class Plan:
    """What would happen.

    Attributes:
        classes: (grade, class) that the directory does not have yet.
        left: children who sit in a class of this file and no longer stand in it.
        titles: the file's headings that mean nothing to a roster.
    """

    created: list[Child] = field(default_factory=list)
    updated: list[Change] = field(default_factory=list)
    unchanged: int = 0
    left: list[KnownChild] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    classes: list[tuple[int, int]] = field(default_factory=list)
    links: Links = field(default_factory=Links)
    unused: list[str] = field(default_factory=list)
    rows: int = 0

    @property
    def can_be_applied(self) -> bool:
        return not self.errors and all(question.answer for question in self.questions)

    @property
    def changes_nothing(self) -> bool:
        return not (self.created or self.updated or self.left or self.classes)

    def all_errors(self) -> list[CellError]:
        """The errors, and each question that nobody has answered, in the file's order."""
        open_questions = [
            CellError(each.row, each.column, each.value, each.message) for each in self.questions if not each.answer
        ]
        return sorted([*self.errors, *open_questions], key=lambda error: error.row)

    def counts(self) -> dict[str, int]:
        return {
            "created": len(self.created),
            "updated": len(self.updated),
            "unchanged": self.unchanged,
            "left": len(self.left),
        }

    def as_dict(self) -> dict[str, Any]:
        """What the command prints with --json."""
        return {**self.counts(), "errors": [error.as_dict() for error in self.all_errors()]}


def make_plan(*, read: Read, known: Known, decisions: Decisions) -> Plan:
    """Hold every row against the directory.

    Args:
        decisions: answers by a question's key; the key `duplicates` or `near` answers all of its kind.
    """
    return _Planner(read, known, decisions).plan


class _Planner:
    def __init__(self, read: Read, known: Known, decisions: Decisions) -> None:
        self.headers: Headers = read.headers
        self.known = known
        self.decisions = decisions
        self.plan = Plan(errors=list(read.errors), unused=read.headers.unused, rows=read.rows)
        self.wanted_phones: dict[uuid.UUID, tuple[str, Child, str]] = {}
        self.new_guardians: dict[tuple[str, str], uuid.UUID] = {}
        self.keys = guardian_keys()
        children = self._once_each(read.children)
        self.numbers = {child.number for child in children} | read.wrong
        self.taken: set[int] = set()
        self.namesakes = self._namesakes()
        for child in children:
            self._place_child(child)
        self._who_has_left(read.children)
        self._new_classes(children)
        self._moves_ahead()

    # -- the same number twice -----------------------------------------------------------------------------------------

    def _once_each(self, children: list[Child]) -> list[Child]:
        dropped: set[int] = set()
        for same in repeated(children):
            first, *others = same
            if all(_content(other) == _content(first) for other in others):
                dropped |= {other.row for other in others}  # copied rows say nothing new
                continue
            key = f"twice-{first.row}"
            answer = self._answer(key, "duplicates", (FIRST, LAST))
            rows = _(", ").join(str(child.row) for child in same)
            self.plan.questions.append(
                Question(
                    key,
                    same[-1].row,
                    self.headers.title(NUMBER),
                    first.number,
                    _("This school number stands in rows %(rows)s, which differ. Which row counts?") % {"rows": rows},
                    (
                        (FIRST, _("Row %(row)s: %(name)s") % {"row": first.row, "name": first.name}),
                        (LAST, _("Row %(row)s: %(name)s") % {"row": same[-1].row, "name": same[-1].name}),
                    ),
                    answer,
                )
            )
            kept = same[-1] if answer == LAST else first
            dropped |= {child.row for child in same if child is not kept}
        return [child for child in children if child.row not in dropped] if dropped else children

    def _answer(self, key: str, kind: str, choices: tuple[str, ...]) -> str:
        answer = self.decisions.get(key) or self.decisions.get(kind, "")
        return answer if answer in choices else ""

    # -- one child -----------------------------------------------------------------------------------------------------

    def _place_child(self, child: Child) -> None:
        known = self.known.children.get(child.number) or self._namesake_of(child)
        if known is None:
            if not child.sex:
                self._refuse(child, SEX, "", _("The sex of a new child is missing: write 男 or 女."))
            self.plan.created.append(child)
            self._guardians(child, None)
            return
        self.taken.add(known.id)
        fields = self._differences(child, known)
        if self._guardians(child, known):
            fields += ("guardians",)
        if fields:
            self.plan.updated.append(Change(known, child, fields))
        else:
            self.plan.unchanged += 1

    def _differences(self, child: Child, known: KnownChild) -> tuple[str, ...]:
        fields = ()
        if known.number != child.number:
            fields += ("number",)
        if known.name != child.name:
            fields += ("name",)
        if child.sex and known.sex != child.sex:
            fields += ("sex",)
        if child.born_on and known.born_on != child.born_on:
            fields += ("born_on",)
        if known.class_id is None or self.known.classes.get(child.place) != known.class_id:
            fields += ("class",)
        return fields

    def _namesakes(self) -> dict[tuple[str, object], KnownChild]:
        """Who might be meant by a new number: known children whose own number is not in the file."""
        return {
            (known.name, known.born_on): known
            for known in self.known.children.values()
            if known.born_on and known.number not in self.numbers
        }

    def _namesake_of(self, child: Child) -> KnownChild | None:
        known = self.namesakes.get((child.name, child.born_on)) if child.born_on else None
        if known is None or known.id in self.taken:
            return None
        key = f"near-{child.row}"
        answer = self._answer(key, "near", (SAME, OTHER))
        self.plan.questions.append(
            Question(
                key,
                child.row,
                self.headers.title(NUMBER),
                child.number,
                _("A child of this name and birthday is in the directory with the number %(number)s.")
                % {"number": known.number},
                (
                    (SAME, _("It is the same child, whose number has changed")),
                    (OTHER, _("It is another child: enter it")),
                ),
                answer,
            )
        )
        return known if answer == SAME else None

    def _refuse(self, child: Child, column: str, value: str, message: str) -> None:
        self.plan.errors.append(CellError(child.row, self.headers.title(column), value, message))

    # -- guardians -----------------------------------------------------------------------------------------------------

    def _guardians(self, child: Child, known: KnownChild | None) -> bool:
        """Note what changes; whether anything does."""
        changed = False
        used: set[uuid.UUID] = set()
        for guardian in child.guardians:
            match = _match(guardian, known, used) if known else None
            if match is None:
                key = self._somebody(child, guardian)
                linked = known is not None and any(each.id == key for each in known.guardians)
                if key not in used and not linked:
                    relation = guardian.relation or Guardianship.Relation.OTHER.value
                    self.plan.links.linked.append((child.number, key, relation))
                    changed = True
                used.add(key)
                continue
            used.add(match.id)
            if guardian.relation and guardian.relation != match.relation:
                self.plan.links.relations[match.link] = guardian.relation
                changed = True
            if guardian.phone:
                changed |= self._phone(child, guardian, match)
        return changed

    def _somebody(self, child: Child, guardian: NamedGuardian) -> uuid.UUID:
        """Whoever has this name and number in the school or further up in the file, or a new person."""
        who = (guardian.name, guardian.phone)
        if guardian.phone and who in self.known.guardians:
            return self.known.guardians[who]
        if guardian.phone and who in self.new_guardians:
            return self.new_guardians[who]
        key = next(self.keys)
        self.plan.links.made[key] = who
        if guardian.phone:
            self.new_guardians[who] = key
        return key

    def _phone(self, child: Child, guardian: NamedGuardian, match: KnownGuardian) -> bool:
        wanted = self.wanted_phones.setdefault(match.id, (guardian.phone, child, guardian.slot))
        if wanted[0] != guardian.phone:
            self._refuse(
                child,
                f"{guardian.slot}.phone",
                guardian.phone,
                _("Row %(row)s gives the same guardian another number.") % {"row": wanted[1].row},
            )
        if guardian.phone == match.phone:
            return False
        self.plan.links.phones[match.id] = guardian.phone
        return True

    # -- the rest of the school ----------------------------------------------------------------------------------------

    def _who_has_left(self, children: list[Child]) -> None:
        """A class of this file is taken as whole: who sits in it and no longer stands in the file has left."""
        places = {self.known.classes.get(child.place) for child in children} - {None}
        self.plan.left = [
            known
            for known in self.known.children.values()
            if known.class_id in places and known.id not in self.taken and known.number not in self.numbers
        ]

    def _moves_ahead(self) -> None:
        """Whoever would change class or leave has no move entered for a day to come: a roster does not write over one."""
        moved = [change.known for change in self.plan.updated if "class" in change.fields]
        days = [self.known.ahead[each.id] for each in (*moved, *self.plan.left) if each.id in self.known.ahead]
        if days:
            raise FileRefused(
                ngettext(
                    "By this file %(count)d child would change class or leave for whom a move is entered up to"
                    " %(day)s. Import it after that day, or take the move back first.",
                    "By this file %(count)d children would change class or leave for whom moves are entered up to"
                    " %(day)s. Import it after that day, or take those moves back first.",
                    len(days),
                )
                % {"count": len(days), "day": max(days).isoformat()}
            )

    def _new_classes(self, children: list[Child]) -> None:
        wanted = Counter(child.place for child in children)
        self.plan.classes = sorted(place for place in wanted if place not in self.known.classes)


def _content(child: Child) -> tuple[object, ...]:
    return (child.name, child.sex, child.born_on, child.place, child.guardians)


def _match(guardian: NamedGuardian, known: KnownChild, used: set[uuid.UUID]) -> KnownGuardian | None:
    """The child's own guardian whom the row names: by name and number, else by name."""
    named = [each for each in known.guardians if each.name == guardian.name and each.id not in used]
    return next((each for each in named if each.phone == guardian.phone), named[0] if named else None)


def guardian_keys() -> Iterator[uuid.UUID]:
    """Keys of one plan: the first half drawn by chance, the second counted, so that they lie beside each other."""
    first, variant = uuid.uuid4().int >> 64 << 64, 0b10 << 62
    return (uuid.UUID(int=first | variant | number) for number in itertools.count(1))


def classes_in_words(plan: Plan) -> str:
    """The new classes, by name."""
    return _(", ").join(class_name(*place) for place in plan.classes)
