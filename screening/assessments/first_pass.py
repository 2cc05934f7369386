"""What the homeroom teacher saw, in the form's own words, and why the engine suggests what it suggests."""

from __future__ import annotations

import dataclasses

from screening.instruments.answers import seen
from screening.instruments.explain import explain
from screening.instruments.schema import Definition
from screening.instruments.scoring import score
from screening.levels import Domain
from screening.rounds.models import Response


@dataclasses.dataclass(frozen=True)
class Sign:
    text: str
    often: str
    critical: bool


@dataclasses.dataclass(frozen=True)
class DomainSeen:
    """One domain: its signs that were seen, and what they come to against its cut."""

    domain: Domain
    points: int
    cut: int
    signs: list[Sign]

    @property
    def over(self) -> bool:
        return self.points >= self.cut


@dataclasses.dataclass(frozen=True)
class FirstPass:
    response: Response
    domains: list[DomainSeen]
    reasons: list[str]
    total: int
    total_cut: int

    @property
    def signs(self) -> list[Sign]:
        """All signs, those first that must be acted on."""
        return sorted((sign for each in self.domains for sign in each.signs), key=lambda sign: not sign.critical)


def first_pass_of(response: Response, definition: Definition | None = None) -> FirstPass:
    """Read one response; give the definition where many are read, so that it is parsed once."""
    definition = definition or response.class_pass.round.instrument_version.parsed
    result = score(definition, response.unpacked)
    chosen = seen(definition, response.unpacked)
    return FirstPass(
        response=response,
        domains=[
            DomainSeen(
                domain=domain,
                points=points,
                cut=definition.domain_cuts[domain],
                signs=[
                    Sign(item.text, definition.options(item)[chosen[item.code]].label, item.critical)
                    for item in definition.of_domain(domain)
                    if item.code in chosen
                ],
            )
            for domain, points in result.domain_scores.items()
        ],
        reasons=explain(definition, result),
        total=result.total,
        total_cut=definition.total_cut,
    )


class Reader:
    """Reads many responses, parsing each version of the form once."""

    def __init__(self) -> None:
        self._definitions: dict[int, Definition] = {}

    def read(self, response: Response) -> FirstPass:
        version = response.class_pass.round.instrument_version
        if version.pk not in self._definitions:
            self._definitions[version.pk] = version.parsed
        return first_pass_of(response, self._definitions[version.pk])
