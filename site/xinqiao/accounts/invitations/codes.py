"""Codes that are typed from paper: made, read as people type them, and kept as a mark that gives nothing back.

Twelve signs of 32 are 60 bits. What lies in the database is an HMAC under the key ring, so that whoever copies the
database cannot try codes out on it. A key that leaves the ring takes the codes that were made under it along.
"""

from __future__ import annotations

import secrets
import unicodedata

from xinqiao.crypto.keyring import key_ring

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, 1, I and O, which look like one another on paper."""
LENGTH = 12
_GROUP = 4
_PLACE = "accounts_invitation.code"
_LONGEST_TYPED = 64


def new_code() -> str:
    """A fresh code, without its dashes."""
    return "".join(secrets.choice(ALPHABET) for _sign in range(LENGTH))


def shown(code: str) -> str:
    """As it stands on paper: three groups of four."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def normal_code(typed: str) -> str:
    """What was meant: blanks, dashes, small and full-width letters do not matter. Empty where it cannot be a code."""
    narrow = unicodedata.normalize("NFKC", typed[:_LONGEST_TYPED]).upper()
    signs = "".join(sign for sign in narrow if sign.isalnum())
    return signs if len(signs) == LENGTH and set(signs) <= set(ALPHABET) else ""


def marks(code: str) -> list[str]:
    """What may stand in the database for this code, under each key of the ring, newest first."""
    return key_ring().fingerprints(code, of=_PLACE)


def mark(code: str) -> str:
    """What is written for a new code."""
    return marks(code)[0]
