"""Submitting a class, per response (permission, score, summaries, audit, durable), against a bare Django insert."""

import itertools
import statistics
import time
from collections.abc import Iterator

from django.db import connection

from benchmarks.floors import BareRow
from benchmarks.measure import Figure, rate
from screening.instruments.answers import from_codes
from screening.people import fillers_of
from screening.rounds.enums import RoundState
from screening.rounds.filling import children_left, confirm_rest, save_child
from screening.rounds.manage import close_round, open_round
from screening.rounds.models import ClassPass, Round
from screening.rounds.submit import submit_class
from xinqiao.accounts.models import User
from xinqiao.school.calendar import calendar_of
from xinqiao.school.models import SchoolClass

SHARE = 0.5
TURNS, PASSES_A_TURN = 5, 3
MARKED = 4


def measure() -> Iterator[Figure]:
    with connection.schema_editor() as editor:
        editor.create_model(BareRow)
    numbers = itertools.count()

    def bare() -> None:
        """A row of the same size, committed by itself, as each answer to a form would be."""
        number = next(numbers)
        BareRow.objects.create(child=number, answers=bytes(30), total=number % 40, level="none", saved_by=number)

    bare()
    submits, saves, floors = [], [], []
    for _turn in range(TURNS):
        floors.append(rate(bare, 1.0))
        passes = _fresh_passes()
        saved, spent = _timed(lambda: sum(_fill(*each) for each in passes))  # noqa: B023 - called at once
        saves.append(saved / spent)
        submitted, spent = _timed(lambda: sum(_submit(*each) for each in passes))  # noqa: B023
        submits.append(submitted / spent)
    floor = statistics.median(floors)
    value = statistics.median(submits)
    yield Figure("submit, a response of a class of 45", value, "/s", floor, f">= {SHARE}x a bare insert",
                 value >= SHARE * floor)  # fmt: skip
    value = statistics.median(saves)
    yield Figure("saving what is marked for one child", value, "/s", floor, "no target", True)


def _fresh_passes() -> list[tuple[ClassPass, User]]:
    """Some classes with their teachers in a round of its own, in which nobody is considered yet."""
    counselor = User.objects.get(username="counselor")
    before = Round.objects.select_related("term__school", "instrument_version").first()
    for open_one in Round.objects.filter(state=RoundState.OPEN):
        close_round(user=counselor, round_=open_one)
    round_ = open_round(
        user=counselor,
        term=before.term,
        instrument_version=before.instrument_version,
        opens_on=before.opens_on,
        due_on=calendar_of(before.term.school).add_school_days(before.opens_on, 5),
        classes=SchoolClass.objects.filter(grade__school=before.term.school)[:PASSES_A_TURN],
    )
    passes = round_.passes.select_related("round__instrument_version", "school_class__grade")
    return [(each, fillers_of(each.school_class).first()) for each in passes]


def _fill(class_pass: ClassPass, teacher: User) -> int:
    """Mark signs for a few children, each saved by itself as the form does."""
    definition = class_pass.round.instrument_version.parsed
    signs = [item.code for item in definition.items if not item.critical][:3]
    answers = from_codes(definition, dict.fromkeys(signs, 1))
    for student in children_left(class_pass)[:MARKED]:
        save_child(user=teacher, class_pass=class_pass, student=student, answers=answers, note=None, version=0)
    return MARKED


def _submit(class_pass: ClassPass, teacher: User) -> int:
    """Confirm the others and submit the class: two transactions for all its children."""
    confirm_rest(user=teacher, class_pass=class_pass, student_ids=[child.pk for child in children_left(class_pass)])
    return submit_class(user=teacher, class_pass=class_pass).children


def _timed(work) -> tuple[int, float]:
    began = time.perf_counter()
    done = work()
    return done, time.perf_counter() - began
