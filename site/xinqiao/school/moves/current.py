"""Which class a child sits in today follows from the dated enrolments: one statement, for some children or for all due."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from xinqiao.school.models import Enrolment, School

LOOK_BACK_DAYS = 31
"""The nightly job mends what began or ended in so many days: a server that stood still for a holiday catches up."""

_REFRESH = """
    UPDATE school_student child SET current_class_id = held.class_id
    FROM (
        SELECT student.id, enrolment.school_class_id AS class_id FROM school_student student
        LEFT JOIN school_enrolment enrolment ON enrolment.student_id = student.id
            AND enrolment.starts_on <= %(today)s
            AND (enrolment.ends_on IS NULL OR enrolment.ends_on >= %(today)s)
        WHERE student.id = ANY(%(students)s)
    ) held
    WHERE child.id = held.id AND child.current_class_id IS DISTINCT FROM held.class_id
"""


def refresh_current_class(students: Iterable[int], today: datetime.date | None = None) -> int:
    """Set `current_class` of these children (ids) to what their enrolments say of today; how many changed."""
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, {"today": today or timezone.localdate(), "students": list(students)})
        return cursor.rowcount


@transaction.atomic
def apply_due_moves(today: datetime.date | None = None) -> int:
    """On its day a move that was entered ahead takes effect; how many children sit elsewhere now."""
    today = today or timezone.localdate()
    since = today - datetime.timedelta(days=LOOK_BACK_DAYS)
    due = Enrolment.objects.filter(
        Q(starts_on__gt=since, starts_on__lte=today) | Q(ends_on__gte=since, ends_on__lt=today)
    )
    return refresh_current_class(due.values_list("student", flat=True).distinct(), today)


def locked(school: School) -> School:
    """One change of a school's directory at a time, an import included. Records that only name the school do not wait."""
    return School.objects.select_for_update(of=("self",), no_key=True).get(pk=school.pk)
