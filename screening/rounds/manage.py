"""Opening a round for classes, moving its due day, closing it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from screening.errors import NotThisState, Refused
from screening.instruments.models import InstrumentVersion
from screening.rounds.enums import RoundState
from screening.rounds.models import ClassPass, Round
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.school.models import SchoolClass, Term


class NoClasses(Refused):
    sentence = _("Choose at least one class.")


@transaction.atomic
def open_round(
    *,
    user: User,
    term: Term,
    instrument_version: InstrumentVersion,
    opens_on: datetime.date,
    due_on: datetime.date,
    classes: Iterable[SchoolClass],
) -> Round:
    """The next round of the term, open for these classes.

    Raises:
        NotPermitted, NoClasses
    """
    require(user, Capability.MANAGE_ROUNDS, term.school)
    classes = list(classes)
    if not classes:
        raise NoClasses
    Term.objects.select_for_update().get(pk=term.pk)
    number = Round.objects.filter(term=term).count() + 1
    round_ = Round.objects.create(
        school=term.school,
        term=term,
        number=number,
        instrument_version=instrument_version,
        opens_on=opens_on,
        due_on=due_on,
    )
    ClassPass.objects.bulk_create(ClassPass(round=round_, school_class=school_class) for school_class in classes)
    round_.state = RoundState.OPEN
    round_.save(update_fields=["state"])
    record(actor=user, action="round.open", target=round_, details={"classes": len(classes), "due": str(due_on)})
    return round_


@transaction.atomic
def move_due_day(*, user: User, round_: Round, due_on: datetime.date) -> Round:
    """Give the classes another due day; the reminder of the new day is a new one."""
    round_ = _locked(user, round_)
    if due_on < round_.opens_on:
        raise Refused(_("The due day lies before the first day of the round."))
    if round_.state != RoundState.OPEN:
        raise NotThisState
    if due_on != round_.due_on:
        round_.due_on = due_on
        round_.due_version += 1
        round_.save(update_fields=["due_on", "due_version"])
        record(actor=user, action="round.move_due_day", target=round_, details={"due": str(due_on)})
    return round_


@transaction.atomic
def close_round(*, user: User, round_: Round) -> Round:
    """No more filling. What was submitted stays; classes that did not submit are seen as such."""
    round_ = _locked(user, round_)
    if round_.state != RoundState.OPEN:
        raise NotThisState
    round_.state = RoundState.CLOSED
    round_.save(update_fields=["state"])
    record(actor=user, action="round.close", target=round_)
    return round_


def _locked(user: User, round_: Round) -> Round:
    require(user, Capability.MANAGE_ROUNDS, round_)
    return Round.objects.select_for_update().get(pk=round_.pk)
