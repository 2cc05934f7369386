"""Taking an import back as a whole: what it changed is written down as it is made, and put back while nothing was built on it.

Kept are the ranges of new rows, and how the children who were there already stood before; of how they stood afterwards only a
fingerprint, by which it is seen whether anybody has changed them since.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Q

from xinqiao.audit.trail import record
from xinqiao.school.models import Enrolment, Guardian, Guardianship, School, SchoolClass, Student

KEPT_DAYS = 7
_STUDENT = ("id", "number", "name", "pinyin", "pinyin_initials", "sex", "born_on", "current_class_id")
_ENROLMENT = ("id", "student_id", "school_class_id", "starts_on", "ends_on", "begun_by_id", "ended_by_id")
_LINK = ("id", "student_id", "guardian_id", "relation", "restricted")
_WITH_ITS_CHILD = (Enrolment, Guardianship)
"""What an import itself makes beside a child."""


class SomethingBuiltOn(Exception):
    """Somebody changed what the import made, or something belongs to it by now. Nothing is changed."""


@dataclasses.dataclass
class WayBack:
    """What an import changed.

    Attributes:
        day: on which it was made; its new enrolments begin on it.
        created: ranges of the new children's keys, first and last.
        links: how many guardianships the new children were given.
        guardians: first and last key of the new guardians, and how many.
        before: children, enrolments and guardianships of those who were changed or left, by table.
        after: fingerprints of the same once it was done.
        left: the keys of those who left.
        phones: telephones before, by guardian.
        made_classes: keys of new classes.
        opened_classes: keys of classes that were opened again, with the day since which they had been closed.
    """

    day: str
    created: list[list[int]] = dataclasses.field(default_factory=list)
    links: int = 0
    guardians: list[str] = dataclasses.field(default_factory=list)
    guardian_count: int = 0
    before: dict[str, list[list[Any]]] = dataclasses.field(default_factory=dict)
    after: dict[str, str] = dataclasses.field(default_factory=dict)
    left: list[int] = dataclasses.field(default_factory=list)
    phones: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    made_classes: list[int] = dataclasses.field(default_factory=list)
    opened_classes: list[list[Any]] = dataclasses.field(default_factory=list)

    def as_text(self) -> str:
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> WayBack:
        return cls(**json.loads(text))

    @property
    def created_count(self) -> int:
        return sum(last - first + 1 for first, last in self.created)

    @property
    def touched(self) -> list[int]:
        """Those who were there already and were changed, or left."""
        return [row[0] for row in self.before.get("students", [])]

    def note_before(self, touched: list[int]) -> None:
        """Write down how these children stand."""
        if touched:
            self.before = {name: list(rows) for name, rows in _rows_of(touched)}

    def note_after(self) -> None:
        """And how they stand now that it is done."""
        if self.before:
            self.after = {name: _fingerprint(rows) for name, rows in _rows_of(self.touched)}


def ranges_of(keys: list[int]) -> list[list[int]]:
    """Keys as ranges; those of one import lie beside each other unless another school imports at the same moment."""
    ranges: list[list[int]] = []
    for key in keys:
        if ranges and ranges[-1][1] == key - 1:
            ranges[-1][1] = key
        else:
            ranges.append([key, key])
    return ranges


def _rows_of(students: list[int]) -> Iterator[tuple[str, Iterator[list[Any]]]]:
    yield "students", _plain(Student.objects.filter(pk__in=students).order_by("pk").values_list(*_STUDENT))
    yield "enrolments", _plain(Enrolment.objects.filter(student__in=students).order_by("pk").values_list(*_ENROLMENT))
    yield "links", _plain(Guardianship.objects.filter(student__in=students).order_by("pk").values_list(*_LINK))


def _plain(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[Any]]:
    for row in rows:
        yield [str(v) if isinstance(v, datetime.date | uuid.UUID) else v for v in row]


def _fingerprint(rows: Iterable[list[Any]]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row, ensure_ascii=False).encode())
    return digest.hexdigest()


# -- what it would do --------------------------------------------------------------------------------------------------


def _created_q(way: WayBack, name: str) -> Q:
    q = Q(pk__in=[])
    for first, last in way.created:
        q |= Q(**{f"{name}__gte": first, f"{name}__lte": last})
    return q


def is_untouched(way: WayBack, school: School) -> bool:
    """Whether all of it stands as the import left it, and nothing has come to belong to it."""
    return (
        Student.objects.filter(_created_q(way, "pk"), school=school).count() == way.created_count
        and _new_enrolments(way).count() == way.created_count
        and Enrolment.objects.filter(_created_q(way, "student_id")).count() == way.created_count
        and Guardianship.objects.filter(_created_q(way, "student_id")).count() == way.links
        and not any(_belongs(Student, _WITH_ITS_CHILD, lambda name: _created_q(way, name)))
        and _guardians_are_untouched(way, school)
        and all(_fingerprint(rows) == way.after[name] for name, rows in (_rows_of(way.touched) if way.before else ()))
        and all(guardian.phone == after for guardian, after in _phones_now(way))
    )


def _new_enrolments(way: WayBack) -> models.QuerySet[Enrolment]:
    return Enrolment.objects.filter(
        _created_q(way, "student_id"), starts_on=way.day, ends_on=None, begun_by=None, ended_by=None
    )


def _new_guardians(way: WayBack, school: School) -> models.QuerySet[Guardian]:
    if not way.guardians:
        return Guardian.objects.none()
    return Guardian.objects.filter(school=school, pk__range=tuple(way.guardians))


def _guardians_are_untouched(way: WayBack, school: School) -> bool:
    new = _new_guardians(way, school)
    theirs = Q(_created_q(way, "student_id")) | Q(student_id__in=way.touched)
    return (
        new.count() == way.guardian_count
        and not new.filter(user__isnull=False).exists()
        and not Guardianship.objects.filter(guardian__in=new).exclude(theirs).exists()
        and not any(_belongs(Guardian, (Guardianship,), lambda name: Q(**{f"{name}__in": new.values("pk")})))
    )


def _phones_now(way: WayBack) -> Iterator[tuple[Guardian, str]]:
    for guardian in Guardian.objects.filter(pk__in=list(way.phones)):
        yield guardian, way.phones[str(guardian.pk)][1]


def _belongs(model: type[models.Model], but: tuple[type[models.Model], ...], of: Any) -> Iterator[bool]:
    """For each table that refers to the model, whichever app it is of: whether a row refers to what is to go."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not (relation.one_to_many or relation.one_to_one) or relation.concrete or relation.related_model in but:
            continue
        yield relation.related_model._base_manager.filter(of(relation.field.attname)).exists()


