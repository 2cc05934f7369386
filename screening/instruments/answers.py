"""Answers in item order, one byte each: the number of the chosen option, or "missing". None is missing, never 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from screening.instruments.schema import Definition

MISSING = 255
Answers = tuple[int | None, ...]


class AnswerError(ValueError):
    """An answer that the instrument does not know."""


def pack(answers: Sequence[int | None]) -> bytes:
    return bytes(MISSING if answer is None else answer for answer in answers)


def unpack(packed: bytes) -> Answers:
    return tuple(None if byte == MISSING else byte for byte in bytes(packed))


def none_yet(definition: Definition) -> Answers:
    return (None,) * len(definition.items)


def from_codes(definition: Definition, chosen: Mapping[str, int | None]) -> Answers:
    """The answers in item order from `{code: option}`; what is not named is missing.

    Raises:
        AnswerError: a code or an option that the instrument does not have.
    """
    unknown = set(chosen) - {item.code for item in definition.items}
    if unknown:
        raise AnswerError(f"no such item: {', '.join(sorted(unknown))}")
    for item in definition.items:
        option = chosen.get(item.code)
        if option is not None and not 0 <= option < len(definition.options(item)):
            raise AnswerError(f"no such option for {item.code}")
    return tuple(chosen.get(item.code) for item in definition.items)


def to_codes(definition: Definition, answers: Sequence[int | None]) -> dict[str, int]:
    """`{code: option}` of what was answered."""
    return {item.code: answer for item, answer in zip(definition.items, answers, strict=True) if answer is not None}


def seen(definition: Definition, answers: Sequence[int | None]) -> dict[str, int]:
    """`{code: option}` of the signs that were seen."""
    return {code: option for code, option in to_codes(definition, answers).items() if option}


def asserted(answers: Sequence[int | None]) -> Answers:
    """The answers once the teacher has said that the child was considered: what was not marked was not seen."""
    return tuple(answer or 0 for answer in answers)
