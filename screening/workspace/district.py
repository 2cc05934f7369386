"""What a district officer sees of each school: completion, and counts in which no child can be found."""

from __future__ import annotations

import dataclasses
from collections import defaultdict

from django.db.models import Count, Q, Sum

from screening.assessments.models import Assessment
from screening.cases.enums import ACTIVE
from screening.cases.models import Case
from screening.levels import Level, Suggestion
from screening.referrals.enums import BEFORE_THE_LETTER
from screening.referrals.models import Referral
from screening.rounds.enums import PassState, RoundState
from screening.rounds.models import LevelCount, Round
from xinqiao.disclosure import Shown, alone, suppressed
from xinqiao.school.models import School

LEVELS = [Suggestion.HIGH, Suggestion.PRIORITY, Suggestion.GENERAL, Suggestion.NONE, Suggestion.UNKNOWN]
CASES = [Level.HIGH, Level.PRIORITY, Level.GENERAL]


@dataclasses.dataclass(frozen=True)
class SchoolLine:
    """One school. There is no sum over schools: it would give hidden counts back.

    Attributes:
        round: its newest round; None where there was none yet.
        screened: children by what the first pass came to.
        assessed: second assessments, done and waiting.
        cases: active ones by level.
        referred: letters that left the school.
    """

    school: School
    round: Round | None
    submitted: int
    classes: int
    screened: Shown[Suggestion]
    assessed: Shown[str]
    cases: Shown[Level]
    referred: int | None


def school_lines() -> list[SchoolLine]:
    """All schools of the district; six queries however many there are."""
    rounds = {
        each.school_id: each
        for each in Round.objects.exclude(state=RoundState.DRAFT)
        .select_related("term")
        .annotate(classes=Count("passes"), done=Count("passes", filter=Q(passes__state=PassState.SUBMITTED)))
        .order_by("opens_on", "number")
    }
    screened: dict[int, dict[str, int]] = defaultdict(dict)
    counts = LevelCount.objects.filter(class_pass__round__in=[each.pk for each in rounds.values()])
    for school, level, children in counts.values_list("class_pass__round__school", "level").annotate(Sum("children")):
        screened[school][level] = children
    assessed: dict[int, dict[str, int]] = defaultdict(dict)
    for school, done, waiting in Assessment.objects.values_list("school").annotate(
        done=Count("pk", filter=Q(state="completed")), waiting=Count("pk", filter=~Q(state="completed"))
    ):
        assessed[school] = {"done": done, "waiting": waiting}
    cases: dict[int, dict[str, int]] = defaultdict(dict)
    active = Case.objects.filter(state__in=ACTIVE)
    for school, level, count in active.values_list("school", "level").annotate(Count("pk")).order_by():
        cases[school][level] = count
    letters = Referral.objects.exclude(state__in=BEFORE_THE_LETTER).filter(sent_at__isnull=False)
    referred = dict(letters.values_list("case__school").annotate(Count("pk")).order_by())
    lines = []
    for school in School.objects.order_by("name"):
        newest = rounds.get(school.pk)
        lines.append(
            SchoolLine(
                school=school,
                round=newest,
                submitted=newest.done if newest else 0,
                classes=newest.classes if newest else 0,
                screened=suppressed({level: screened[school.pk].get(level, 0) for level in LEVELS}),
                assessed=suppressed({step: assessed[school.pk].get(step, 0) for step in ("done", "waiting")}),
                cases=suppressed({level: cases[school.pk].get(level, 0) for level in CASES}),
                referred=alone(referred.get(school.pk, 0)),
            )
        )
    return lines
