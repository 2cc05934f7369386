"""Documents made at sending: a registered name and JSON arguments give a file. Nothing is stored for a mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    """A file to attach or to hand out."""

    filename: str
    mimetype: str
    content: bytes


Maker = Callable[..., Document | tuple[str, str, bytes]]

_makers: dict[str, Maker] = {}


class UnknownDocument(LookupError):
    """No maker is registered under this name."""


def document(name: str) -> Callable[[Maker], Maker]:
    """Register a function of JSON keyword arguments that gives (filename, mimetype, bytes)."""

    def register(function: Maker) -> Maker:
        _makers[name] = function
        return function

    return register


def is_document(name: str) -> bool:
    return name in _makers


def make_document(name: str, arguments: dict[str, object]) -> Document:
    """Make the file. What the maker raises goes through: `Permanent`, `NoLongerNeeded`, or a mistake."""
    try:
        maker = _makers[name]
    except KeyError:
        raise UnknownDocument(name) from None
    made = maker(**arguments)
    return made if isinstance(made, Document) else Document(*made)
