"""Erasing a child's file: one person asks with a reason, another confirms what is shown; the law's share stays, apart and named.

What is written is emptied in place (`scrub`), because the database rightly keeps rows and the counts made from them. Where the child is
still at the school, the emptied rows go over to somebody without a name; where the child has left, the child becomes nobody.
"""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from tasks.mail import queue_mail
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.holders import people_who
from xinqiao.audit.trail import record
from xinqiao.guards import written
from xinqiao.records.enums import Channel, ErasureState, ExportState
from xinqiao.records.errors import Blocked, Changed, MovedOn, NothingToErase, SamePerson
from xinqiao.records.export import forget
from xinqiao.records.models import Erasure, ExportRun
from xinqiao.records.parts import NOBODY, Erasing, new_reference, part, parts
from xinqiao.records.plan import Line, Plan, plan_for
from xinqiao.records.retention import backups_gone_on
from xinqiao.records.scrub import past_the_freeze
from xinqiao.school.models import Student

if TYPE_CHECKING:
    from xinqiao.accounts.models import User


_ANSWER = ["state", "answered_by", "answered_at", "answer"]


@transaction.atomic
def ask_erasure(*, user: User, student: Student, ground: str, reason: str) -> Erasure:
    """Ask a second person to have this file erased. Nothing changes yet.

    Raises:
        NotPermitted
        Blocked: something has to be done first.
        NothingToErase
        MovedOn: it is asked already.
    """
    require(user, Capability.ERASE_FILE, student)
    student = _locked(student)
    _check(plan_for(student))
    if Erasure.objects.asked().filter(student=student).exists():
        raise MovedOn
    erasure = _new(student, ground=ground, reason=reason, channel=Channel.PAGE, user=user)
    record(actor=user, action="records.erase_ask", target=erasure, student_id=student.pk, details={"ground": ground})
    for colleague in people_who(Capability.ERASE_FILE, student.school_id).exclude(pk=user.pk):
        queue_mail(
            template="records/erasure_asked",
            to=colleague,
            key=f"erasure-asked:{erasure.pk}:{colleague.pk}",
            context={"path": reverse("records:erasure", args=[erasure.pk])},
        )
    return erasure


@transaction.atomic
def confirm_erasure(*, user: User, erasure: Erasure, shown: str, comment: str = "") -> Erasure:
    """Erase what was shown.

    Args:
        shown: the fingerprint of the plan that the person saw.

    Raises:
        NotPermitted
        SamePerson: whoever asked cannot confirm; the database refuses it too.
        Blocked, Changed, MovedOn, NothingToErase
    """
    require(user, Capability.ERASE_FILE, erasure)
    erasure = _asked(erasure)
    if erasure.asked_by_id == user.pk:
        raise SamePerson
    student = _locked(erasure.student)
    plan = plan_for(student)
    _check(plan)
    if plan.fingerprint != shown:
        raise Changed
    return _carry_out(erasure, student, plan, user=user, comment=comment)


@transaction.atomic
def return_erasure(*, user: User, erasure: Erasure, comment: str) -> Erasure:
    """The second person says no, and why.

    Raises:
        NotPermitted, SamePerson, MovedOn
    """
    require(user, Capability.ERASE_FILE, erasure)
    erasure = _asked(erasure)
    if erasure.asked_by_id == user.pk:
        raise SamePerson
    return _answer(erasure, ErasureState.RETURNED, user, comment)


@transaction.atomic
def withdraw_erasure(*, user: User, erasure: Erasure) -> Erasure:
    """Whoever asked takes it back.

    Raises:
        NotPermitted, MovedOn
    """
    require(user, Capability.ERASE_FILE, erasure)
    erasure = _asked(erasure)
    if erasure.asked_by_id != user.pk:
        raise MovedOn
    return _answer(erasure, ErasureState.WITHDRAWN, user, "")


@transaction.atomic
def erase_by_command(*, student: Student, ground: str, reason: str) -> Erasure:
    """The server's command, on the school's written order: the leaders are told at once.

    Raises:
        Blocked, NothingToErase
    """
    student = _locked(student)
    plan = plan_for(student)
    _check(plan)
    asked = Erasure.objects.asked().filter(student=student).first()
    if asked is not None:
        _answer(asked, ErasureState.WITHDRAWN, None, "")
    erasure = _new(student, ground=ground, reason=reason, channel=Channel.COMMAND, user=None)
    erasure = _carry_out(erasure, student, plan, user=None, comment="")
    for leader in people_who(Capability.ERASE_FILE, student.school_id):
        queue_mail(
            template="records/erasure_done",
            to=leader,
            key=f"erasure-done:{erasure.pk}:{leader.pk}",
            context={"path": reverse("records:erasure", args=[erasure.pk])},
        )
    return erasure


