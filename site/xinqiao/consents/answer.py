"""Asking about one child, and writing down what a guardian said: by the school for them, or by themselves."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from xinqiao.accounts.access import NotPermitted, require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.consents.effects import run_effects
from xinqiao.consents.enums import BY_STAFF, ConsentHow, ConsentState
from xinqiao.consents.errors import InTheFuture, ListChanged, NotTheirGuardian, NotThisState
from xinqiao.consents.kinds import kind_of
from xinqiao.consents.models import Asking, Consent
from xinqiao.consents.standing import against, agreed
from xinqiao.consents.texts import text_in_force, version_on
from xinqiao.consents.withdraw import take_back
from xinqiao.school.models import Guardian, SchoolClass, Student

A_MOMENT = datetime.timedelta(minutes=5)
"""Clocks differ: an answer from so little ahead is from now."""


@transaction.atomic
def request_consent(
    *, user: User, student: Student, kind: str, now: datetime.datetime | None = None, asking: Asking | None = None
) -> Consent:
    """Begin to ask the guardians of one child, with the words in force. An open question is not doubled, but for a referral."""
    require(user, kind_of(kind).asked_with, student)
    now = now or timezone.now()
    text = text_in_force(student.school, kind, now)
    Student.objects.select_for_update(no_key=True).only("pk").get(pk=student.pk)
    if not kind_of(kind).per_case:
        found = Consent.objects.filter(student=student, kind=kind, state=ConsentState.REQUESTED).first()
        if found is not None:
            return found
    consent = Consent.objects.create(
        school_id=student.school_id,
        student=student,
        kind=kind,
        text_version=text.version,
        asking=asking,
        requested_at=now,
        requested_by=user,
    )
    record(
        actor=user,
        action="consent.request",
        target=consent,
        student_id=student.pk,
        details={"kind": consent.kind, "text": text.version},
    )
    return consent


@transaction.atomic
def record_answer(
    *,
    user: User,
    consent: Consent,
    guardian: Guardian,
    given: bool,
    how: str,
    answered_at: datetime.datetime,
    evidence: str,
    now: datetime.datetime | None = None,
) -> Consent:
    """Write down for a guardian what they said to this question; what follows from it happens at once.

    Raises:
        NotPermitted, NotTheirGuardian
        NotThisState: it is answered, or the answer lies in the future.
    """
    require(user, kind_of(consent.kind).asked_with, consent.student)
    now = now or timezone.now()
    if ConsentHow(how) not in BY_STAFF or answered_at > now + A_MOMENT:
        raise NotThisState
    return _answer(
        consent, by=user, guardian=guardian, given=given, how=how, answered_at=answered_at, evidence=evidence, now=now
    )


@transaction.atomic
def answer_own(*, user: User, consent: Consent, given: bool, now: datetime.datetime | None = None) -> Consent:
    """The guardian answers in their own account: this question, or once more after an earlier answer.

    Raises:
        NotPermitted: it is not about a child of theirs, or a court has restricted them.
        NotThisState: the very same answer stands already.
    """
    guardian = own_guardian(user, consent)
    now = now or timezone.now()
    Student.objects.select_for_update(no_key=True).only("pk").get(pk=consent.student_id)
    consent = Consent.objects.select_related("student__school").get(pk=consent.pk)
    return voice(
        consent=consent, guardian=guardian, given=given, how=ConsentHow.ONLINE, by=user, answered_at=now, now=now
    )


@transaction.atomic
def record_voice(
    *,
    user: User,
    consent: Consent,
    guardian: Guardian,
    given: bool,
    how: str,
    answered_at: datetime.datetime,
    evidence: str,
    now: datetime.datetime | None = None,
) -> Consent:
    """Write down for a guardian what they say now, also where somebody has answered before: another guardian, a change of mind.

    Raises:
        NotPermitted, NotTheirGuardian, NotThisState, InTheFuture
    """
    require(user, kind_of(consent.kind).asked_with, consent.student)
    now = now or timezone.now()
    if answered_at > now + A_MOMENT:
        raise InTheFuture
    if ConsentHow(how) not in BY_STAFF:
        raise NotThisState
    Student.objects.select_for_update(no_key=True).only("pk").get(pk=consent.student_id)
    consent = Consent.objects.select_related("student__school").get(pk=consent.pk)
    return voice(
        consent=consent,
        guardian=guardian,
        given=given,
        how=how,
        by=user,
        answered_at=answered_at,
        evidence=evidence,
        now=now,
    )


@transaction.atomic
def record_paper(
    *,
    user: User,
    school_class: SchoolClass,
    kind: str,
    answers: Mapping[int, tuple[Guardian, bool]],
    signed_on: datetime.date,
    evidence: str,
    now: datetime.datetime | None = None,
) -> int:
    """The slips of a class that came back signed, in one act: for each child who signed, and whether they agree.

    Raises:
        NotPermitted, NotTheirGuardian, InTheFuture
        ListChanged: one of them has been answered meanwhile, or sits elsewhere; nothing is written.
    """
    require(user, kind_of(kind).asked_with, school_class)
    now = now or timezone.now()
    if signed_on > timezone.localdate(now):
        raise InTheFuture
    said = now if signed_on == timezone.localdate(now) else noon_of(signed_on)
    questions = {
        consent.student_id: consent
        for consent in Consent.objects.select_for_update(of=("self",))
        .select_related("student__school")
        .filter(student__in=answers, student__current_class=school_class, kind=kind, state=ConsentState.REQUESTED)
        .order_by("pk")
    }
    if set(questions) != set(answers):
        raise ListChanged
    for student_id, (guardian, given) in answers.items():
        _answer(
            questions[student_id],
            by=user,
            guardian=guardian,
            given=given,
            how=ConsentHow.PAPER,
            answered_at=said,
            evidence=evidence,
            now=now,
        )
    return len(answers)


def noon_of(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))


def own_guardian(user: User, consent: Consent) -> Guardian:
    """The person's own entry as a guardian of this child.

    Raises:
        NotPermitted
    """
    found = Guardian.objects.filter(
        user=user, guardianships__student=consent.student_id, guardianships__restricted=False
    ).first()
    if (
        found is None
        or not Student.objects.within(user, Capability.ANSWER_CONSENT).filter(pk=consent.student_id).exists()
    ):
        raise NotPermitted(Capability.ANSWER_CONSENT)
    return found


def voice(
    *,
    consent: Consent,
    guardian: Guardian,
    given: bool,
    how: str,
    by: User,
    answered_at: datetime.datetime,
    now: datetime.datetime,
    evidence: str = "",
) -> Consent:
    """One guardian's word about what the question asked, in the caller's transaction, with the child's row locked.

    To an open question it is the answer. A no to what was given takes that back. All else is a row of its own.
    """
    asked_again = Consent.objects.filter(student=consent.student_id, kind=consent.kind, state=ConsentState.REQUESTED)
    if kind_of(consent.kind).per_case:
        asked_again = asked_again.filter(pk=consent.pk)
    question = asked_again.first()
    standing = Consent.objects.filter(student=consent.student_id, kind=consent.kind, state=ConsentState.GIVEN)
    if kind_of(consent.kind).per_case:
        standing = standing.filter(pk=consent.pk)
    if not given and (taken := list(standing.select_for_update().order_by("answered_at"))):
        for row in taken:
            take_back(row, by=by, guardian=guardian, how=how, evidence=evidence, at=answered_at, now=now)
        return taken[-1]
    if question is None:
        if kind_of(consent.kind).per_case or (not given and _said_no(consent, guardian)):
            raise NotThisState
        in_force = agreed(consent.kind, timezone.localdate(now)).filter(student=consent.student_id)
        if given and in_force.filter(guardian=guardian).exists():
            raise NotThisState
        question = Consent.objects.create(
            school_id=consent.school_id,
            student=consent.student,
            kind=consent.kind,
            text_version=text_in_force(consent.student.school, consent.kind, now).version,
            asking=consent.asking,
            requested_at=now,
            requested_by=consent.requested_by,
        )
    return _answer(
        question, by=by, guardian=guardian, given=given, how=how, answered_at=answered_at, evidence=evidence, now=now
    )


def _said_no(consent: Consent, guardian: Guardian) -> bool:
    return against(consent.kind).filter(student=consent.student_id, speaker=guardian.pk).exists()


def _answer(
    consent: Consent,
    *,
    by: User,
    guardian: Guardian,
    given: bool,
    how: str,
    answered_at: datetime.datetime,
    evidence: str,
    now: datetime.datetime,
) -> Consent:
    if not consent.student.guardianships.filter(guardian=guardian, restricted=False).exists():
        raise NotTheirGuardian
    consent = Consent.objects.select_for_update(of=("self",)).select_related("student__school").get(pk=consent.pk)
    if consent.state != ConsentState.REQUESTED:
        raise NotThisState
    consent.state = ConsentState.GIVEN if given else ConsentState.REFUSED
    consent.guardian, consent.how, consent.answered_at = guardian, ConsentHow(how), answered_at
    consent.recorded_by, consent.recorded_at, consent.evidence = by, now, evidence.strip()
    # A slip signed before new words came out answers the old ones.
    consent.text_version = version_on(consent, answered_at)
    valid_days = kind_of(consent.kind).valid_days
    if given and valid_days is not None:
        consent.expires_on = timezone.localdate(answered_at) + datetime.timedelta(days=valid_days)
    consent.save()
    record(
        actor=by,
        action=f"consent.{consent.state}",
        target=consent,
        student_id=consent.student_id,
        details={"kind": consent.kind, "how": consent.how, "text": consent.text_version},
    )
    run_effects(consent=consent, by=by, now=now)
    return consent
