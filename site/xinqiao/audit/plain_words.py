"""The trail in a parent's words: what was done with a child's records, by which duty, without a level or a story.

An act that has no words here is told to nobody. Kinds that would tell of something not yet talked about with the family
are kept back unless the principal says otherwise.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment
from xinqiao.audit.models import AccessRequest, AuditEntry


class Kind(models.TextChoices):
    """Of what sort an act is; kept back or told as one."""

    DIRECTORY = "directory", _("Name, class and other basic facts")
    FIRST_PASS = "first_pass", _("First pass of the whole class")
    CONSENT = "consent", _("Consents that were asked for and answered")
    CONTROL = "control", _("Looks at who has read")
    EMERGENCY = "emergency", _("Emergency readings")
    TAKEN_OUT = "taken_out", _("Records printed, taken out or erased")
    TALKS = "talks", _("Signs, talks and assessments")
    HELP = "help", _("Help of the school: cases, follow-ups, emergency protocol")
    REFERRAL = "referral", _("Referrals to a hospital")


KEPT_BACK = frozenset({Kind.EMERGENCY, Kind.TAKEN_OUT, Kind.TALKS, Kind.HELP, Kind.REFERRAL})
"""What is kept back unless the principal decides otherwise: it would tell of an assessment or a protection matter."""

_K = Kind
_ANSWERED = _("recorded a guardian's word on a consent")
_ACTS: dict[str, tuple[Kind, Any]] = {
    "student.correct": (_K.DIRECTORY, _("corrected basic facts")),
    "student.change": (_K.DIRECTORY, _("changed the class")),
    "student.leave": (_K.DIRECTORY, _("entered that the child left")),
    "student.join": (_K.DIRECTORY, _("entered the child")),
    "student.return": (_K.DIRECTORY, _("entered that the child came back")),
    "move.undo": (_K.DIRECTORY, _("took a change of class back")),
    "consent.ask": (_K.CONSENT, _("asked for a consent")),
    "consent.request": (_K.CONSENT, _("asked for a consent")),
    "identity.read": (_K.DIRECTORY, _("looked at the identity number")),
    "identity.write": (_K.DIRECTORY, _("entered the identity number")),
    # Whether it was a yes or a no may be another guardian's word.
    "consent.given": (_K.CONSENT, _ANSWERED),
    "consent.refused": (_K.CONSENT, _ANSWERED),
    "consent.withdraw": (_K.CONSENT, _ANSWERED),
    "audit.read_child": (_K.CONTROL, _("looked who had read the records")),
    "audit.explain": (_K.CONTROL, _("looked who can see the records")),
    "break_glass.open": (_K.EMERGENCY, _("opened the records in an emergency")),
    "break_glass.end": (_K.EMERGENCY, _("ended an emergency reading")),
    "break_glass.seen": (_K.EMERGENCY, _("checked an emergency reading")),
    "access_request.ask": (_K.CONTROL, _("asked who has seen the records")),
    "access_request.release": (_K.CONTROL, _("answered who has seen the records")),
    "access_request.decline": (_K.CONTROL, _("did not answer who has seen the records")),
    "access_request.take_back": (_K.CONTROL, _("took the question back")),
    "access_request.read": (_K.CONTROL, _("read the answer")),
    "records.export": (_K.TAKEN_OUT, _("took out the whole file")),
    "records.ask_export": (_K.TAKEN_OUT, _("had the whole file put together")),
    "records.export_fetch": (_K.TAKEN_OUT, _("took out the whole file")),
    "records.erase": (_K.TAKEN_OUT, _("erased records")),
    "records.retention_erase": (_K.TAKEN_OUT, _("erased records")),
    "file.export": (_K.TAKEN_OUT, _("took out a paper")),
    "case.export": (_K.TAKEN_OUT, _("printed records")),
    "referral.export": (_K.TAKEN_OUT, _("printed a letter")),
    "response.mark_critical": (_K.TALKS, _("told the counselor of a worry")),
    "response.amend": (_K.TALKS, _("corrected the first pass")),
    "assessment.pick": (_K.TALKS, _("planned a talk")),
    "assessment.begin": (_K.TALKS, _("talked with the child")),
    "assessment.complete": (_K.TALKS, _("wrote down a talk")),
    "assessment.read_narrative": (_K.TALKS, _("read what was written about a talk")),
    "file.read": (_K.HELP, _("looked at a paper")),
    "file.attach": (_K.HELP, _("attached a paper")),
    "case.open": (_K.HELP, _("began to help")),
    "case.write": (_K.HELP, _("wrote down how the school helps")),
    "case.read_class_support": (_K.HELP, _("read what the class can do")),
    "case.read_narrative": (_K.HELP, _("read how the school helps")),
    "case.hand_over": (_K.HELP, _("handed the help on to a colleague")),
    "case.monitoring": (_K.HELP, _("went on with follow-ups")),
    "case.closed": (_K.HELP, _("ended the help")),
    "follow_up.plan": (_K.HELP, _("planned a follow-up")),
    "follow_up.done": (_K.HELP, _("wrote down a follow-up")),
    "crisis.declare": (_K.HELP, _("began urgent help")),
    "crisis.step": (_K.HELP, _("wrote down urgent help")),
    "referral.start": (_K.REFERRAL, _("prepared a letter to a hospital")),
    "referral.write": (_K.REFERRAL, _("wrote a letter to a hospital")),
    "referral.issue": (_K.REFERRAL, _("issued a letter to a hospital")),
    "referral.read": (_K.REFERRAL, _("read a letter to a hospital")),
    "referral.move": (_K.REFERRAL, _("wrote down what the hospital answered")),
}

# Which of several duties is named: the one nearest to the child.
_NEAREST = (
    Role.HOMEROOM,
    Role.COUNSELOR,
    Role.TEACHER,
    Role.GRADE_LEADER,
    Role.MORAL_EDUCATION,
    Role.DEPUTY,
    Role.PRINCIPAL,
    Role.ADMINISTRATOR,
)


@dataclasses.dataclass(frozen=True)
class Happening:
    """Something done with a child's records, before it is put into words.

    Attributes:
        guardian_id: the login of the guardian whose own question or word it is about: nobody else is told of it.
    """

    at: datetime.datetime
    actor_id: int | None
    kind: Kind
    did: Any
    guardian_id: int | None = None


@dataclasses.dataclass(frozen=True)
class Told:
    """One line for the guardian: a day, a duty, an act.

    Attributes:
        times: how often on that day.
    """

    day: datetime.date
    who: str
    did: str
    kind: Kind
    times: int


_finders: list[Callable[[int], Iterable[Happening]]] = []


def tells(find: Callable[[int], Iterable[Happening]]) -> Callable[[int], Iterable[Happening]]:
    """Register a function of a student's id: what the trail keeps for a whole class and not for each child."""
    _finders.append(find)
    return find


