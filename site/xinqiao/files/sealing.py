"""Sealing what a file holds: AES-256-GCM in pieces, each bound to its row, its number and whether it is the last.

Each file has a key of its own, which lies in its row, sealed under the key ring. So a change of keys renews rows and
no contents, a content moved to another row or put together from two does not open, and a content whose row is gone is
gone from every backup too. The key is used for one content, so the pieces' numbers are nonces that never come twice.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from xinqiao.files.errors import ContentBroken

PIECE = 64 * 1024
_MAGIC = b"XQF1"
_TAG = 16
KEY_BYTES = 32


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def seal(plain: Iterable[bytes], out: IO[bytes], *, key: bytes, row: object) -> int:
    """Write the sealed form; how many plain bytes went in. Holds two pieces in memory, whatever the file's size.

    Args:
        key: `new_key()`, for this content alone.
        row: the primary key of the row to which the content belongs.
    """
    cipher, size = AESGCM(key), 0
    out.write(_MAGIC)
    for number, (piece, last) in enumerate(_pieces(plain)):
        size += len(piece)
        out.write(cipher.encrypt(_nonce(number), piece, _place(row, number, last)))
    return size


def unseal(sealed: IO[bytes], *, key: bytes, row: object) -> Iterator[bytes]:
    """The plain pieces in turn.

    Raises:
        ContentBroken: with the first piece that was changed, left out, moved, or belongs to another row.
    """
    if sealed.read(len(_MAGIC)) != _MAGIC:
        raise ContentBroken(f"{row}: not a sealed content")
    cipher, number = AESGCM(key), 0
    piece = sealed.read(PIECE + _TAG)
    while True:
        following = sealed.read(PIECE + _TAG)
        try:
            yield cipher.decrypt(_nonce(number), piece, _place(row, number, not following))
        except (InvalidTag, ValueError):
            raise ContentBroken(f"{row}: piece {number} was changed or belongs elsewhere") from None
        if not following:
            return
        piece, number = following, number + 1


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _place(row: object, number: int, last: bool) -> bytes:
    return f"files.content.{row}.{number}.{'last' if last else 'more'}".encode()


def _pieces(plain: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Pieces of one size whatever comes in, each with whether it is the last; an empty content is one empty piece."""
    held = bytearray()
    for some in plain:
        held += some
        while len(held) > PIECE:
            yield bytes(held[:PIECE]), False
            del held[:PIECE]
    yield bytes(held), True
