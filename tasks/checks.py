"""Asking again at sending whether the reason for a message still holds: a registered name and JSON arguments."""

from __future__ import annotations

from collections.abc import Callable

Check = Callable[..., bool]

_checks: dict[str, Check] = {}


class UnknownCheck(LookupError):
    """No check is registered under this name."""


def still_true(name: str) -> Callable[[Check], Check]:
    """Register a function of JSON keyword arguments that says whether the message is still needed."""

    def register(function: Check) -> Check:
        _checks[name] = function
        return function

    return register


def is_check(name: str) -> bool:
    return name in _checks


def holds(name: str, arguments: dict[str, object]) -> bool:
    try:
        check = _checks[name]
    except KeyError:
        raise UnknownCheck(name) from None
    return check(**arguments)
