"""Changing the school's calendar: terms, breaks, single days. Each act is on the trail; clocks follow at once."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import ProtectedError, Q

from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.audit.trail import record
from xinqiao.school.calendar import SchoolCalendar, calendar_of
from xinqiao.school.models import School, SchoolBreak, SchoolDayOverride, Term

if TYPE_CHECKING:
    from xinqiao.accounts.models import User

LONGEST_TERM = 300
LONGEST_BREAK = 120


class CalendarRefused(Exception):
    """The calendar cannot be changed like this; the subclass says why. Nothing is changed."""


class WrongDays(CalendarRefused):
    """The last day lies before the first, or the time is longer than any term or break."""


class NameTaken(CalendarRefused):
    """Another term has this name."""


class Overlaps(CalendarRefused):
    """Another term, or another break, has some of these days.

    Attributes:
        other: the one that is there.
    """

    def __init__(self, other: Term | SchoolBreak) -> None:
        super().__init__(str(other))
        self.other = other


class OutsideOfTerms(CalendarRefused):
    """A break lies inside of a term: outside of the terms the school is closed anyway."""


class TermInUse(CalendarRefused):
    """Rounds or other records belong to the term."""


@transaction.atomic
def save_term(
    *, by: User, school: School, name: str, starts_on: datetime.date, ends_on: datetime.date, term: Term | None = None
) -> Term:
    """Enter a term, or change this one.

    Raises:
        NotPermitted, CalendarRefused: one of its subclasses.
    """
    _allowed(by, school)
    if not starts_on < ends_on or (ends_on - starts_on).days > LONGEST_TERM:
        raise WrongDays
    others = Term.objects.filter(school=school).exclude(pk=term.pk if term else None)
    if others.filter(name=name).exists():
        raise NameTaken
    _no_overlap(others, starts_on, ends_on)
    before = _range(term) if term else None
    term = term or Term(school=school)
    term.name, term.starts_on, term.ends_on = name, starts_on, ends_on
    term.save()
    _note(by, "calendar.change_term" if before else "calendar.enter_term", term, before)
    return term


@transaction.atomic
def remove_term(*, by: User, term: Term) -> None:
    """Take a term out that was entered by mistake.

    Raises:
        NotPermitted
        TermInUse: something belongs to it.
    """
    _allowed(by, term.school)
    _note(by, "calendar.remove_term", term)
    try:
        term.delete()
    except ProtectedError as error:
        raise TermInUse from error


@transaction.atomic
def save_break(
    *,
    by: User,
    school: School,
    name: str,
    starts_on: datetime.date,
    ends_on: datetime.date,
    the_break: SchoolBreak | None = None,
) -> SchoolBreak:
    """Close the school from the first day to the last, both included.

    Raises:
        NotPermitted, CalendarRefused: one of its subclasses.
    """
    _allowed(by, school)
    if ends_on < starts_on or (ends_on - starts_on).days > LONGEST_BREAK:
        raise WrongDays
    if not Term.objects.filter(school=school, starts_on__lte=starts_on, ends_on__gte=ends_on).exists():
        raise OutsideOfTerms
    _no_overlap(
        SchoolBreak.objects.filter(school=school).exclude(pk=the_break.pk if the_break else None), starts_on, ends_on
    )
    before = _range(the_break) if the_break else None
    the_break = the_break or SchoolBreak(school=school)
    the_break.name, the_break.starts_on, the_break.ends_on = name, starts_on, ends_on
    the_break.save()
    _note(by, "calendar.change_break" if before else "calendar.enter_break", the_break, before)
    return the_break


@transaction.atomic
def remove_break(*, by: User, the_break: SchoolBreak) -> None:
    """Open the school again on these days."""
    _allowed(by, the_break.school)
    _note(by, "calendar.remove_break", the_break)
    the_break.delete()


@transaction.atomic
def set_day(*, by: User, school: School, day: datetime.date, is_open: bool, reason: str) -> SchoolDayOverride:
    """Say of one day that the school is open or closed, whatever else says so; the last word on a day counts."""
    _allowed(by, school)
    own, _made = SchoolDayOverride.objects.update_or_create(
        school=school, day=day, defaults={"is_school_day": is_open, "reason": reason}
    )
    record(actor=by, action="calendar.set_day", target=own, details={"day": day.isoformat(), "open": is_open})
    return own


@transaction.atomic
def clear_day(*, by: User, own: SchoolDayOverride) -> None:
    """Take the school's own word on a day away: what applies without it applies again."""
    _allowed(by, own.school)
    record(
        actor=by,
        action="calendar.clear_day",
        target=own,
        details={"day": own.day.isoformat(), "open": own.is_school_day},
    )
    own.delete()


def _allowed(by: User, school: School) -> None:
    """May they? And one change of a school's calendar at a time. What was read of it before no longer counts."""
    require(by, Capability.MANAGE_DIRECTORY, school)
    School.objects.select_for_update(of=("self",)).get(pk=school.pk)
    school.__dict__.pop("_calendar", None)


def _no_overlap(others: Any, starts_on: datetime.date, ends_on: datetime.date) -> None:
    other = others.filter(Q(starts_on__lte=ends_on) & Q(ends_on__gte=starts_on)).first()
    if other is not None:
        raise Overlaps(other)


def _range(of: Term | SchoolBreak) -> list[str]:
    return [of.starts_on.isoformat(), of.ends_on.isoformat()]


def _note(by: User, action: str, target: Term | SchoolBreak, before: list[str] | None = None) -> None:
    details: dict[str, Any] = {"days": _range(target)}
    if before:
        details["before"] = before
    record(actor=by, action=action, target=target, details=details)


# -- what a change does ------------------------------------------------------------------------------------------------


def next_days(school: School, today: datetime.date, counts: tuple[int, ...] = (3, 7)) -> dict[int, datetime.date]:
    """Where the product's usual clocks end that start today: so many school days from now."""
    calendar: SchoolCalendar = calendar_of(school)
    return {count: calendar.add_school_days(today, count) for count in counts}