def erase_parts(erasing: Erasing, keys: list[str]) -> dict[str, int]:
    """Empty these parts, those first on which others rest. How many rows of each."""
    counts = {}
    for each in reversed(parts()):
        if each.key in keys and each.erase is not None:
            counts[each.key] = each.erase(erasing)
    return counts


@transaction.atomic
def forget_identities(today: datetime.date | None = None) -> int:
    """Whom an erasure was about is forgotten on the day on which the law keeps nothing of it any more."""
    today = today or timezone.localdate()
    over = Erasure.objects.filter(written("identity"), state=ErasureState.DONE, kept_until__lt=today)
    with past_the_freeze(Erasure):
        return over.update(identity="")


def _carry_out(erasure: Erasure, student: Student, plan: Plan, *, user: User | None, comment: str) -> Erasure:
    now = timezone.now()
    whom = {"name": student.name, "number": student.number, "guardians": _guardians(student)}
    erasing = Erasing(student=student, whole=plan.whole, reference=erasure.reference)
    rows = erase_parts(erasing, [line.part.key for line in plan.goes])
    for run in (
        ExportRun.objects.select_for_update(of=("self",)).filter(student=student).exclude(state=ExportState.GONE)
    ):
        forget(run)
    # With the law's share goes the only line that says whose it was.
    apart = [line for line in plan.stays if line.part.keeping != "directory"]
    erasure.identity = json.dumps(whom, ensure_ascii=False) if apart else ""
    erasure.student = student if plan.whole else (erasing.made or student)
    erasure.state, erasure.answered_by, erasure.answered_at, erasure.answer = ErasureState.DONE, user, now, comment
    erasure.result = {
        "whole": plan.whole,
        "erased": [{"part": line.part.key, "records": line.total} for line in plan.goes],
        "kept": [_kept(line) for line in plan.stays],
        "rows": rows,
    }
    erasure.kept_until = plan.kept_until
    erasure.backups_until = backups_gone_on(timezone.localdate(now))
    erasure.save(
        update_fields=["identity", "student", *_ANSWER, "result", "kept_until", "backups_until"],
    )
    record(
        actor=user,
        action="records.erase",
        target=erasure,
        student_id=student.pk,
        details={"channel": erasure.channel, "ground": erasure.ground, **rows},
    )
    return erasure


def _kept(line: Line) -> dict[str, object]:
    return {
        "part": line.part.key,
        "records": line.total,
        "class": line.part.keeping,
        "until": line.until.isoformat() if line.until else None,
    }


def _guardians(student: Student) -> list[dict[str, str]]:
    ties = student.guardianships.select_related("guardian")
    return [{"name": tie.guardian.name, "relation": tie.relation} for tie in ties]


def _check(plan: Plan) -> None:
    if plan.blocks:
        raise Blocked(plan.blocks)
    if not plan.goes:
        raise NothingToErase


def _new(student: Student, *, ground: str, reason: str, channel: str, user: User | None) -> Erasure:
    erasure = Erasure(
        reference=new_reference(),
        school_id=student.school_id,
        student=student,
        ground=ground,
        channel=channel,
        asked_by=user,
        asked_at=timezone.now(),
    )
    erasure.reason = reason
    erasure.save(force_insert=True)
    return erasure


def _asked(erasure: Erasure) -> Erasure:
    erasure = Erasure.objects.select_for_update(of=("self",)).select_related("student").get(pk=erasure.pk)
    if erasure.state != ErasureState.ASKED:
        raise MovedOn
    return erasure


def _answer(erasure: Erasure, state: str, user: User | None, comment: str) -> Erasure:
    erasure.state, erasure.answered_by, erasure.answered_at, erasure.answer = state, user, timezone.now(), comment
    erasure.save(update_fields=_ANSWER)
    record(actor=user, action=f"records.erase_{state}", target=erasure, student_id=erasure.student_id)
    return erasure


def _locked(student: Student) -> Student:
    """The child's row, held, so that nobody writes a new record of the child meanwhile."""
    found = Student.objects.select_for_update(of=("self",)).select_related("school").get(pk=student.pk)
    if found.name == NOBODY:
        raise NothingToErase
    return found


def kept_in_words(erasure: Erasure) -> list[dict[str, object]]:
    """For the page and the certificate: which part stays, why, until when."""
    return [
        {
            "label": part(each["part"]).label,
            "records": each["records"],
            "why": part(each["part"]).retention.why_kept,
            "until": datetime.date.fromisoformat(each["until"]) if each["until"] else None,
        }
        for each in erasure.kept
    ]


def erased_in_words(erasure: Erasure) -> list[dict[str, object]]:
    return [{"label": part(each["part"]).label, "records": each["records"]} for each in erasure.erased]