@dataclasses.dataclass(frozen=True)
class Preview:
    """Exactly what would be taken back.

    Attributes:
        created: the first of the children who would go: number, name.
        changed: the first of those who would be as before: number and name now, and how they were called.
        left: the first of those who would come back.
    """

    possible: bool
    created_count: int
    created: list[Student]
    changed_count: int
    changed: list[dict[str, Any]]
    left_count: int
    left: list[dict[str, Any]]
    guardians: int
    classes: int


def preview_of(way: WayBack, school: School, shown: int = 200) -> Preview:
    """What taking it back would do, and whether it can be done."""
    left = set(way.left)
    before = [dict(zip(_STUDENT, row, strict=True)) for row in way.before.get("students", [])]
    changed, gone = [row for row in before if row["id"] not in left], [row for row in before if row["id"] in left]
    return Preview(
        possible=is_untouched(way, school),
        created_count=way.created_count,
        created=list(Student.objects.filter(_created_q(way, "pk"), school=school).order_by("number")[:shown]),
        changed_count=len(changed),
        changed=_with_fields(changed[:shown]),
        left_count=len(gone),
        left=gone[:shown],
        guardians=way.guardian_count,
        classes=len(way.made_classes) + len(way.opened_classes),
    )


_FIELDS = ("number", "name", "sex", "born_on", "current_class_id")


