"""Marking a quiz: which answers are right, the score in per cent, passed or not. Pure functions of frozen facts.

A question is right when exactly the right options are chosen. An unanswered one is not right. The score is rounded
down, so that 79.9 is never 80.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


@dataclasses.dataclass(frozen=True)
class Marked:
    results: dict[str, bool]
    right: int
    total: int
    score: int
    passed: bool


def is_right(question: Mapping[str, Any], chosen: Iterable[str]) -> bool:
    """Exactly the right options, no more and no fewer."""
    return set(chosen) == {option["key"] for option in question["options"] if option["correct"]}


def mark(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Sequence[str]], *, pass_mark: int) -> Marked:
    """Mark all questions that were drawn.

    Args:
        questions: as frozen in the attempt.
        answers: chosen option keys by question key; what is missing counts as unanswered.
        pass_mark: per cent.
    """
    if not questions:
        raise ValueError("an attempt has at least one question")
    results = {question["key"]: is_right(question, answers.get(question["key"], ())) for question in questions}
    right, total = sum(results.values()), len(results)
    score = right * 100 // total
    return Marked(results=results, right=right, total=total, score=score, passed=score >= pass_mark)


def unanswered(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Sequence[str]]) -> list[int]:
    """The numbers, from 1, of the questions without an answer."""
    return [number for number, question in enumerate(questions, 1) if not answers.get(question["key"])]


def admissible(question: Mapping[str, Any], chosen: Iterable[str]) -> list[str]:
    """Those of the chosen keys that this question offers, in its own order; one at most where only one may be."""
    wanted = set(chosen)
    keys = [option["key"] for option in question["options"] if option["key"] in wanted]
    return keys if question["kind"] == "multiple" else keys[:1]
