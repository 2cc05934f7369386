"""Writing a plan into the directory: all or nothing, in bulk, with one entry on the trail."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.audit.trail import record
from xinqiao.crypto.fields import sealer
from xinqiao.crypto.index import indexes_of
from xinqiao.crypto.keyring import key_ring
from xinqiao.school.models import Enrolment, Grade, Guardian, Guardianship, School, SchoolClass, Student
from xinqiao.school.roster.known import directory_of
from xinqiao.school.roster.pause import gc_paused
from xinqiao.school.roster.pinyin import pinyin_of_many
from xinqiao.school.roster.plan import Decisions, Plan, make_plan
from xinqiao.school.roster.rows import Read, read_roster


def dry_run(
    *,
    school: School,
    path: Path,
    by: Any | None,
    decisions: Decisions | None = None,
    today: datetime.date | None = None,
    progress: Callable[[int], None] | None = None,
) -> Plan:
    """What the file would change; nothing is written.

    Args:
        by: whose file it is; None for the command line.

    Raises:
        NotPermitted: importing is not this person's duty in this school.
        FileRefused: the file cannot be read as a roster.
    """
    if by is not None:
        require(by, Capability.IMPORT_ROSTER, school)
    with gc_paused():
        read = read_roster(path, today=today or timezone.localdate(), progress=progress)
        return make_plan(read=read, known=directory_of(school), decisions=decisions or {})


def import_roster(
    *,
    school: School,
    path: Path,
    by: Any | None,
    decisions: Decisions | None = None,
    expected: dict[str, int] | None = None,
    today: datetime.date | None = None,
    progress: Callable[[int], None] | None = None,
) -> Plan:
    """Take the roster over if it has no error; what was done, or the plan with its errors and nothing done.

    Args:
        expected: the counts that were shown; where the directory has changed since, nothing is done.

    Raises:
        NotPermitted, FileRefused: as in `dry_run`.
        DirectoryChanged: the outcome would not be the one that was shown.
    """
    if by is not None:
        require(by, Capability.IMPORT_ROSTER, school)
    today = today or timezone.localdate()
    with gc_paused():
        read: Read = read_roster(path, today=today, progress=progress)
        with transaction.atomic():
            # One import of a school at a time; the others find what it has done.
            School.objects.select_for_update(of=("self",)).get(pk=school.pk)
            plan = make_plan(read=read, known=directory_of(school), decisions=decisions or {})
            if not plan.can_be_applied:
                return plan
            if expected is not None and plan.counts() != expected:
                raise DirectoryChanged
            if not plan.changes_nothing:
                _write(school, plan, today)
            record(actor=by, action="roster.import", target=school, details={**plan.counts(), "rows": plan.rows})
    return plan


class DirectoryChanged(Exception):
    """Between the dry run and now somebody else changed the directory."""


def _write(school: School, plan: Plan, today: datetime.date) -> None:
    classes = _classes(school, plan)
    ids = {child.number: pk for child, pk in zip(plan.created, _next_ids(Student, len(plan.created)), strict=True)}
    sounds = pinyin_of_many([child.name for child in plan.created] + [change.child.name for change in plan.updated])
    _copy(
        Student,
        ("id", "school", "number", "name", "pinyin", "pinyin_initials", "sex", "born_on", "current_class"),
        (
            (ids[c.number], school.pk, c.number, c.name, *sounds[c.name], c.sex, c.born_on, classes[c.place])
            for c in plan.created
        ),
    )
    _update_children(plan, sounds, classes)
    _move(plan, classes, today)
    _copy(
        Enrolment,
        ("student", "school_class", "starts_on", "ends_on"),
        ((ids[c.number], classes[c.place], today, None) for c in plan.created),
    )
    for change in plan.updated:
        ids[change.child.number] = change.known.id
    _write_guardians(school, plan, ids)


def _classes(school: School, plan: Plan) -> dict[tuple[int, int], int]:
    """The classes by grade and number; those that are new are made."""
    for grade, number in plan.classes:
        # One that was closed is opened again.
        SchoolClass.objects.update_or_create(
            grade=Grade.objects.get_or_create(school=school, number=grade)[0],
            number=number,
            defaults={"closed_on": None},
        )
    rows = SchoolClass.objects.filter(grade__school=school).values_list("grade__number", "number", "id")
    return {(grade, number): pk for grade, number, pk in rows}


def _update_children(plan: Plan, sounds: dict[str, tuple[str, str]], classes: dict[tuple[int, int], int]) -> None:
    changed = [change for change in plan.updated if set(change.fields) - {"guardians"}]
    if not changed:
        return
    rows = [
        (
            change.known.id,
            change.child.number,
            change.child.name,
            *sounds[change.child.name],
            change.child.sex or change.known.sex,
            change.child.born_on or change.known.born_on,
            classes[change.child.place],
        )
        for change in changed
    ]
    # Numbers may change places: a unique constraint that is held row by row would refuse what is right in the end.
    renumbered = [change.known.id for change in changed if "number" in change.fields]
    with connection.cursor() as cursor:
        if renumbered:
            cursor.execute(
                f"UPDATE {_table(Student)} SET number = '~' || id WHERE id = ANY(%s)",  # noqa: S608 - our own table
                [renumbered],
            )
        cursor.execute(
            f"UPDATE {_table(Student)} s SET number = n.number, name = n.name, pinyin = n.pinyin,"  # noqa: S608
            " pinyin_initials = n.initials, sex = n.sex, born_on = n.born_on, current_class_id = n.class_id"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[],"
            " %s::bigint[]) AS n(id, number, name, pinyin, initials, sex, born_on, class_id) WHERE s.id = n.id",
            [list(column) for column in zip(*rows, strict=True)],
        )


def _move(plan: Plan, classes: dict[tuple[int, int], int], today: datetime.date) -> None:
    """End the enrolments of those who moved or left, and begin the new ones; what began today is corrected in place."""
    moved = {change.known.id: classes[change.child.place] for change in plan.updated if "class" in change.fields}
    left = [known.id for known in plan.left]
    if not moved and not left:
        return
    open_ones = Enrolment.objects.filter(ends_on=None)
    # What a roster ended earlier today goes on, too. It is no longer what a move began: that one cannot be taken back.
    begun_today = Enrolment.objects.filter(student__in=list(moved), starts_on__gte=today)
    corrected = dict(begun_today.values_list("student_id", "id"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_table(Enrolment)} e SET school_class_id = n.class_id, ends_on = NULL, begun_by_id = NULL"  # noqa: S608 - our own table
            " FROM unnest(%s::bigint[], %s::bigint[]) AS n(id, class_id) WHERE e.id = n.id",
            [list(corrected.values()), [moved[student] for student in corrected]],
        )
    going = [*left, *(student for student in moved if student not in corrected)]
    yesterday = today - datetime.timedelta(days=1)
    open_ones.filter(student__in=going, starts_on__lt=today).update(ends_on=yesterday)
    open_ones.filter(student__in=left, starts_on__gte=today).update(ends_on=models.F("starts_on"))
    _copy(
        Enrolment,
        ("student", "school_class", "starts_on", "ends_on"),
        ((student, place, today, None) for student, place in moved.items() if student not in corrected),
    )
    Student.objects.filter(pk__in=left).update(current_class=None)


def _write_guardians(school: School, plan: Plan, ids: dict[str, int]) -> None:
    links = plan.links
    seal, ring, indexes = sealer(Guardian, "phone"), key_ring(), indexes_of(Guardian)
    columns = ("phone", *(index.name for index in indexes))

    def secrets(key: uuid.UUID, phone: str) -> tuple[str, ...]:
        """The telephone as it is stored, and whatever finds it."""
        return seal(key, phone), *(index.made_from(phone, ring) for index in indexes)

    _copy(
        Guardian,
        ("id", "school", "user", "name", *columns),
        ((key, school.pk, None, name, *secrets(key, phone)) for key, (name, phone) in links.made.items()),
    )
    _copy(
        Guardianship,
        ("student", "guardian", "relation", "restricted"),
        ((ids[number], key, relation, False) for number, key, relation in links.linked),
    )
    with connection.cursor() as cursor:
        assigned = ", ".join(f"{connection.ops.quote_name(name)} = %s" for name in columns)
        for key, phone in links.phones.items():
            cursor.execute(f"UPDATE {_table(Guardian)} SET {assigned} WHERE id = %s", [*secrets(key, phone), key])  # noqa: S608
        if links.relations:
            cursor.execute(
                f"UPDATE {_table(Guardianship)} g SET relation = n.relation"  # noqa: S608 - our own table
                " FROM unnest(%s::bigint[], %s::text[]) AS n(id, relation) WHERE g.id = n.id",
                [list(links.relations), list(links.relations.values())],
            )


# -- writing many rows -------------------------------------------------------------------------------------------------


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _next_ids(model: type[models.Model], count: int) -> list[int]:
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, count],
        )
        return [row[0] for row in cursor.fetchall()]


def _copy(model: type[models.Model], fields: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    columns = ", ".join(connection.ops.quote_name(model._meta.get_field(name).column) for name in fields)
    with connection.cursor() as cursor, cursor.copy(f"COPY {_table(model)} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
