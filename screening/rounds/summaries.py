"""Counts a class and level: written with each submission and amendment, and rebuilt from the responses."""

from collections import Counter

from django.db import transaction
from django.db.models import Count

from screening.rounds.enums import ResponseState
from screening.rounds.models import ClassPass, LevelCount, Response, Round


def write_counts(class_pass: ClassPass, levels: Counter[str]) -> None:
    """Replace the counts of one pass."""
    LevelCount.objects.filter(class_pass=class_pass).delete()
    LevelCount.objects.bulk_create(
        LevelCount(class_pass=class_pass, level=level, children=children) for level, children in sorted(levels.items())
    )


def count(class_pass: ClassPass) -> Counter[str]:
    """What the responses of a pass come to now."""
    return Counter(
        dict(
            Response.objects.filter(class_pass=class_pass, state=ResponseState.SUBMITTED)
            .values_list("level")
            .annotate(Count("pk"))
            .order_by()
        )
    )


@transaction.atomic
def rebuild(round_: Round) -> int:
    """Make all counts of a round anew. Returns how many passes were counted."""
    rows = (
        Response.objects.filter(class_pass__round=round_, state=ResponseState.SUBMITTED)
        .values_list("class_pass", "level")
        .annotate(children=Count("pk"))
        .order_by()
    )
    LevelCount.objects.filter(class_pass__round=round_).delete()
    made = LevelCount.objects.bulk_create(
        LevelCount(class_pass_id=pass_id, level=level, children=children) for pass_id, level, children in rows
    )
    return len({row.class_pass_id for row in made})
