"""Moving many children at once, in a handful of statements however many they are."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db import connection

from xinqiao.school.models import Enrolment, Move
from xinqiao.school.moves.current import refresh_current_class

_BEGIN = """
    INSERT INTO school_enrolment (student_id, school_class_id, starts_on, begun_by_id)
    SELECT ended.student_id, follows.class_id, %(on)s, %(move)s FROM school_enrolment ended
    JOIN unnest(%(before)s::bigint[], %(after)s::bigint[]) AS follows(before_id, class_id)
        ON follows.before_id = ended.school_class_id
    WHERE ended.ended_by_id = %(move)s AND follows.class_id IS NOT NULL
"""


def move_all(
    *,
    move: Move,
    to: dict[int, int | None],
    only: Iterable[int] | None = None,
    today: datetime.date | None = None,
) -> None:
    """Whoever sits in one of the classes since before the move's day sits from the day on in the one that follows.

    Args:
        to: the class that follows, by class; None where the children leave.
        only: just these children.
    """
    going = Enrolment.objects.filter(school_class__in=list(to), ends_on=None, starts_on__lt=move.on)
    if only is not None:
        going = going.filter(student__in=list(only))
    move.children = going.update(ends_on=move.on - datetime.timedelta(days=1), ended_by=move)
    with connection.cursor() as cursor:
        cursor.execute(
            _BEGIN, {"on": move.on, "move": move.pk, "before": list(to), "after": [to[before] for before in to]}
        )
    refresh_current_class(Enrolment.objects.filter(ended_by=move).values_list("student", flat=True), today)
    move.save(update_fields=["children"])
