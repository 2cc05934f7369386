"""Writing a plan into the directory: all or nothing, in bulk, with one entry on the trail."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
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
from xinqiao.school.roster.bulk import Writer, cell, next_ids, table, text
from xinqiao.school.roster.known import directory_of
from xinqiao.school.roster.pause import gc_paused
from xinqiao.school.roster.pinyin import pinyin_of_many
from xinqiao.school.roster.plan import Decisions, Plan, make_plan
from xinqiao.school.roster.rows import Child, Read, read_roster
from xinqiao.school.roster.way_back import WayBack, ranges_of


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
    way_back: Callable[[WayBack], None] | None = None,
) -> Plan:
    """Take the roster over if it has no error; what was done, or the plan with its errors and nothing done.

    Args:
        expected: the counts that were shown; where the directory has changed since, nothing is done.
        way_back: told in the same transaction how all of it can be taken back.

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
                way = WayBack(day=today.isoformat())
                _write(school, plan, today, way)
                if way_back is not None:
                    way_back(way)
            record(actor=by, action="roster.import", target=school, details={**plan.counts(), "rows": plan.rows})
    return plan


class DirectoryChanged(Exception):
    """Between the dry run and now somebody else changed the directory."""


def _write(school: School, plan: Plan, today: datetime.date, way: WayBack) -> None:
    classes = _classes(school, plan, way)
    keys = next_ids(Student, len(plan.created))
    way.created = ranges_of(keys)
    way.left = [known.id for known in plan.left]
    way.note_before([change.known.id for change in plan.updated] + way.left)
    ids = {child.number: pk for child, pk in zip(plan.created, keys, strict=True)}
    sounds = pinyin_of_many([child.name for child in plan.created] + [change.child.name for change in plan.updated])
    with Writer() as writer:
        _write_children(writer, school, plan, ids, sounds, classes, today)
        for change in plan.updated:
            ids[change.child.number] = change.known.id
        _write_guardians(writer, school, plan, ids, way)
        writer.wait()
        _update_children(plan, sounds, classes)
        _move(plan, classes, today)
        _update_guardians(plan)
    way.note_after()


def _write_children(
    writer: Writer,
    school: School,
    plan: Plan,
    ids: dict[str, int],
    sounds: dict[str, tuple[str, str]],
    classes: dict[tuple[int, int], int],
    today: datetime.date,
) -> None:
    def line(c: Child) -> str:
        pinyin, initials = sounds[c.name]
        number, name, born_on = text(c.number), text(c.name), cell(c.born_on)
        return (
            f"{ids[c.number]}\t{school.pk}\t{number}\t{name}\t{text(pinyin)}\t{text(initials)}\t{c.sex}\t{born_on}"
            f"\t{classes[c.place]}"
        )

    fields = ("id", "school", "number", "name", "pinyin", "pinyin_initials", "sex", "born_on", "current_class")
    writer.copy(Student, fields, map(line, plan.created))
    writer.copy(
        Enrolment,
        ("student", "school_class", "starts_on"),
        (f"{ids[c.number]}\t{classes[c.place]}\t{today}" for c in plan.created),
    )


def _classes(school: School, plan: Plan, way: WayBack) -> dict[tuple[int, int], int]:
    """The classes by grade and number; those that are new are made, and those that were closed are opened again."""
    wanted = {grade for grade, _number in plan.classes} - set(_grades(school))
    Grade.objects.bulk_create((Grade(school=school, number=number) for number in wanted), ignore_conflicts=True)
    grades = _grades(school)
    of_school = SchoolClass.objects.filter(grade__school=school)
    closed = {
        (each.grade.number, each.number): each for each in of_school.exclude(closed_on=None).select_related("grade")
    }
    opened = [closed[place] for place in plan.classes if place in closed]
    way.opened_classes = [[each.pk, each.closed_on.isoformat()] for each in opened]
    of_school.filter(pk__in=[each.pk for each in opened]).update(closed_on=None)
    made = SchoolClass.objects.bulk_create(
        SchoolClass(grade=grades[grade], number=number)
        for grade, number in plan.classes
        if (grade, number) not in closed
    )
    way.made_classes = [each.pk for each in made]
    rows = of_school.values_list("grade__number", "number", "id")
    return {(grade, number): pk for grade, number, pk in rows}


