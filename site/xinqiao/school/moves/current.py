"""Which class a child sits in today follows from the dated enrolments: one statement, for some children or for all due."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from xinqiao.school.models import Enrolment, School, Student

LOOK_BACK_DAYS = 31
"""The nightly job mends what began or ended in so many days: a server that stood still for a holiday catches up."""


def in_force(day: datetime.date) -> Q:
    """Enrolments that hold on the day."""
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def refresh_current_class(students: Iterable[Any] | QuerySet, today: datetime.date | None = None) -> int:
    """Set `current_class` of these children (ids) to what their enrolments say of today; how many changed."""
    today = today or timezone.localdate()
    held = Enrolment.objects.filter(in_force(today), student=OuterRef("pk")).values("school_class")[:1]
    return (
        Student.objects.filter(pk__in=students)
        .alias(held=Subquery(held))
        .exclude(Q(current_class=F("held")) | Q(current_class__isnull=True, held__isnull=True))
        .update(current_class=Subquery(held))
    )


@transaction.atomic
def apply_due_moves(today: datetime.date | None = None) -> int:
    """On its day a move that was entered ahead takes effect; how many children sit elsewhere now."""
    today = today or timezone.localdate()
    since = today - datetime.timedelta(days=LOOK_BACK_DAYS)
    due = Enrolment.objects.filter(
        Q(starts_on__gt=since, starts_on__lte=today) | Q(ends_on__gte=since, ends_on__lt=today)
    )
    return refresh_current_class(due.values("student"), today)


def locked(school: School) -> School:
    """One change of a school's directory at a time, an import included. Records that only name the school do not wait."""
    return School.objects.select_for_update(of=("self",), no_key=True).get(pk=school.pk)
