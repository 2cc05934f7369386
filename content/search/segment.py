"""Cutting Chinese into words, once for all: PostgreSQL sees blanks between words and needs to know no Chinese."""

import re
import unicodedata

import rjieba

from content.search.words import SAME_MEANING, STOP_WORDS

_WORD = re.compile(r"[\w]+")

_OFTEN = 20_000
for _word in (word for row in SAME_MEANING for word in row):
    # Known as one word wherever it stands, so that text and question are cut alike.
    if not rjieba.has_word(_word):
        rjieba.add_word(_word, _OFTEN, "n")

_MEANS = {word: row for row in SAME_MEANING for word in row}


def folded(text: str) -> str:
    """Full-width letters and digits as plain ones, in lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def index_words(text: str) -> str:
    """A text as words between blanks: whole words and the shorter words inside of them."""
    return " ".join(word for word in rjieba.cut_for_search(folded(text)) if _WORD.fullmatch(word))


def question_words(question: str, *, limit: int = 8) -> list[str]:
    """The words of a question that carry meaning, each once, in order."""
    cut = [word for word in rjieba.cut(folded(question)) if _WORD.fullmatch(word)]
    telling = [word for word in cut if word not in STOP_WORDS] or cut
    return list(dict.fromkeys(telling))[:limit]


def meanings(word: str) -> list[str]:
    """The word first, then the parts of it that are words, then others that mean the same."""
    parts = [part for part in rjieba.cut_for_search(word) if len(part) > 1]
    return list(dict.fromkeys([word, *parts, *_MEANS.get(word, ())]))
