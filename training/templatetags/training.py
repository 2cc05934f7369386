"""Small things that training's templates need."""

import datetime

from django import template

register = template.Library()


@register.filter
def from_iso(text: str) -> datetime.date:
    """A mail's context is JSON: its dates are texts such as 2026-11-27."""
    return datetime.date.fromisoformat(text)


@register.filter
def letter(number: int) -> str:
    """A, B, C for the first, second, third option."""
    return chr(ord("A") + number - 1)
