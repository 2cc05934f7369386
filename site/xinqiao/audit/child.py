"""Who saw one child's records: every entry of the trail that concerns the child, by act and by person."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from django.db.models import Case, CharField, Count, Max, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from xinqiao.audit.models import AuditEntry

# By the verb after the dot: what is named `read...` was read, `export...` left the house as paper or file.
_READ, _OUT = Q(action__regex=r"\.read"), Q(action__regex=r"\.(export|print)")
SORTS = {"read": _("Read"), "out": _("Printed or taken out"), "written": _("Written or changed")}


# A level is never shown beside a name outside of the case's own pages.
_LEVELS = {"level", "from", "to", "determined", "suggested", "overruled", "signs"}


@dataclasses.dataclass(frozen=True)
class Person:
    """What one person did with the child's records; without a name it was the system."""

    name: str
    read: int
    out: int
    written: int
    last: datetime.datetime


def of_child(student_id: int) -> QuerySet[AuditEntry]:
    """The child's entries, the newest first; each with `sort`, a key of SORTS."""
    return AuditEntry.objects.filter(student_id=student_id).annotate(
        sort=Case(
            When(_OUT, then=Value("out")),
            When(_READ, then=Value("read")),
            default=Value("written"),
            output_field=CharField(),
        )
    )


def facts_beside_a_name(details: dict[str, Any]) -> dict[str, Any]:
    """The facts of an act that may stand on a page with the child's name."""
    return {name: value for name, value in details.items() if name not in _LEVELS}


def people_of(entries: QuerySet[AuditEntry]) -> list[Person]:
    """Each person once, whoever acted last first."""
    rows = (
        entries.order_by()
        .values("actor")
        .annotate(
            name=Max(Coalesce(NullIf("actor__display_name", Value("")), "actor__username")),
            read=Count("pk", filter=Q(sort="read")),
            out=Count("pk", filter=Q(sort="out")),
            written=Count("pk", filter=Q(sort="written")),
            last=Max("at"),
        )
        .order_by("-last")
    )
    return [Person(row["name"] or "", row["read"], row["out"], row["written"], row["last"]) for row in rows]
