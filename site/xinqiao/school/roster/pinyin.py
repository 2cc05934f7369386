"""Pinyin of many names at once, the same as `enrolment.pinyin_of` gives for each."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from pypinyin.constants import PHRASES_DICT

from xinqiao.school.enrolment import pinyin_of

_PLAIN = re.compile(r"[\u4e00-\u9fa5]{2,4}")


def pinyin_of_many(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """(pinyin, initials) by name."""
    return {name: _of(name) for name in set(names)}


def _of(name: str) -> tuple[str, str]:
    """A name in which no two characters make a word of the dictionary sounds as its characters do."""
    if not _PLAIN.fullmatch(name) or _has_word(name):
        return pinyin_of(name)
    sounds = [_of_character(character) for character in name]
    return "".join(sound[0] for sound in sounds)[:120], "".join(sound[1] for sound in sounds)[:20]


def _has_word(name: str) -> bool:
    length = len(name)
    return any(name[start:end] in PHRASES_DICT for start in range(length) for end in range(start + 2, length + 1))


@functools.lru_cache(maxsize=8192)
def _of_character(character: str) -> tuple[str, str]:
    return pinyin_of(character)