def happenings(student_id: int, *, up_to: int | None = None, until: datetime.datetime | None = None) -> list[Happening]:
    """All that has words, oldest first.

    Args:
        up_to: the last entry of the trail that counts.
        until: the same for what stands elsewhere.
    """
    entries = AuditEntry.objects.filter(student_id=student_id, action__in=list(_ACTS))
    if up_to is not None:
        entries = entries.filter(pk__lte=up_to)
    askers = {str(pk): by for pk, by in AccessRequest.objects.filter(student=student_id).values_list("pk", "asked_by")}
    found = [_happening(entry, askers) for entry in entries.only("at", "actor_id", "action", "target_id", "details")]
    found += [each for find in _finders for each in find(student_id) if until is None or each.at <= until]
    return sorted(found, key=lambda each: each.at)


def _happening(entry: AuditEntry, askers: Mapping[str, int]) -> Happening:
    kind, did = _ACTS[entry.action]
    guardian = None
    if entry.action.startswith("access_request."):
        guardian = askers.get(entry.target_id)
    elif kind == Kind.CONSENT:
        if entry.details.get("how") == "online":  # by a guardian, whatever other duty they hold
            guardian = entry.actor_id
        if entry.details.get("kind") == "referral":
            kind = Kind.REFERRAL
    return Happening(entry.at, entry.actor_id, kind, did, guardian)


def in_plain_words(
    found: Iterable[Happening], *, school_id: int, reader_id: int, withheld: Collection[str] = ()
) -> list[Told]:
    """Newest day first; what another guardian did is never told, and the same act of one day stands once."""
    found = [each for each in found if each.kind not in withheld and each.guardian_id in {None, reader_id}]
    duties: dict[int, list[Appointment]] = {}
    held = Appointment.objects.filter(user__in={each.actor_id for each in found if each.actor_id}, school=school_id)
    for appointment in held:
        duties.setdefault(appointment.user_id, []).append(appointment)
    counted: dict[tuple[datetime.date, str, str, Kind], int] = {}
    for each in found:
        day = timezone.localdate(each.at)
        who = _who(each.actor_id, duties, day, reader_id)
        if who is None:
            continue
        key = (day, who, str(each.did), each.kind)
        counted[key] = counted.get(key, 0) + 1
    lines = [Told(*key, times) for key, times in counted.items()]
    return sorted(lines, key=lambda line: line.day, reverse=True)


def _who(actor_id: int | None, duties: dict[int, list[Appointment]], day: datetime.date, reader_id: int) -> str | None:
    """The duty held on that day; None for another guardian."""
    if actor_id is None:
        return str(pgettext_lazy("who acted", "The system"))
    if actor_id == reader_id:
        return str(pgettext_lazy("who acted", "You"))
    roles = {
        Role(each.role)
        for each in duties.get(actor_id, ())
        if each.starts_on <= day and (each.ends_on is None or each.ends_on >= day)
    }
    for role in _NEAREST:
        if role in roles:
            return str(role.label)
    if Role.GUARDIAN in roles:
        return None
    return str(pgettext_lazy("who acted", "Somebody of the school"))
