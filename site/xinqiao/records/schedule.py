"""The retention schedule: what is due is found, shown for two weeks, and only then erased; in small batches, each on the trail.

Whoever keeps privacy may confirm earlier, or set a hold on a child, for which the database's reason stays. What is due is asked again for each
item at the moment of acting. A run that was stopped goes on where its items say.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from tasks.mail import queue_mail
from tasks.outbox import enqueue
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.holders import people_who
from xinqiao.audit.trail import record
from xinqiao.records.enums import ItemState, RunState
from xinqiao.records.erase import erase_parts
from xinqiao.records.errors import MovedOn, OutOfBounds
from xinqiao.records.models import Hold, RetentionChoice, RetentionItem, RetentionRun
from xinqiao.records.parts import Clock, Erasing, new_reference, parts
from xinqiao.records.retention import CLASSES, add_months, in_force
from xinqiao.school.models import School, Student

if TYPE_CHECKING:
    from xinqiao.accounts.models import User

KIND = "records.retention"
NOTICE_DAYS = 14
"""So long a run is shown before it acts by itself."""
BATCH = 20
"""Children in one transaction."""
_LAST_OF_ALL = "directory"


class Due(NamedTuple):
    student_id: int
    part: str
    due_on: datetime.date


def choices_of(school: School) -> dict[str, int]:
    """The months that this school chose."""
    return dict(RetentionChoice.objects.filter(school=school).values_list("klass", "months"))


@transaction.atomic
def choose_period(*, user: User, school: School, klass: str, months: int) -> None:
    """Keep a class longer or shorter from now on.

    Raises:
        NotPermitted
        OutOfBounds
    """
    require(user, Capability.MANAGE_PRIVACY, school)
    retention = CLASSES[klass]
    if not retention.shortest <= months <= retention.longest:
        raise OutOfBounds
    before = in_force(choices_of(school), klass)
    RetentionChoice.objects.update_or_create(
        school=school,
        klass=klass,
        defaults={"months": months, "chosen_by": user, "chosen_at": timezone.now()},
    )
    record(
        actor=user,
        action="records.choose_period",
        target=school,
        details={"kept_class": klass, "months": months, "before": before},
    )


def due(school: School, today: datetime.date, *, only: int | None = None) -> list[Due]:
    """Every part of every child's file whose time is over, by child; one query a part, however many children."""
    students = Student.objects.filter(school=school)
    if only is not None:
        students = students.filter(pk=only)
    chosen = choices_of(school)
    clocks = {part: part.clocks(students) for part in parts() if part.erase is not None}
    held = set(Hold.objects.standing(today).filter(school=school).values_list("student", flat=True))
    done = set(
        RetentionItem.objects.filter(run__school=school, state=ItemState.DONE).values_list("student", "part", "due_on")
    )
    told = {
        pk
        for part, by_child in clocks.items()
        for pk, clock in by_child.items()
        if part.keeping != _LAST_OF_ALL and (pk, part.key, _over_on(clock, in_force(chosen, part.keeping))) not in done
    }
    found = []
    for part, by_child in clocks.items():
        months = in_force(chosen, part.keeping)
        for pk, clock in by_child.items():
            # The entry in the directory goes when nothing else is told of the child.
            if part.keeping == _LAST_OF_ALL and pk in told:
                continue
            day = _over_on(clock, months)
            if day is not None and day < today and pk not in held and (pk, part.key, day) not in done:
                found.append(Due(pk, part.key, day))
    return sorted(found)


@transaction.atomic
def propose(school: School, today: datetime.date | None = None) -> RetentionRun | None:
    """Show what is due, and tell those who answer for it. None where nothing is due or a run is under way."""
    today = today or timezone.localdate()
    School.objects.select_for_update(of=("self",)).get(pk=school.pk)
    if RetentionRun.objects.filter(school=school).exclude(state=RunState.DONE).exists():
        return None
    found = due(school, today)
    if not found:
        return None
    run = RetentionRun.objects.create(
        school=school,
        acts_on=today + datetime.timedelta(days=NOTICE_DAYS),
        counts=dict(sorted(Counter(each.part for each in found).items())),
    )
    RetentionItem.objects.bulk_create(
        [RetentionItem(run=run, student_id=each.student_id, part=each.part, due_on=each.due_on) for each in found],
        batch_size=2_000,
    )
    record(actor=None, action="records.retention_propose", target=run, details={"parts": run.counts})
    for person in people_who(Capability.MANAGE_PRIVACY, school):
        queue_mail(
            template="records/retention",
            to=person,
            key=f"retention:{run.pk}:{person.pk}",
            context={
                "count": len({each.student_id for each in found}),
                "day": run.acts_on.isoformat(),
                "path": reverse("records:retention_run", args=[run.pk]),
            },
        )
    return run


@transaction.atomic
def confirm(*, user: User, run: RetentionRun) -> RetentionRun:
    """Do not wait for the two weeks.

    Raises:
        NotPermitted
        MovedOn: it is at work already, or done.
    """
    require(user, Capability.MANAGE_PRIVACY, run)
    run = RetentionRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.state != RunState.PROPOSED:
        raise MovedOn
    run.state, run.confirmed_by, run.confirmed_at = RunState.ACTING, user, timezone.now()
    run.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    record(actor=user, action="records.retention_confirm", target=run)
    _order(run)
    return run


