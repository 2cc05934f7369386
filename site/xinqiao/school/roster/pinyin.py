"""Pinyin of many names at once, the same as `enrolment.pinyin_of` gives for each."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pypinyin import lazy_pinyin

from xinqiao.school.enrolment import pinyin_of

_PLAIN = re.compile(r"[\u4e00-\u9fa5]{1,6}")
_AT_ONCE = 500


def pinyin_of_many(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """(pinyin, initials) by name."""
    distinct = set(names)
    plain = sorted(name for name in distinct if _PLAIN.fullmatch(name))
    found = {name: pinyin_of(name) for name in distinct.difference(plain)}
    for start in range(0, len(plain), _AT_ONCE):
        some = plain[start : start + _AT_ONCE]
        # A line's end is no part of any word, so a name is read as it would be alone.
        syllables = lazy_pinyin("\n".join(some), errors=list)
        place = 0
        for name in some:
            own = syllables[place : place + len(name)]
            place += len(name) + 1
            found[name] = ("".join(own)[:120], "".join(syllable[0] for syllable in own)[:20])
    return found
