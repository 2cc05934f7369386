"""What templates of consents need: a day from a mail's context, and the tone of a state."""

import datetime

from django import template

from xinqiao.consents.enums import Standing

register = template.Library()

_TONES = {
    Standing.GIVEN: "bridge",
    Standing.REFUSED: "warm",
    Standing.WITHDRAWN: "warm",
}


@register.filter
def iso_day(text: str) -> datetime.date:
    """A day as JSON keeps it."""
    return datetime.date.fromisoformat(text)


@register.filter
def tone(standing: Standing) -> str:
    """The tag's tone; the words say the same."""
    return _TONES.get(standing, "")
