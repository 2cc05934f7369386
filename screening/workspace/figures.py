"""Publishing the district's figures: counted once a week, in one go for all schools, and only as far as they can be told."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping

from django.db import connection, transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone

from screening.assessments.models import Assessment
from screening.cases.enums import ACTIVE
from screening.cases.models import Case
from screening.levels import Level, Suggestion
from screening.referrals.enums import BEFORE_THE_LETTER
from screening.referrals.models import Referral
from screening.rounds.enums import RoundState
from screening.rounds.models import LevelCount, Round
from screening.workspace.models import DistrictTable, Subject
from xinqiao.disclosure import Key, suppressed_table, told_after
from xinqiao.school.models import School

COLUMNS: dict[str, list[str]] = {
    Subject.SCREENED: [
        *map(str, (Suggestion.HIGH, Suggestion.PRIORITY, Suggestion.GENERAL, Suggestion.NONE, Suggestion.UNKNOWN))
    ],
    Subject.CASES: [*map(str, (Level.HIGH, Level.PRIORITY, Level.GENERAL))],
    Subject.STEPS: ["done", "waiting", "referred"],
}
A_PATTERN_STANDS_FOR = datetime.timedelta(days=28)
"""In between, the same counts are told anew or none at all: a pattern that changes each week tells more than each week does."""
_LOCK = 0x58514449

Counts = dict[str, dict[str, int]]
"""By row (`school` or `school:round`) and column."""


@transaction.atomic
def publish_figures(now: datetime.datetime | None = None) -> list[DistrictTable]:
    """Count, hide what must be hidden, and publish; nothing where the day has its tables already."""
    now = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    today = timezone.localdate(now)
    counted = {Subject.SCREENED: _screened(), Subject.CASES: _cases(), Subject.STEPS: _steps()}
    made = [_publish(subject, counts, today, now) for subject, counts in counted.items()]
    return [table for table in made if table is not None]


def _publish(subject: Subject, counts: Counts, today: datetime.date, now: datetime.datetime) -> DistrictTable | None:
    standing = DistrictTable.objects.filter(subject=subject).first()
    if standing is not None and standing.as_of >= today:
        return None
    before = {_key(text): value for text, value in standing.last_told.items()} if standing else {}
    columns = COLUMNS[subject]
    whole: Mapping[str, Mapping[str, int]] = {
        row: {name: counts[row].get(name, 0) for name in columns} for row in counts
    }
    fresh = standing is None or today - standing.as_of >= A_PATTERN_STANDS_FOR
    stay_hidden = [] if fresh else [key for key in _keys(whole, columns) if _text(key) not in standing.told]
    shown = suppressed_table(whole, last_told=before, also_hidden=stay_hidden)
    told = {key: value for key, value in shown.values().items() if value is not None}
    if not fresh and {_text(key) for key in told} != set(standing.told):
        return None
    return DistrictTable.objects.create(
        subject=subject,
        as_of=today,
        made_at=now,
        rows=list(counts),
        columns=columns,
        told={_text(key): value for key, value in told.items()},
        last_told={_text(key): value for key, value in told_after(before, shown).items()},
    )


def _keys(counts: Mapping[str, Mapping[str, int]], columns: list[str]) -> list[Key]:
    cells = [("cell", row, column) for row in counts for column in columns]
    return [*cells, *(("row", row) for row in counts), *(("column", column) for column in columns), ("total",)]


def _text(key: Key) -> str:
    return "|".join(map(str, key))


def _key(text: str) -> Key:
    return tuple(text.split("|"))


# -- counting ------------------------------------------------------------------------------------------------------------


def _rows() -> Counts:
    return {str(pk): {} for pk in School.objects.order_by("pk").values_list("pk", flat=True)}


def _screened() -> Counts:
    """Children by what the first pass came to, in each school's newest round."""
    newest = {
        each.school_id: each.pk
        for each in Round.objects.exclude(state=RoundState.DRAFT).order_by("opens_on", "number").only("school_id")
    }
    counts: Counts = {f"{school}:{round_}": {} for school, round_ in sorted(newest.items())}
    rows = LevelCount.objects.filter(class_pass__round__in=newest.values())
    found = rows.values_list("class_pass__round__school", "class_pass__round", "level").annotate(Sum("children"))
    for school, round_, level, children in found.order_by():
        counts[f"{school}:{round_}"][level] = children
    return counts


def _cases() -> Counts:
    counts = _rows()
    active = Case.objects.filter(state__in=ACTIVE)
    for school, level, count in active.values_list("school", "level").annotate(Count("pk")).order_by():
        counts[str(school)][level] = count
    return counts


def _steps() -> Counts:
    counts = defaultdict(dict, _rows())
    done = Count("pk", filter=Q(state="completed"))
    for school, yes, all_ in Assessment.objects.values_list("school").annotate(done=done, all=Count("pk")).order_by():
        counts[str(school)] |= {"done": yes, "waiting": all_ - yes}
    letters = Referral.objects.exclude(state__in=BEFORE_THE_LETTER).filter(sent_at__isnull=False)
    for school, count in letters.values_list("case__school").annotate(Count("pk")).order_by():
        counts[str(school)]["referred"] = count
    return dict(counts)