def _grades(school: School) -> dict[int, Grade]:
    return {grade.number: grade for grade in Grade.objects.filter(school=school)}


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
                f"UPDATE {table(Student)} SET number = '~' || id WHERE id = ANY(%s)",  # noqa: S608 - our own table
                [renumbered],
            )
        cursor.execute(
            f"UPDATE {table(Student)} s SET number = n.number, name = n.name, pinyin = n.pinyin,"  # noqa: S608
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
            f"UPDATE {table(Enrolment)} e SET school_class_id = n.class_id, ends_on = NULL, begun_by_id = NULL"  # noqa: S608 - our own table
            " FROM unnest(%s::bigint[], %s::bigint[]) AS n(id, class_id) WHERE e.id = n.id",
            [list(corrected.values()), [moved[student] for student in corrected]],
        )
    going = [*left, *(student for student in moved if student not in corrected)]
    yesterday = today - datetime.timedelta(days=1)
    open_ones.filter(student__in=going, starts_on__lt=today).update(ends_on=yesterday)
    open_ones.filter(student__in=left, starts_on__gte=today).update(ends_on=models.F("starts_on"))
    Enrolment.objects.bulk_create(
        (
            Enrolment(student_id=student, school_class_id=place, starts_on=today)
            for student, place in moved.items()
            if student not in corrected
        ),
        batch_size=2000,
    )
    Student.objects.filter(pk__in=left).update(current_class=None)


def _write_guardians(writer: Writer, school: School, plan: Plan, ids: dict[str, int], way: WayBack) -> None:
    """New guardians, each telephone sealed to its row, and who they belong to."""
    links, secrets = plan.links, _secrets()
    writer.copy(
        Guardian,
        ("id", "school", "name", *_secret_columns()),
        (
            "\t".join((str(key), str(school.pk), text(name), *secrets(key, phone)))
            for key, (name, phone) in links.made.items()
        ),
    )
    writer.copy(
        Guardianship,
        ("student", "guardian", "relation", "restricted"),
        (f"{ids[number]}\t{key}\t{relation}\tf" for number, key, relation in links.linked),
    )
    if links.made:
        # The keys of one plan follow each other (`plan.guardian_keys`).
        way.guardians, way.guardian_count = [str(min(links.made)), str(max(links.made))], len(links.made)
    new = {child.number for child in plan.created}
    way.links = sum(number in new for number, _key, _relation in links.linked)
    before = {each.id: each.phone for change in plan.updated for each in change.known.guardians}
    way.phones = {str(key): [before[key], phone] for key, phone in links.phones.items()}


def _update_guardians(plan: Plan) -> None:
    links, secrets = plan.links, _secrets()
    with connection.cursor() as cursor:
        assigned = ", ".join(f"{connection.ops.quote_name(name)} = %s" for name in _secret_columns())
        for key, phone in links.phones.items():
            cursor.execute(f"UPDATE {table(Guardian)} SET {assigned} WHERE id = %s", [*secrets(key, phone), key])  # noqa: S608
        if links.relations:
            cursor.execute(
                f"UPDATE {table(Guardianship)} g SET relation = n.relation"  # noqa: S608 - our own table
                " FROM unnest(%s::bigint[], %s::text[]) AS n(id, relation) WHERE g.id = n.id",
                [list(links.relations), list(links.relations.values())],
            )


def _secret_columns() -> tuple[str, ...]:
    return ("phone", *(index.name for index in indexes_of(Guardian)))


def _secrets() -> Callable[[uuid.UUID, str], tuple[str, ...]]:
    """A function of (guardian's key, telephone) that gives the telephone as it is stored, and whatever finds it."""
    seal, ring, indexes = sealer(Guardian, "phone"), key_ring(), indexes_of(Guardian)
    return lambda key, phone: (seal(key, phone), *(index.made_from(phone, ring) for index in indexes))
