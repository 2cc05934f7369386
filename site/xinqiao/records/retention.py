"""How long each kind of record is kept, from when it counts, and on which ground: the one table, and each school's own choice.

A school may keep longer or shorter between two bounds; what a law asks for stands as a floor that nobody can lower, and that
holds back an erasure too. Sources are named by law and article where the article is settled. What is a matter of evidence and not a
statutory period says so: the school decides with its own counsel.
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class Retention:
    """One class.

    Attributes:
        counts_from: the event in words.
        months: what holds where a school has chosen nothing.
        shortest, longest: the bounds of a school's choice.
        law_months: kept for so long even where a guardian asks for erasure; 0 where nothing asks for it.
        why_kept: why the law or the school's duty asks for it; said on the page and on the certificate.
        basis: the ground of the whole class.
    """

    key: str
    label: Any
    counts_from: Any
    months: int
    shortest: int
    longest: int
    law_months: int
    basis: Any
    why_kept: Any = ""

    def law_until(self, since: datetime.date) -> datetime.date | None:
        """The last day on which it must stay although erasure was asked for."""
        return add_months(since, self.law_months) if self.law_months else None


_LAW_47 = _("Personal Information Protection Law, Art. 19 and 47: no longer than the purpose needs, then deleted.")

CLASSES: dict[str, Retention] = {
    each.key: each
    for each in (
        Retention(
            "first_pass",
            _("First-pass forms"),
            _("the last day of the round"),
            months=24,
            shortest=6,
            longest=72,
            law_months=0,
            basis=_LAW_47,
        ),
        Retention(
            "help",
            _("Assessments, cases and follow-ups"),
            _("the day on which the case was closed, or the assessment completed where no case came of it"),
            months=36,
            shortest=12,
            longest=120,
            law_months=0,
            basis=_LAW_47,
        ),
        Retention(
            "safety",
            _("Emergency protocols and levels"),
            _("the day on which the last case was closed"),
            months=36,
            shortest=36,
            longest=180,
            law_months=36,
            basis=_(
                "Civil Code, Art. 1199 to 1201 (the school's duty of care) and Art. 188 (three years' limitation)."
            ),
            why_kept=_(
                "Shows what the school did when a child was in danger: evidence for three years (Civil Code, Art. 188 and"
                " 1199 to 1201). Kept apart and for nothing else (Personal Information Protection Law, Art. 47 (2))."
            ),
        ),
        Retention(
            "letters",
            _("Referral letters"),
            _("the day on which the letter was issued, or the referral ended before it"),
            months=36,
            shortest=36,
            longest=120,
            law_months=36,
            basis=_("Personal Information Protection Law, Art. 23 and 56: what was given to whom, on whose consent."),
            why_kept=_(
                "Shows which data left the school, to whom and on whose consent: three years (Personal Information"
                " Protection Law, Art. 23, 56 and 69)."
            ),
        ),
        Retention(
            "consents",
            _("Consents and their proof"),
            _("the day on which the child left the school"),
            months=36,
            shortest=36,
            longest=120,
            law_months=36,
            basis=_("Personal Information Protection Law, Art. 14, 31 and 56."),
            why_kept=_(
                "Shows that what was done was allowed: the school has to prove it (Personal Information Protection Law,"
                " Art. 69) and keeps the record of processing for three years (Art. 56)."
            ),
        ),
        Retention(
            "directory",
            _("The child and the guardians in the directory"),
            _("the day on which the child left the school, once nothing else is kept about the child"),
            months=12,
            shortest=0,
            longest=72,
            law_months=0,
            basis=_("Rules on the school roll: the roll itself is kept outside of this product and is not touched."),
            why_kept=_("The child is at this school: the directory is needed for as long (rules on the school roll)."),
        ),
        Retention(
            "papers",
            _("Attached papers"),
            _("the day on which it was attached, once the child has left the school"),
            months=36,
            shortest=12,
            longest=120,
            law_months=0,
            basis=_LAW_47,
        ),
        Retention(
            "requests",
            _("Questions who has seen the records, emergency readings, files taken out"),
            _("the day of the answer, of the reading, or on which the file was taken out"),
            months=36,
            shortest=36,
            longest=120,
            law_months=36,
            basis=_("Personal Information Protection Law, Art. 45, 50 and 56."),
            why_kept=_(
                "Shows how a guardian's question was answered, who opened a story in an emergency, and to whom a file was"
                " given: three years (Personal Information Protection Law, Art. 50 and 56)."
            ),
        ),
        Retention(
            "invitations",
            _("Invitations of guardians"),
            _("the day on which the child left"),
            months=12,
            shortest=1,
            longest=36,
            law_months=0,
            basis=_LAW_47,
        ),
    )
}
"""What is kept about a child. The audit trail is not among it: it holds ids and no story, and stays."""


@dataclasses.dataclass(frozen=True)
class Passing:
    """Something that the product clears away by itself after a fixed time."""

    label: Any
    lasts: Any
    holds: Any


PASSING: tuple[Passing, ...] = (
    Passing(_("What was typed when a session ended"), _("30 minutes"), _("encrypted, for that person only")),
    Passing(
        _("Rosters that were handed in"),
        _("24 hours, or until they are decided on"),
        _("the file and what was found in it"),
    ),
    Passing(_("What an import changed, for taking it back"), _("7 days"), _("encrypted: how it was before")),
    Passing(
        _("Files taken out"), _("24 hours or three downloads"), _("an encrypted zip whose password nobody here has")
    ),
    Passing(_("Sessions"), _("8 hours, and the night after"), _("who is logged in")),
    Passing(_("Messages and jobs"), _("stay"), _("ids, counts and links; no child, no story")),
    Passing(_("The audit trail"), _("stays, at least three years"), _("who did what and when; ids and no story")),
)


def add_months(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months later; the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return datetime.date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")


def in_force(chosen: Mapping[str, int], key: str) -> int:
    """The months that hold, given a school's own choices; a choice outside of the bounds counts as the bound."""
    retention = CLASSES[key]
    return min(max(chosen.get(key, retention.months), retention.shortest, retention.law_months), retention.longest)


def backups_gone_on(day: datetime.date) -> datetime.date:
    """When the last backup that still holds what was erased on this day has been overwritten."""
    return day + datetime.timedelta(days=settings.XINQIAO_BACKUP_DAYS)
