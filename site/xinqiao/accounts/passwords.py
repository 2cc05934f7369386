"""Password rules that a teacher can live with: long enough, not one that everybody tries, not one's own name. No signs, no expiry."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pypinyin import lazy_pinyin

from xinqiao.accounts.second_factor import asks_for_factor

SHORTEST = 10
SHORTEST_FOR_STORIES = 12
_TOO_LIKE = 0.7

# What is typed in Chinese schools: love notes by number, keyboard rows, the place itself. Without the figures and signs around them.
_WORDS = frozenset(
    [
        "woaini",
        "woaiwojia",
        "woaixuexiao",
        "woaixinqiao",
        "wojiushiwo",
        "woshishui",
        "wodemima",
        "mima",
        "mimamima",
        "mimashi",
        "zhangsan",
        "lisi",
        "wangwu",
        "xiaoming",
        "xiaohong",
        "laoshi",
        "laoshihao",
        "jiaoshi",
        "banzhuren",
        "xiaozhang",
        "xinlilaoshi",
        "xinli",
        "xinlijiankang",
        "xinqiao",
        "xinqiaodemo",
        "xuexiao",
        "xiaoxue",
        "shiyanxiaoxue",
        "zhongxinxiaoxue",
        "diyixiaoxue",
        "woaizhongguo",
        "zhongguo",
        "beijing",
        "shanghai",
        "nihao",
        "nihaoma",
        "qwerty",
        "qwertyuiop",
        "asdfghjkl",
        "zxcvbnm",
        "qazwsx",
        "qazwsxedc",
        "qweasd",
        "qweasdzxc",
        "abcdef",
        "abcdefg",
        "abcdefgh",
        "admin",
        "administrator",
        "root",
        "password",
        "passw",
        "passwd",
        "teacher",
        "school",
        "student",
        "welcome",
        "iloveyou",
        "letmein",
        "changeme",
        "default",
        "test",
        "testtest",
        "guest",
        "user",
        "login",
        "wodemimashi",
        "jintian",
        "mingtian",
        "pingan",
        "xingfu",
        "kuaile",
        "shengrikuaile",
    ]
)
_LUCKY = re.compile(r"^(?:1314|520|521|5201314|666|888|168|1688|88|66|99|123|1234|12345|123456|000|111|\d{0,4})*$")
_ROWS = ("01234567890123456789", "98765432109876543210", "qwertyuiopasdfghjklzxcvbnm", "abcdefghijklmnopqrstuvwxyz")


class LengthByDuty:
    """Ten characters; twelve for whoever may open a child's story."""

    def validate(self, password: str, user: Any = None) -> None:
        least = SHORTEST_FOR_STORIES if user is not None and user.pk and asks_for_factor(user) else SHORTEST
        if len(password) < least:
            raise ValidationError(
                ngettext(
                    "It is too short: at least %(least)d character, please.",
                    "It is too short: at least %(least)d characters, please.",
                    least,
                )
                % {"least": least},
                code="too_short",
            )

    def get_help_text(self) -> str:
        return _(
            "Take a sentence of your own, or four words that do not belong together: at least %(least)d characters, for"
            " whoever may read a child's story %(more)d. Signs and capital letters are not needed, and it never expires."
        ) % {"least": SHORTEST, "more": SHORTEST_FOR_STORIES}


class NotCommon(CommonPasswordValidator):
    """Neither on Django's list of twenty thousand nor what is typed at schools here."""

    def validate(self, password: str, user: Any = None) -> None:
        text = password.lower().strip()
        if text in self.passwords or is_schoolish(text):
            raise ValidationError(
                _("Many people use this password, so it is among the first that are tried."), code="common"
            )

    def get_help_text(self) -> str:
        return _("Not one that many people use, such as woaini1314 or 12345678900.")


class NotTheName:
    """Neither the login name, nor one's own name in letters or pinyin, nor the mail address, with figures around it."""

    def validate(self, password: str, user: Any = None) -> None:
        text = _letters(password)
        if user is None or not password:
            return
        for name in _names_of(user):
            if len(name) >= 3 and (
                (name in text and not text.replace(name, ""))
                or SequenceMatcher(a=password.lower(), b=name).ratio() >= _TOO_LIKE
            ):
                raise ValidationError(_("It is too much like your name or login name."), code="like_the_name")

    def get_help_text(self) -> str:
        return _("Not your own name, in characters or pinyin, with figures behind it.")


def is_schoolish(text: str) -> bool:
    """One of the words with figures and signs around it, one or two signs over and over, or a row of keys."""
    letters = _letters(text)
    rest = re.sub(r"[^0-9]", "", text)
    if letters in _WORDS or (letters and all(part in _WORDS for part in _halves(letters))):
        return True
    if len(set(text)) <= 2 or (not letters and (_LUCKY.match(rest) or _is_in_a_row(rest))):
        return True
    return _is_in_a_row(text)


def _is_in_a_row(text: str) -> bool:
    return len(text) >= 4 and any(text[:10] in row and (text[10:] in row or not text[10:]) for row in _ROWS)


def _halves(letters: str) -> list[str]:
    """The word twice, or two of the words one behind the other."""
    for cut in range(3, len(letters) - 2):
        if letters[:cut] in _WORDS and letters[cut:] in _WORDS:
            return [letters[:cut], letters[cut:]]
    return [letters]


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]", "", text.lower())


def _names_of(user: Any) -> set[str]:
    name = getattr(user, "display_name", "") or ""
    parts = lazy_pinyin(name)
    found = {name, "".join(parts), "".join([*parts[1:], *parts[:1]]), user.username, (user.email or "").split("@")[0]}
    return {_letters(text) or text.lower() for text in found if text}
