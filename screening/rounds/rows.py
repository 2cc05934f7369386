"""The class form's rows: each child of the class with what is marked so far. Two queries, however many children."""

from __future__ import annotations

import dataclasses

from screening.instruments.answers import seen
from screening.instruments.schema import Definition
from screening.levels import Domain
from screening.rounds.enums import NOTHING_UNUSUAL, Considered
from screening.rounds.models import ClassPass, Response
from xinqiao.accounts.models import User
from xinqiao.consents.enums import ConsentKind
from xinqiao.consents.standing import left_out
from xinqiao.school.models import Student


@dataclasses.dataclass(frozen=True)
class Row:
    """One child in the form.

    Attributes:
        counts: signs seen in each domain, in the order of the columns.
        packed: `code:option` pairs as the script reads them.
        note: the sentence for the counselor, where it is this reader's own.
        left_out: there is no guardian's consent, so the child is not screened.
    """

    student: Student
    response: Response | None
    counts: list[tuple[Domain, int]]
    packed: str
    note: str = ""
    left_out: bool = False

    @property
    def version(self) -> int:
        return self.response.version if self.response else 0

    @property
    def considered(self) -> str:
        return self.response.considered if self.response else ""

    @property
    def told(self) -> bool:
        """The counselor has been told of this child."""
        return self.response is not None and self.response.told_at is not None

    @property
    def marked(self) -> bool:
        return self.considered == Considered.MARKED

    @property
    def fine(self) -> bool:
        return self.considered in NOTHING_UNUSUAL

    @property
    def absent(self) -> bool:
        return self.considered == Considered.ABSENT

    @property
    def signs(self) -> int:
        return sum(count for _domain, count in self.counts)


@dataclasses.dataclass(frozen=True)
class Progress:
    total: int
    marked: int
    confirmed: int

    @property
    def considered(self) -> int:
        return self.marked + self.confirmed

    @property
    def left(self) -> int:
        return self.total - self.considered


def rows_of(class_pass: ClassPass, reader: User) -> list[Row]:
    """The class's children by number. After submission those whom it was about, wherever they sit now."""
    definition = class_pass.round.instrument_version.parsed
    responses = {
        row.student_id: row for row in Response.objects.current().filter(class_pass=class_pass).defer("reason")
    }
    students = Student.objects.order_by("number")
    if class_pass.submitted:
        students = students.filter(pk__in=list(responses))
    else:
        students = students.filter(current_class=class_pass.school_class_id).annotate(
            left_out=left_out(ConsentKind.SCREENING)
        )
    return [_row(student, responses.get(student.pk), definition, reader) for student in students]


def _row(student: Student, response: Response | None, definition: Definition, reader: User) -> Row:
    marked = seen(definition, response.unpacked) if response else {}
    counts = [(domain, 0) for domain in Domain]
    if marked:
        counts = [(domain, sum(item.code in marked for item in definition.of_domain(domain))) for domain in Domain]
    return Row(
        student=student,
        response=response,
        counts=counts,
        packed=",".join(f"{code}:{option}" for code, option in marked.items()),
        note=response.note_for(reader) if response else "",
        left_out=getattr(student, "left_out", False),
    )


def progress_of(rows: list[Row]) -> Progress:
    rows = [row for row in rows if not row.left_out]
    return Progress(
        total=len(rows),
        marked=sum(row.marked for row in rows),
        confirmed=sum(row.fine or row.absent for row in rows),
    )
