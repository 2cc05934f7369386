"""Identity numbers of residents (GB 11643) and of the school roll (G before one): their form, their sum, and how one is masked."""

from __future__ import annotations

import datetime
import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_FORM = re.compile(r"([GL]?)([0-9]{17}[0-9X])")

WRONG_FORM = _("An identity number has 18 figures, the last may be X; a school-roll number has G before it.")
WRONG_SUM = _("The number is not right: its last figure does not fit the others. Look for figures that were exchanged.")
WRONG_DAY = _("The number is not right: its birthday is no day.")
OTHER_BIRTHDAY = _("The birthday in the number is another one than the child's. One of the two is wrong.")


def normal_number(text: str) -> str:
    """As equal numbers are equal: half-width, without blanks, X and letters large."""
    return re.sub(r"[\s\-·]", "", unicodedata.normalize("NFKC", text or "")).upper()


def check_number(text: str, born_on: datetime.date | None = None) -> str:
    """The number in its normal form.

    Raises:
        ValidationError: a sentence that does not repeat the number.
    """
    number = normal_number(text)
    found = _FORM.fullmatch(number)
    if not found:
        raise ValidationError(WRONG_FORM, code="form")
    body = found[2]
    if _CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=False)) % 11] != body[17]:
        raise ValidationError(WRONG_SUM, code="sum")
    try:
        birthday = datetime.datetime.strptime(body[6:14], "%Y%m%d").date()
    except ValueError:
        raise ValidationError(WRONG_DAY, code="day") from None
    if not datetime.date(1900, 1, 1) <= birthday <= timezone.localdate():
        raise ValidationError(WRONG_DAY, code="day")
    if born_on is not None and birthday != born_on:
        raise ValidationError(OTHER_BIRTHDAY, code="birthday")
    return number


def masked(number: str) -> str:
    """What may stand on a page: the last two. Birthday and district stand in the middle and at the front."""
    return "•" * max(len(number) - 2, 0) + number[-2:] if number else ""
