"""A month as its page shows it: weeks of days, each with whether the school is open and why; and what is still unknown."""

from __future__ import annotations

import calendar as months
import dataclasses
import datetime
import itertools

from django.utils.translation import gettext as _

from xinqiao.school.calendar import NATIONAL_YEARS, Day, SchoolCalendar, Why
from xinqiao.school.models import Term

_HINT_BEFORE = datetime.timedelta(days=60)


@dataclasses.dataclass(frozen=True)
class Span:
    """Days in a row of one kind and name."""

    first: Day
    last: Day

    @property
    def is_one(self) -> bool:
        return self.first.date == self.last.date

    @property
    def count(self) -> int:
        return (self.last.date - self.first.date).days + 1


@dataclasses.dataclass(frozen=True)
class Month:
    """A month of a school.

    Attributes:
        weeks: of seven days each, Monday first; None before the first and after the last.
        special: what differs from an ordinary week, in a row.
        open_days: how many school days it has.
    """

    first: datetime.date
    weeks: list[list[Day | None]]
    special: list[Span]
    open_days: int

    @property
    def before(self) -> str:
        return f"{self.first - datetime.timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        return f"{self.first + datetime.timedelta(days=31):%Y-%m}"


def month_of(calendar: SchoolCalendar, first: datetime.date) -> Month:
    """The month that begins with this day."""
    count = months.monthrange(first.year, first.month)[1]
    days = [calendar.day(first + datetime.timedelta(days=offset)) for offset in range(count)]
    padded = [None] * first.weekday() + days
    padded += [None] * (-len(padded) % 7)
    return Month(
        first=first,
        weeks=[padded[start : start + 7] for start in range(0, len(padded), 7)],
        special=_spans(days),
        open_days=sum(day.is_open for day in days),
    )


_ORDINARY = {Why.WEEKDAY, Why.WEEKEND}


def _spans(days: list[Day]) -> list[Span]:
    groups = itertools.groupby(days, key=lambda day: (day.why, day.name))
    runs = [list(group) for _key, group in groups]
    return [Span(run[0], run[-1]) for run in runs if run[0].why not in _ORDINARY]


def skipped(calendar: SchoolCalendar, start: datetime.date, end: datetime.date) -> list[Span]:
    """What lies between two days and does not count, ordinary weekends left out."""
    days = [calendar.day(start + datetime.timedelta(days=offset)) for offset in range(1, (end - start).days + 1)]
    return [span for span in _spans(days) if not span.first.is_open]


def hints(terms: list[Term], today: datetime.date) -> list[str]:
    """What should be entered soon, as sentences."""
    found = []
    if not terms:
        return [_("No term has been entered. Until then every workday counts as a school day.")]
    last = max(term.ends_on for term in terms)
    if last < today:
        found.append(
            _(
                "The last term ended on %(day)s and the next one has not been entered: every workday counts as a school day."
            )
            % {"day": last.isoformat()}
        )
    elif last - today <= _HINT_BEFORE:
        found.append(
            _("The next term has not been entered. After %(day)s every workday would count as a school day.")
            % {"day": last.isoformat()}
        )
    unknown = sorted({term.ends_on.year for term in terms if term.ends_on >= today} - set(NATIONAL_YEARS))
    found += [
        _(
            "The public holidays of %(year)s are not known to the product yet: there Monday to Friday count as school days, and the weekend"
            " does not. Enter the holidays that you know as breaks or single days; an update brings the others."
        )
        % {"year": year}
        for year in unknown
    ]
    return found
