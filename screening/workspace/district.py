"""What a district officer sees of each school: how far the classes are, and figures in which no child can be found."""

from __future__ import annotations

import dataclasses
import datetime

from django.db.models import Count, Q

from screening.levels import Level, Suggestion
from screening.rounds.enums import PassState, RoundState
from screening.rounds.models import Round
from screening.workspace.figures import COLUMNS
from screening.workspace.models import DistrictTable, Subject
from xinqiao.disclosure import Shown
from xinqiao.school.models import School


@dataclasses.dataclass(frozen=True)
class SchoolLine:
    """One school, or all of them together.

    Attributes:
        round: its newest round; None where there was none yet.
        screened: children by what the first pass came to.
        cases: active ones by level.
        steps: second assessments done and waiting, and letters that left the school.
    """

    school: School | None
    round: Round | None
    submitted: int
    classes: int
    screened: Shown[Suggestion]
    cases: Shown[Level]
    steps: Shown[str]


@dataclasses.dataclass(frozen=True)
class District:
    """Attributes:
    together: the sums over all schools.
    as_of: of which day each subject's figures are; missing where nothing was published yet.
    """

    lines: list[SchoolLine]
    together: SchoolLine
    as_of: dict[str, datetime.date]


class _Figures:
    """The newest publication of one subject, asked for a row at a time."""

    def __init__(self, subject: Subject) -> None:
        self.table = DistrictTable.objects.filter(subject=subject).defer("last_told").first()
        self.columns = COLUMNS[subject]
        self.rows = {row.partition(":")[0]: row for row in self.table.rows} if self.table else {}

    def of(self, school_id: int, names: type = str) -> Shown:
        row = self.rows.get(str(school_id))
        return Shown({names(each): self._told("cell", row, each) for each in self.columns}, self._told("row", row))

    def together(self, names: type = str) -> Shown:
        return Shown({names(each): self._told("column", each) for each in self.columns}, self._told("total"))

    def _told(self, *key: str | None) -> int | None:
        return self.table.told.get("|".join(map(str, key))) if self.table else None


def district() -> District:
    """All schools of the district; five queries however many there are."""
    rounds = {
        each.school_id: each
        for each in Round.objects.exclude(state=RoundState.DRAFT)
        .select_related("term")
        .annotate(classes=Count("passes"), done=Count("passes", filter=Q(passes__state=PassState.SUBMITTED)))
        .order_by("opens_on", "number")
    }
    screened, cases, steps = (_Figures(subject) for subject in (Subject.SCREENED, Subject.CASES, Subject.STEPS))
    lines = [
        SchoolLine(
            school=school,
            round=(newest := rounds.get(school.pk)),
            submitted=newest.done if newest else 0,
            classes=newest.classes if newest else 0,
            screened=screened.of(school.pk, Suggestion),
            cases=cases.of(school.pk, Level),
            steps=steps.of(school.pk),
        )
        for school in School.objects.order_by("name")
    ]
    together = SchoolLine(
        school=None,
        round=None,
        submitted=sum(line.submitted for line in lines),
        classes=sum(line.classes for line in lines),
        screened=screened.together(Suggestion),
        cases=cases.together(Level),
        steps=steps.together(),
    )
    found = {"screened": screened, "cases": cases, "steps": steps}
    return District(lines, together, {name: each.table.as_of for name, each in found.items() if each.table})
