"""The piece of a text where the words of a question stand, as parts that a template marks."""

import re
from collections.abc import Iterable

from content.search.segment import folded

LENGTH = 90
BEFORE = 24


def marked(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """The text in parts, each with whether it is one of the words. Longer words win over shorter ones inside them."""
    chosen = sorted({word for word in words if word}, key=len, reverse=True)
    if not chosen or not text:
        return [(text, False)] if text else []
    plain = folded(text)
    if len(plain) != len(text):  # a character that folds into several: positions would no longer agree
        plain = text.lower()
    parts: list[tuple[str, bool]] = []
    end = 0
    for hit in re.finditer("|".join(map(re.escape, chosen)), plain):
        if hit.start() > end:
            parts.append((text[end : hit.start()], False))
        parts.append((text[hit.start() : hit.end()], True))
        end = hit.end()
    if end < len(text):
        parts.append((text[end:], False))
    return parts


def snippet(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """About LENGTH characters around the first of the words that the text has, tried in the order given."""
    words = list(words)
    plain = folded(text)
    start = next((plain.find(word) for word in words if word and word in plain), 0)
    start = max(0, start - BEFORE)
    if start:
        # Rather from the beginning of a sentence, where one begins nearby.
        stop = max(text.rfind(mark, start, start + BEFORE) for mark in "。！？；")
        start = stop + 1 if stop >= 0 else start
    piece = text[start : start + LENGTH].strip()
    if start:
        piece = f"…{piece}"
    if start + LENGTH < len(text):
        piece = f"{piece}…"
    return marked(piece, words)