@transaction.atomic
def set_hold(*, user: User, student: Student, reason: str, until: datetime.date | None = None) -> Hold:
    """Nothing of this child is erased until it is lifted or its day is over.

    Raises:
        NotPermitted
        MovedOn: there is one.
    """
    require(user, Capability.MANAGE_PRIVACY, student)
    today = timezone.localdate()
    if Hold.objects.standing(today).filter(student=student).exists():
        raise MovedOn
    # One that has run out by its day counts as lifted.
    Hold.objects.filter(student=student, lifted_at=None).update(lifted_at=timezone.now())
    hold = Hold(school_id=student.school_id, student=student, placed_by=user, until=until)
    hold.reason = reason
    hold.save(force_insert=True)
    RetentionItem.objects.filter(student=student, state=ItemState.PENDING).update(state=ItemState.EXEMPT)
    record(actor=user, action="records.hold", target=hold, student_id=student.pk)
    return hold


@transaction.atomic
def lift_hold(*, user: User, hold: Hold) -> None:
    """What a run under way had left out because of it is erased with the others.

    Raises:
        NotPermitted
        MovedOn: it is lifted.
    """
    require(user, Capability.MANAGE_PRIVACY, hold)
    hold = Hold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    if hold.lifted_at is not None:
        raise MovedOn
    hold.lifted_at, hold.lifted_by = timezone.now(), user
    hold.save(update_fields=["lifted_at", "lifted_by"])
    RetentionItem.objects.filter(student=hold.student_id, state=ItemState.EXEMPT, run__state=RunState.PROPOSED).update(
        state=ItemState.PENDING
    )
    record(actor=user, action="records.lift_hold", target=hold, student_id=hold.student_id)


def act(run: RetentionRun, *, stop: Callable[[], bool] = lambda: False, today: datetime.date | None = None) -> int:
    """Erase what the run shows, some children at a time. Returns the rows emptied; stopped, it goes on another time."""
    today = today or timezone.localdate()
    rows = 0
    while not stop():
        with transaction.atomic():
            run = RetentionRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
            if run.state == RunState.DONE or (run.state == RunState.PROPOSED and today < run.acts_on):
                return rows
            if run.state == RunState.PROPOSED:
                run.state = RunState.ACTING
                run.save(update_fields=["state"])
            pending = run.items.filter(state=ItemState.PENDING)
            children = list(pending.order_by("student").values_list("student", flat=True).distinct()[:BATCH])
            if not children:
                run.state, run.done_at = RunState.DONE, timezone.now()
                run.save(update_fields=["state", "done_at"])
                record(actor=None, action="records.retention_done", target=run)
                return rows
            for pk in children:
                rows += _act_on(run, pk, today)
    return rows


def work_on(run_id: str, seconds: float = 150.0) -> None:
    """The worker's part after a confirmation: some minutes' worth, then the rest by a message of its own."""
    until = timezone.now() + datetime.timedelta(seconds=seconds)
    run = RetentionRun.objects.get(pk=run_id)
    act(run, stop=lambda: timezone.now() >= until)
    with transaction.atomic():
        run.refresh_from_db()
        if run.state == RunState.ACTING:
            _order(run)


def _order(run: RetentionRun) -> None:
    left = run.items.filter(state=ItemState.PENDING).count()
    enqueue(kind=KIND, key=f"{KIND}:{run.pk}:{left}", payload={"run": str(run.pk)})


def act_on_all(today: datetime.date | None = None) -> None:
    """Each night: go on with what is at work, begin what was shown long enough, show what is due anew."""
    today = today or timezone.localdate()
    for school in School.objects.order_by("pk"):
        for run in RetentionRun.objects.filter(school=school).exclude(state=RunState.DONE):
            act(run, today=today)
        propose(school, today)


def _act_on(run: RetentionRun, student_id: int, today: datetime.date) -> int:
    student = Student.objects.select_for_update(of=("self",)).select_related("school").get(pk=student_id)
    items = {item.part: item for item in run.items.filter(student=student_id, state=ItemState.PENDING)}
    still = {each.part: each for each in due(run.school, today, only=student_id)}
    going = [key for key in items if key in still]
    counts: Counter[str] = Counter()
    made: Student | None = None
    chosen = choices_of(run.school)
    for part in reversed(parts()):
        if part.key not in going:
            continue
        erasing = Erasing(
            student=student,
            whole=part.keeping == _LAST_OF_ALL,
            until=add_months(today, -in_force(chosen, part.keeping)) - datetime.timedelta(days=1),
            reference=new_reference(),
            made=made,
        )
        counts.update(erase_parts(erasing, [part.key]))
        made = erasing.made
    for key, item in items.items():
        item.state = ItemState.DONE if key in going else ItemState.PASSED
        item.rows = counts[key]
        item.save(update_fields=["state", "rows"])
    if going:
        record(actor=None, action="records.retention_erase", target=run, student_id=student_id, details=dict(counts))
    return counts.total()


def _over_on(clock: Clock, months: int) -> datetime.date | None:
    return add_months(clock.first, months) if clock.first is not None else None
