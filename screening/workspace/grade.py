"""What a grade leader sees besides completion: what the first pass of the grade came to, as counts in which no child can be found.

Only when every class of the grade has submitted and the round is closed, so that no form is amended any more: then the counts
stand still, and no two days can be subtracted.
"""

from __future__ import annotations

import dataclasses

from django.db.models import Count, F, Q, Sum

from screening.levels import Suggestion
from screening.rounds.enums import PassState, RoundState
from screening.rounds.models import ClassPass, LevelCount, Round
from xinqiao.accounts.access import reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.disclosure import Shown, suppressed
from xinqiao.school.models import Grade

SHOWN = [Suggestion.HIGH, Suggestion.PRIORITY, Suggestion.GENERAL, Suggestion.NONE, Suggestion.UNKNOWN]


@dataclasses.dataclass(frozen=True)
class GradeCounts:
    """One grade in one round.

    Attributes:
        counts: children by what the first pass came to; None while there is no closed round that every class has submitted.
    """

    grade: Grade
    round: Round | None
    counts: Shown[Suggestion] | None


def grade_counts(user: User) -> list[GradeCounts]:
    """The newest round that is whole, of each grade that this person leads."""
    found = []
    for grade in Grade.objects.filter(pk__in=reach(user, Capability.READ_COUNTS).grades).order_by("number"):
        passes = ClassPass.objects.filter(
            school_class__grade=grade, round__state__in=[RoundState.CLOSED, RoundState.ARCHIVED]
        )
        newest = (
            passes.values("round")
            .annotate(classes=Count("pk"), done=Count("pk", filter=Q(state=PassState.SUBMITTED)))
            .filter(classes=F("done"))
            .order_by("-round__opens_on", "-round__number")
            .first()
        )
        if newest is None:
            found.append(GradeCounts(grade, None, None))
            continue
        round_ = Round.objects.select_related("term").get(pk=newest["round"])
        rows = LevelCount.objects.filter(class_pass__in=passes.filter(round=round_))
        children = dict(rows.values_list("level").annotate(Sum("children")).order_by())
        found.append(GradeCounts(grade, round_, suppressed({level: children.get(level, 0) for level in SHOWN})))
    return found
