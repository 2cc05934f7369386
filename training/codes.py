"""The public code of a certificate: short enough to type, too long to guess (29^12, 58 bits)."""

import re
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
"""Without 0 O, 1 I L, U V: a reader of paper mistakes them for each other."""

_GROUPS, _LENGTH = 3, 4


def new_code() -> str:
    """A fresh code such as XQ-7KQ2-M9RT-4HXC; the database keeps it unique."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(_LENGTH)) for _ in range(_GROUPS))
    return "-".join(["XQ", *groups])


def normal_code(typed: str) -> str:
    """What somebody typed, in the form in which it is stored: any case, blanks and dashes of any kind."""
    letters = re.sub(r"[^0-9A-Z]", "", typed.upper())
    body = letters.removeprefix("XQ")
    if len(body) != _GROUPS * _LENGTH:
        return ""
    return "-".join(["XQ", *(body[i : i + _LENGTH] for i in range(0, len(body), _LENGTH))])
