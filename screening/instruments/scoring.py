"""From answers to domain scores, a total and a suggested level. Pure: no database, no clock, no person.

The rule (PRACTICE 3, DESIGN 4): any critical sign seen is high; the total over its cut, or two or more domains over
theirs, is priority; otherwise general where anything was seen and nothing where not. With too many answers missing
the last two become "cannot say", never "fine".
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from screening.instruments.schema import Definition
from screening.levels import Domain, Suggestion

DOMAINS_OVER_FOR_PRIORITY = 2


@dataclasses.dataclass(frozen=True)
class Result:
    """What the answers come to.

    Attributes:
        domain_scores: for each domain of the instrument.
        missing: how many items have no answer.
        critical: codes of the critical signs that were seen, in item order.
        over: the domains at or over their cut.
    """

    domain_scores: Mapping[Domain, int]
    total: int
    missing: int
    critical: tuple[str, ...]
    over: tuple[Domain, ...]
    total_over: bool
    level: Suggestion


def score(definition: Definition, answers: Sequence[int | None]) -> Result:
    """Score the answers, given in the order of the definition's items."""
    domain_scores = {domain: 0 for domain in Domain if domain in definition.domain_cuts}
    missing = 0
    critical: list[str] = []
    for item, answer in zip(definition.items, answers, strict=True):
        if answer is None:
            missing += 1
            continue
        domain_scores[item.domain] += definition.options(item)[answer].weight
        if item.critical and answer > 0:
            critical.append(item.code)
    total = sum(domain_scores.values())
    over = tuple(domain for domain, points in domain_scores.items() if points >= definition.domain_cuts[domain])
    total_over = total >= definition.total_cut
    return Result(
        domain_scores=domain_scores,
        total=total,
        missing=missing,
        critical=tuple(critical),
        over=over,
        total_over=total_over,
        level=_level(
            critical=bool(critical),
            over=total_over or len(over) >= DOMAINS_OVER_FOR_PRIORITY,
            too_many_missing=missing > definition.max_missing,
            anything=total > 0,
        ),
    )


def _level(*, critical: bool, over: bool, too_many_missing: bool, anything: bool) -> Suggestion:
    if critical:
        return Suggestion.HIGH
    if over:
        return Suggestion.PRIORITY
    if too_many_missing:
        return Suggestion.UNKNOWN
    return Suggestion.GENERAL if anything else Suggestion.NONE
