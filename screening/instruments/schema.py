"""What an instrument's definition must be: items in order, scales, cut-offs. Read from JSON, refused with the place."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from screening.levels import Domain

MAX_OPTIONS = 255
"""An answer is one byte; the last value means missing."""


class DefinitionError(ValueError):
    """The definition is not one; the message names the place."""


@dataclasses.dataclass(frozen=True)
class Option:
    label: str
    weight: int


@dataclasses.dataclass(frozen=True)
class Item:
    """One observable sign.

    Attributes:
        code: stable over versions, so that a sign can be followed.
        scale: names the options that it is answered with.
        critical: any answer but the first makes the suggestion high at once.
    """

    code: str
    domain: Domain
    text: str
    scale: str
    critical: bool = False


@dataclasses.dataclass(frozen=True)
class Definition:
    """An instrument version's content.

    Attributes:
        scales: for each name the options; the first is "not seen" and weighs nothing.
        domain_cuts: a domain is over its cut from this score on.
        total_cut: the total is over its cut from this score on.
        max_missing: with more answers missing, and nothing over a cut, the result is "cannot say".
    """

    title: str
    instruction: str
    items: tuple[Item, ...]
    scales: Mapping[str, tuple[Option, ...]]
    domain_cuts: Mapping[Domain, int]
    total_cut: int
    max_missing: int

    def options(self, item: Item) -> tuple[Option, ...]:
        return self.scales[item.scale]

    def position(self, code: str) -> int:
        """Where the item stands; KeyError where there is none of that code."""
        for index, item in enumerate(self.items):
            if item.code == code:
                return index
        raise KeyError(code)

    def of_domain(self, domain: Domain) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.domain == domain)


def parse(data: Mapping[str, Any]) -> Definition:
    """The definition in this JSON.

    Raises:
        DefinitionError: something is missing, unknown, doubled or out of range.
    """
    scales = {
        name: tuple(_option(raw, f"scales.{name}[{at}]") for at, raw in enumerate(options))
        for name, options in _dict(data, "scales").items()
    }
    for name, options in scales.items():
        if not 2 <= len(options) <= MAX_OPTIONS:
            raise DefinitionError(f"scales.{name}: needs 2 to {MAX_OPTIONS} options")
        weights = [option.weight for option in options]
        if weights[0] != 0 or weights != sorted(weights) or weights[-1] == 0:
            raise DefinitionError(f"scales.{name}: weights begin at 0 and never fall")
    items = tuple(_item(raw, f"items[{at}]", scales) for at, raw in enumerate(data.get("items") or ()))
    if not items:
        raise DefinitionError("items: there are none")
    codes = [item.code for item in items]
    if doubled := {code for code in codes if codes.count(code) > 1}:
        raise DefinitionError(f"items: code used twice: {', '.join(sorted(doubled))}")
    cuts = {
        _domain(name, "domain_cuts"): _positive(cut, f"domain_cuts.{name}")
        for name, cut in _dict(data, "domain_cuts").items()
    }
    for domain in {item.domain for item in items} - set(cuts):
        raise DefinitionError(f"domain_cuts.{domain.value}: is missing")
    max_missing = data.get("max_missing")
    if not isinstance(max_missing, int) or not 0 <= max_missing <= len(items):
        raise DefinitionError("max_missing: must be a number from 0 to the number of items")
    return Definition(
        title=_text(data, "title"),
        instruction=_text(data, "instruction"),
        items=items,
        scales=scales,
        domain_cuts=cuts,
        total_cut=_positive(data.get("total_cut"), "total_cut"),
        max_missing=max_missing,
    )


def _dict(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    if not isinstance(value, dict) or not value:
        raise DefinitionError(f"{key}: is missing")
    return value


def _text(data: Mapping[str, Any], key: str, place: str = "") -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value.strip():
        raise DefinitionError(f"{place}{key}: must be a text")
    return value


def _positive(value: Any, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise DefinitionError(f"{place}: must be a number above 0")
    return value


def _domain(value: Any, place: str) -> Domain:
    try:
        return Domain(value)
    except ValueError:
        raise DefinitionError(f"{place}: unknown domain") from None


def _option(raw: Any, place: str) -> Option:
    if not isinstance(raw, dict) or not isinstance(raw.get("weight"), int) or raw["weight"] < 0:
        raise DefinitionError(f"{place}: needs a label and a weight of 0 or more")
    return Option(label=_text(raw, "label", f"{place}."), weight=raw["weight"])


def _item(raw: Any, place: str, scales: Mapping[str, Any]) -> Item:
    if not isinstance(raw, dict):
        raise DefinitionError(f"{place}: must be an object")
    if raw.get("scale") not in scales:
        raise DefinitionError(f"{place}.scale: unknown scale")
    return Item(
        code=_text(raw, "code", f"{place}."),
        domain=_domain(raw.get("domain"), f"{place}.domain"),
        text=_text(raw, "text", f"{place}."),
        scale=raw["scale"],
        critical=raw.get("critical") is True,
    )
