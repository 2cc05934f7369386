"""Asking the index: every word of the question first, and any of them where that finds nothing."""

import dataclasses
from collections.abc import Iterable
from functools import reduce
from operator import and_, or_

from modelsearch.query import PlainText, SearchQuery

from content.models import GuidancePage, Topic
from content.models.guidance import GuidanceQuerySet
from content.search.segment import meanings, question_words
from content.search.words import CRISIS_WORD, sounds_like_crisis

MOST = 60
"""So many answers at most: who has read six pages of them asks another question."""


@dataclasses.dataclass(frozen=True)
class Found:
    """What was found, in order, and how loosely. The text of the shown ones is fetched by `texts_of`."""

    results: list[GuidancePage]
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
    strict = _best(pages, reduce(and_, groups))
    if strict or len(groups) == 1:
        return Found(results=strict, words=to_mark)
    return Found(results=_best(pages, reduce(or_, groups)), words=to_mark, loosely=True)


def texts_of(pages: Iterable[GuidancePage]) -> dict[int, str]:
    """The plain text of these pages by their number: only a screenful is read, however many were found."""
    return dict(GuidancePage.objects.filter(pk__in=[page.pk for page in pages]).values_list("pk", "plain_text"))


def _best(pages: GuidanceQuerySet, query: SearchQuery) -> list[GuidancePage]:
    shown = pages.select_related("topic").only(
        "title", "slug", "url_path", "summary", "years", "reading_minutes", "topic__name"
    )
    return list(shown.search(query, order_by_relevance=True)[:MOST])


def _any_meaning(word: str) -> SearchQuery:
    """The word itself counts as much as all its meanings together.

    They are one text with "or", not an OR of texts: the database then ranks once and not once for each of them.
    """
    own, *others = meanings(word)
    return PlainText(own) | PlainText(" ".join([own, *others]), operator="or") if others else PlainText(own)
