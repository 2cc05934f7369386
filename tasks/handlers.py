"""What is done with each kind of message: the register, and what a handler may say about a failure.

A handler is a function of the message that runs in a worker, outside of any transaction. Returning means done. It
stands in its app's `jobs.py` or in a module imported from there, and may be run twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasks.models import OutboxMessage

Handler = Callable[["OutboxMessage"], None]

_handlers: dict[str, Handler] = {}


class Transient(Exception):
    """It may go well later. The text is shown to administrators: no person, no content."""

    def __init__(self, reason: str, *, place_is_down: bool = False) -> None:
        super().__init__(reason)
        self.place_is_down = place_is_down


class Permanent(Exception):
    """It will never go well without a person's help. The text is shown to administrators: no person, no content."""


class NoLongerNeeded(Exception):
    """The reason for the message has gone since it was written."""


class UnknownKind(LookupError):
    """No handler is registered for this kind."""


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that deals with messages of this kind."""

    def register(function: Handler) -> Handler:
        known = _handlers.setdefault(kind, function)
        if known is not function and (known.__module__, known.__qualname__) != (
            function.__module__,
            function.__qualname__,
        ):
            raise ValueError(f"{kind} has a handler already: {known.__module__}.{known.__qualname__}")
        return function

    return register


def handler_of(kind: str) -> Handler:
    """The function for this kind.

    Raises:
        UnknownKind: nothing deals with it: its app is not installed, or its `jobs.py` does not import the handler.
    """
    try:
        return _handlers[kind]
    except KeyError:
        raise UnknownKind(kind) from None


def kinds() -> list[str]:
    """Every kind there is."""
    return sorted(_handlers)
