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
from xinqiao.school.models import School, SchoolClass, Term


class NoClasses(Refused):
    sentence = _("Choose at least one class.")


class NotOfThisSchool(Refused):
    sentence = _("Choose classes of this school only.")


class InOpenRound(Refused):
    """Attributes: classes: those that are being filled in for another round."""

    def __init__(self, classes: list[SchoolClass]) -> None:
        super().__init__(
            _("Still open in another round: %(classes)s. Close that round first, or leave these classes out.")
            % {"classes": "、".join(str(each) for each in classes)}
        )
        self.classes = classes


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
        NotPermitted, NoClasses, NotOfThisSchool
        InOpenRound: a class has an open round already, as after a second press of the button.
    """
    require(user, Capability.MANAGE_ROUNDS, term.school)
    classes = list(classes)
    if not classes:
        raise NoClasses
    if any(each.grade.school_id != term.school_id for each in classes):
        raise NotOfThisSchool
    Term.objects.select_for_update().get(pk=term.pk)
    taken = classes_in_open_rounds(term.school)
    if busy := [each for each in classes if each.pk in taken]:
        raise InOpenRound(busy)
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


def classes_in_open_rounds(school: School) -> set[int]:
    """Which classes of the school have a round that is open."""
    passes = ClassPass.objects.filter(round__school=school, round__state=RoundState.OPEN)
    return set(passes.values_list("school_class", flat=True))


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
