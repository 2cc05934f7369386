"""Submitting a class, per response (permission, score, summaries, audit, durable), against a bare Django insert."""

import itertools
import statistics
import time
from collections.abc import Iterator

from django.db import connection

from benchmarks.floors import BareRow
from benchmarks.measure import Figure, rate
from screening.instruments.answers import from_codes
from screening.rounds.filling import children_left, confirm_rest, save_child
from screening.rounds.manage import open_round
from screening.rounds.models import ClassPass
from screening.rounds.submit import submit_class
from xinqiao.accounts.models import User
from xinqiao.school.calendar import calendar_of

SHARE = 0.5
TURNS, PASSES_A_TURN = 5, 3
MARKED = 4


def measure() -> Iterator[Figure]:
    teacher = User.objects.get(username="homeroom")
    with connection.schema_editor() as editor:
        editor.create_model(BareRow)
    numbers = itertools.count()

    def bare() -> None:
        """A row of the same size, committed by itself, as each answer to a form would be."""
        number = next(numbers)
        BareRow.objects.create(child=number, answers=bytes(30), total=number % 40, level="none", saved_by=teacher.pk)

    bare()
    submits, saves, floors = [], [], []
    for _turn in range(TURNS):
        floors.append(rate(bare, 1.0))
        passes = [_fresh_pass(teacher) for _ in range(PASSES_A_TURN)]
        saved, spent = _timed(lambda: sum(_fill(each, teacher) for each in passes))  # noqa: B023 - called at once
        saves.append(saved / spent)
        submitted, spent = _timed(lambda: sum(_submit(each, teacher) for each in passes))  # noqa: B023
        submits.append(submitted / spent)
    floor = statistics.median(floors)
    value = statistics.median(submits)
    yield Figure("submit, a response of a class of 45", value, "/s", floor, f">= {SHARE}x a bare insert",
                 value >= SHARE * floor)  # fmt: skip
    value = statistics.median(saves)
    yield Figure("saving what is marked for one child", value, "/s", floor, "no target", True)


def _fresh_pass(teacher: User) -> ClassPass:
    """A pass of the teacher's class in a round of its own, in which nobody is considered yet."""
    counselor = User.objects.get(username="counselor")
    before = ClassPass.objects.fillable_by(teacher).select_related("round__term", "round__instrument_version").first()
    today = before.round.opens_on
    round_ = open_round(
        user=counselor,
        term=before.round.term,
        instrument_version=before.round.instrument_version,
        opens_on=today,
        due_on=calendar_of(before.round.school).add_school_days(today, 5),
        classes=[before.school_class],
    )
    return round_.passes.select_related("round__instrument_version", "school_class__grade").get()


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
