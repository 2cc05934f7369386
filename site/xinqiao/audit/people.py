"""The principal's question: who is this person to us, since when, through whom; and who can see this child."""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from xinqiao.accounts.access import reach
from xinqiao.accounts.capabilities import Capability as C
from xinqiao.accounts.enums import Role
from xinqiao.accounts.explain import (
    CHANGES,
    RECORDS,
    Explanation,
    Kind,
    duty_in_words,
    ends_in_words,
    everything,
    kinds,
    reach_in_words,
)
from xinqiao.accounts.models import Appointment, User
from xinqiao.audit.models import AuditEntry
from xinqiao.school.models import Student

_ACTS = ("appointment.give", "appointment.end", "appointment.withdraw")
_COUNTED = {capability for _label, capability, _condition in (*RECORDS, *CHANGES)}


def people_of(principal: User) -> QuerySet[User]:
    """Everybody who holds, held or will hold a duty at this person's schools."""
    schools = reach(principal, C.EXPLAIN_ACCESS).schools
    return User.objects.filter(pk__in=Appointment.objects.filter(school__in=schools).values("user"))


@dataclasses.dataclass(frozen=True)
class Duty:
    """One appointment with its story.

    Attributes:
        when: "now", "coming" or "past".
        given: who gave it and when, from the trail; None where it came with the installation or the roster.
        taken: who ended or withdrew it, and when.
    """

    appointment: Appointment
    words: str
    when: str
    ends: str
    given: AuditEntry | None
    taken: AuditEntry | None


def duties_of(person: User, schools: Collection[int], today: datetime.date | None = None) -> list[Duty]:
    """Those at these schools: in force first, then coming ones, then the past."""
    today = today or timezone.localdate()
    held = list(
        person.appointments.filter(school__in=schools)
        .select_related("school", "grade", "school_class__grade", "substitute_for__user")
        .order_by("-starts_on", "-pk")
    )
    acts: dict[str, dict[str, AuditEntry]] = defaultdict(dict)
    entries = AuditEntry.objects.filter(
        target_type="accounts.appointment", target_id__in=[str(each.pk) for each in held], action__in=_ACTS
    )
    for entry in entries.select_related("actor").order_by("pk"):
        acts[entry.target_id]["given" if entry.action == _ACTS[0] else "taken"] = entry
    order = {"now": 0, "coming": 1, "past": 2}
    duties = [
        Duty(
            appointment=each,
            words=duty_in_words(each),
            when=_when(each, today),
            ends=ends_in_words(each),
            given=acts[str(each.pk)].get("given"),
            taken=acts[str(each.pk)].get("taken"),
        )
        for each in held
    ]
    return sorted(duties, key=lambda duty: order[duty.when])


def _when(appointment: Appointment, today: datetime.date) -> str:
    if appointment.withdrawn_at is not None or (appointment.ends_on is not None and appointment.ends_on < today):
        return "past"
    return "coming" if appointment.starts_on > today else "now"


@dataclasses.dataclass(frozen=True)
class Held:
    """A capability that the person has.

    Attributes:
        children: how many children it reaches today; None where it is not about children.
    """

    explanation: Explanation
    how_far: list[str]
    children: int | None

    @property
    def label(self) -> Any:
        return self.explanation.capability.label


def held_by(person: User, schools: Collection[int], today: datetime.date | None = None) -> tuple[list[Held], list[C]]:
    """What the person may at these schools, and what not. One count for each different reach.

    Whoever works at two schools is explained to each by its own duties alone.
    """
    today = today or timezone.localdate()
    counts: dict[Any, int] = {}
    held, lacking = [], []
    for whole in everything(person, today):
        explanation = dataclasses.replace(whole, grounds=tuple(g for g in whole.grounds if g.school_id in schools))
        if not explanation.yes:
            lacking.append(explanation.capability)
            continue
        children = None
        if explanation.capability in _COUNTED:
            extent = explanation.reach
            if extent not in counts:
                children = Student.objects.filter(extent.students_q(today), school__in=schools)
                counts[extent] = children.distinct().count()
            children = counts[extent]
        held.append(Held(explanation, reach_in_words(explanation), children))
    return held, lacking


@dataclasses.dataclass(frozen=True)
class Watcher:
    """Somebody who can see something of a child today.

    Attributes:
        kinds: one for each of RECORDS, in that order.
    """

    person: User
    duties: list[str]
    kinds: list[Kind]

    @property
    def sees(self) -> int:
        return sum(kind.yes for kind in self.kinds)


def who_can_see(student: Student, today: datetime.date | None = None) -> list[Watcher]:
    """Everybody with a right to any kind of record about this child today; who sees most stands first. Three queries."""
    today = today or timezone.localdate()
    guardians = set(
        student.guardianships.filter(restricted=False, guardian__user__isnull=False).values_list(
            "guardian__user", flat=True
        )
    )
    held = (
        Appointment.objects.on(today)
        .filter(school=student.school_id, user__is_active=True)
        .filter(~Q(role=Role.GUARDIAN) | Q(user__in=guardians))
        .select_related("user", "school", "grade", "school_class__grade")
        .order_by("pk")
    )
    people: dict[int, User] = {}
    duties: dict[int, list[Appointment]] = defaultdict(list)
    for appointment in held:
        person = people.setdefault(appointment.user_id, appointment.user)
        duties[person.pk].append(appointment)
    watchers = []
    for person in people.values():
        # The duties were read for all at once; `grounds` finds them here and asks for nothing more.
        person.__dict__["_appointments_by_day"] = {today: duties[person.pk]}
        found = kinds(person, student, RECORDS, today, guards=person.pk in guardians)
        if any(kind.yes for kind in found):
            counted = [duty_in_words(each) for each in duties[person.pk] if _lets_see(person, each, found)]
            watchers.append(Watcher(person, counted, found))
    return sorted(watchers, key=lambda watcher: (-watcher.sees, str(watcher.person), watcher.person.pk))


def _lets_see(person: User, appointment: Appointment, found: list[Kind]) -> bool:
    return any(ground.appointment == appointment for kind in found for ground in kind.explanation.grounds)
