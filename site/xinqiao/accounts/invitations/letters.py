"""The letters as PDF and as pictures. A code lives in them alone, so they are kept sealed and for half an hour only."""

from __future__ import annotations

import base64
import datetime
import io
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import segno
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from tasks.pdf import count_pages, render_pages, render_pdf
from xinqiao.accounts.invitations.codes import shown
from xinqiao.accounts.invitations.errors import LettersGone
from xinqiao.crypto.keyring import key_ring
from xinqiao.school.models import School

if TYPE_CHECKING:
    from xinqiao.accounts.invitations.make import Letter
    from xinqiao.accounts.models import User

TEMPLATE = "accounts/invitations/pdf/letters.html"
KEPT_SECONDS = 30 * 60


def join_address(code: str) -> str:
    """What the QR code says: the site's own address from the settings, never the one that a request named."""
    return settings.BASE_URL.rstrip("/") + reverse("join_by_code", args=[code])


def qr_svg(code: str) -> str:
    """The QR code as a picture for the letter's `img`."""
    drawn = io.BytesIO()
    segno.make(join_address(code), error="m", micro=False).save(
        drawn, kind="svg", border=2, dark="#000", light=None, xmldecl=False, svgclass=None, lineclass=None, nl=False
    )
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()


def letter_context(letters: Sequence[Letter], school: School, until: datetime.date) -> dict[str, Any]:
    """For the letters' template. A letter shows the child's name and class, for handing out, and neither of the two facts."""
    return {
        "school": school,
        "until": until,
        "site": settings.BASE_URL.rstrip("/").split("://", 1)[-1] + reverse("join"),
        "letters": [
            {
                "name": letter.student.name,
                "school_class": str(letter.student.current_class),
                "code": shown(letter.code),
                "qr": qr_svg(letter.code),
            }
            for letter in letters
        ],
    }


def render_letters(school: School, days: int) -> Any:
    """A function of letters that gives their PDF, two letters a page, with a line to cut along."""
    until = timezone.localdate() + datetime.timedelta(days=days)
    return lambda letters: render_pdf(TEMPLATE, letter_context(letters, school, until))


def keep(printing: uuid.UUID, pdf: bytes, *, of: User, back: str) -> None:
    """For whoever made them, on the page that follows."""
    sealed = key_ring().encrypt(base64.b64encode(pdf).decode(), bound_to=_bound(printing, of))
    cache.set(_key(printing), {"sealed": sealed, "pages": count_pages(pdf), "back": back}, KEPT_SECONDS)


def kept(printing: uuid.UUID, *, of: User) -> dict[str, Any]:
    """How many pages they are, and where they were made.

    Raises:
        LettersGone: after half an hour, and for everybody else.
    """
    found = cache.get(_key(printing))
    if found is None:
        raise LettersGone
    return {"pages": found["pages"], "back": found["back"], "pdf": _unsealed(found, printing, of)}


def picture(pdf: bytes, page: int) -> bytes:
    """One page, counted from 1, as PNG."""
    return render_pages(pdf, max_pages=1, first=page - 1)[0]


def _unsealed(found: dict[str, Any], printing: uuid.UUID, of: User) -> bytes:
    try:
        return base64.b64decode(key_ring().decrypt(found["sealed"], bound_to=_bound(printing, of)))
    except ValueError as error:  # SealBroken: another person's
        raise LettersGone from error


def _key(printing: uuid.UUID) -> str:
    return f"invitation-letters:{printing}"


def _bound(printing: uuid.UUID, of: User) -> str:
    return f"invitation-letters.{printing}.{of.pk}"