def _with_fields(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What of each child would be as before; nothing named where only guardians would."""
    now = {row[0]: row for row in _plain(Student.objects.filter(pk__in=[r["id"] for r in rows]).values_list(*_STUDENT))}
    for row in rows:
        is_now = dict(zip(_STUDENT, now.get(row["id"], [None] * len(_STUDENT)), strict=True))
        row["fields"] = [
            name.removeprefix("current_").removesuffix("_id") for name in _FIELDS if row[name] != is_now[name]
        ]
        row["fields"] = row["fields"] or ["guardians"]
    return rows


# -- doing it ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def take_back(*, school: School, way: WayBack, by: Any, target: models.Model) -> None:
    """Remove what the import made and put back what it changed.

    Raises:
        SomethingBuiltOn
    """
    School.objects.select_for_update(of=("self",)).get(pk=school.pk)
    if not is_untouched(way, school):
        raise SomethingBuiltOn
    for model in (Guardianship, Enrolment):
        _delete(model.objects.filter(_created_q(way, "student_id")))
    # Whoever is put back comes before the rows go that make room: a number or a class may be needed again.
    _delete(Student.objects.filter(_created_q(way, "pk")))
    if way.before:
        _put_back(way)
    _delete(_new_guardians(way, school))
    for guardian, _after in list(_phones_now(way)):
        guardian.phone = way.phones[str(guardian.pk)][0]
        guardian.save(update_fields=["phone"])
    _close_classes(way)
    details = {"removed": way.created_count, "put_back": len(way.touched)}
    record(actor=by, action="roster.undo", target=target, details=details)


def _put_back(way: WayBack) -> None:
    students, enrolments, links = (way.before[name] for name in ("students", "enrolments", "links"))
    touched = way.touched
    _delete(Guardianship.objects.filter(student__in=touched).exclude(pk__in=[row[0] for row in links]))
    _delete(Enrolment.objects.filter(student__in=touched).exclude(pk__in=[row[0] for row in enrolments]))
    with connection.cursor() as cursor:
        # Numbers may change places: a unique constraint that is held row by row would refuse what is right in the end.
        cursor.execute("UPDATE school_student SET number = '~' || id WHERE id = ANY(%s)", [touched])
    _update(Student, _STUDENT, students)
    _update(Enrolment, _ENROLMENT, enrolments)
    _update(Guardianship, _LINK, links)


def _update(model: type[models.Model], names: tuple[str, ...], rows: list[list[Any]]) -> None:
    """Each row as it was, in one statement."""
    if not rows:
        return
    fields = [next(f for f in model._meta.concrete_fields if f.attname == name) for name in names]
    quote = connection.ops.quote_name
    kinds = [_array_kind(field) for field in fields]
    columns = [quote(field.column) for field in fields]
    assigned = ", ".join(f"{column} = n.{column}" for column in columns[1:])
    arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(model._meta.db_table)} t SET {assigned}"  # noqa: S608 - names of our own tables
            f" FROM unnest({arrays}) AS n({', '.join(columns)}) WHERE t.id = n.id",
            [list(column) for column in zip(*rows, strict=True)],
        )


def _array_kind(field: models.Field) -> str:
    """PostgreSQL's name for what the column holds, without its length."""
    return (field.rel_db_type(connection) or field.db_type(connection)).split("(")[0]


def _delete(rows: models.QuerySet[Any]) -> None:
    """Without asking who refers to them: that was asked, and the database asks again."""
    rows._raw_delete(rows.db)


def _close_classes(way: WayBack) -> None:
    empty = SchoolClass.objects.filter(current_students=None)
    for key, closed_on in way.opened_classes:
        empty.filter(pk=key).update(closed_on=closed_on)
    for school_class in empty.filter(pk__in=way.made_classes):
        if not any(_belongs(SchoolClass, (), lambda name, pk=school_class.pk: Q(**{name: pk}))):
            school_class.delete()
