"""Asking the index: every word of the question first, and any of them where that finds nothing."""

import dataclasses
from functools import reduce
from operator import and_, or_

from modelsearch.query import PlainText, SearchQuery

from content.models import GuidancePage, Topic
from content.search.segment import meanings, question_words
from content.search.words import CRISIS_WORD, sounds_like_crisis

OWN_WORD = 3
"""How much more the word itself counts than others that mean the same: PostgreSQL ranks an OR by the mean of its parts."""


@dataclasses.dataclass(frozen=True)
class Found:
    """What was found, in order, and how loosely."""

    results: object
    words: list[str]  # what to mark: the question's words first, then those that mean the same
    loosely: bool = False


def find_guidance(*, question: str, topic: Topic | None = None) -> Found:
    """Pages that answer a question, the best first. Titles weigh most, then topic, summary, text."""
    words = question_words(question)
    if sounds_like_crisis(question):
        words = list(dict.fromkeys([CRISIS_WORD, *words]))
    to_mark = list(dict.fromkeys([*words, *(meaning for word in words for meaning in meanings(word))]))
    if not words:
        return Found(results=[], words=[])
    # The search backend understands only conditions on fields, so Wagtail's own `public()` here.
    pages = GuidancePage.objects.live().public().about(topic=topic)
    groups = [_any_meaning(word) for word in words]
    strict = _ranked(pages, reduce(and_, groups))
    if len(groups) == 1 or strict.count():
        return Found(results=strict, words=to_mark)
    return Found(results=_ranked(pages, reduce(or_, groups)), words=to_mark, loosely=True)


def _ranked(pages, query: SearchQuery):
    return pages.select_related("topic").defer("body", "sources").search(query, order_by_relevance=True)


def _any_meaning(word: str) -> SearchQuery:
    own, *others = meanings(word)
    return reduce(or_, [*[PlainText(own)] * OWN_WORD, *(PlainText(other) for other in others)])
