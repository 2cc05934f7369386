"""The question "does a valid consent of this kind stand for this child today?", and the same for many children in one query.

The rule is cautious. A consent stands when at least one guardian has agreed, it has not run out, and no later wording
asked anew; and when no guardian has last said no. One guardian's refusal or withdrawal stops, whatever the other says, until
that same guardian agrees. Answers of a guardian whom a court restricted count neither way.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from xinqiao.consents.enums import AGAINST, ConsentState, Standing
from xinqiao.consents.models import Consent, ConsentRule, ConsentText, SafetyOverride
from xinqiao.school.models import Guardianship, School, Student


def agreed(kind: str, on: datetime.date) -> QuerySet[Consent]:
    """Consents of the kind that are in force on the day, whoever else has spoken."""
    asked_anew = ConsentText.objects.filter(
        school=OuterRef("school"), kind=kind, asks_again=True, published_at__gt=OuterRef("answered_at")
    )
    return (
        Consent.objects.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=on), kind=kind, state=ConsentState.GIVEN)
        .filter(_unrestricted("guardian"))
        .filter(~Exists(asked_anew))
    )


def against(kind: str) -> QuerySet[Consent]:
    """Refusals and withdrawals that hold: the guardian who said so has not agreed since."""
    since = Consent.objects.filter(
        student=OuterRef("student"),
        kind=kind,
        state=ConsentState.GIVEN,
        guardian=OuterRef("speaker"),
        answered_at__gt=OuterRef("said_at"),
    )
    return (
        Consent.objects.filter(kind=kind, state__in=AGAINST)
        .annotate(speaker=Coalesce("withdrawn_by", "guardian"), said_at=Coalesce("withdrawn_at", "answered_at"))
        .filter(_unrestricted("speaker"), ~Exists(since))
    )


def _unrestricted(speaker: str) -> Exists:
    return Exists(
        Guardianship.objects.filter(student=OuterRef("student"), guardian=OuterRef(speaker), restricted=False)
    )


def stands(student: Student, kind: str, on: datetime.date | None = None) -> bool:
    """Whether a guardian has agreed and none speaks against it. Emergencies and what a school requires are `may_go_on`."""
    on = on or timezone.localdate()
    return agreed(kind, on).filter(student=student).exists() and not against(kind).filter(student=student).exists()


def spoken_against(student: Student, kind: str) -> bool:
    """Whether some guardian's last word is no."""
    return against(kind).filter(student=student).exists()


def left_out(kind: str, now: datetime.datetime | None = None) -> Q:
    """An expression on Student: nothing of this kind may go on for the child now.

    A refusal or withdrawal leaves a child out. A missing answer does only where the school requires one. A decision for the
    child's safety lets it in for some days.
    """
    now = now or timezone.now()
    yes = agreed(kind, timezone.localdate(now)).filter(student=OuterRef("pk"))
    no = against(kind).filter(student=OuterRef("pk"))
    rule = ConsentRule.objects.filter(school=OuterRef("school"), required__contains=[kind])
    override = SafetyOverride.objects.filter(student=OuterRef("pk"), kind=kind, made_at__lte=now, ends_at__gt=now)
    return (Q(Exists(no)) | (Q(Exists(rule)) & ~Q(Exists(yes)))) & ~Q(Exists(override))


def left_out_of(students: QuerySet[Student], kind: str, now: datetime.datetime | None = None) -> set[int]:
    """Those of some children for whom nothing of this kind may go on now.

    The whole question is asked only where somebody has said no or a school requires a yes. To put it together takes longer
    than everything else in saving a child's row, which a class of 45 does every few seconds.
    """
    said_no = Consent.objects.filter(kind=kind, state__in=AGAINST, student__in=students.order_by())
    required = ConsentRule.objects.filter(required__contains=[kind])
    if not said_no.order_by().values("school").union(required.values("school"), all=True)[:1]:
        return set()
    return set(students.filter(left_out(kind, now)).values_list("pk", flat=True))


def may_go_on(student: Student, kind: str, now: datetime.datetime | None = None) -> bool:
    """The gate: whether what this kind is for may be done for the child now."""
    return not left_out_of(Student.objects.filter(pk=student.pk), kind, now)


def is_required(school: School, kind: str) -> bool:
    return ConsentRule.objects.filter(school=school, required__contains=[kind]).exists()


@dataclasses.dataclass
class Picture:
    """What holds for one child and kind.

    Attributes:
        open: the question that nobody has answered yet.
        disagree: one guardian has agreed and another says no.
        yes, no: the rows that count, the newest first.
    """

    standing: Standing
    open: Consent | None = None
    yes: list[Consent] = dataclasses.field(default_factory=list)
    no: list[Consent] = dataclasses.field(default_factory=list)
    disagree: bool = False

    @property
    def latest(self) -> Consent | None:
        return next(iter([*self.no, *self.yes]), self.open)


def pictures(
    *, school_id: int, kind: str, students: Collection[int], on: datetime.date | None = None, for_pages: bool = True
) -> dict[int, Picture]:
    """Of each of these children of one school; three queries, however many there are."""
    rows = Consent.objects.filter(student__in=students, kind=kind).defer("evidence", "withdrawal_evidence")
    if for_pages:
        rows = rows.select_related("guardian", "withdrawn_by", "asking")
    by_child: dict[int, list[Consent]] = defaultdict(list)
    for row in rows.order_by("requested_at"):
        by_child[row.student_id].append(row)
    heard: dict[int, set[object]] = defaultdict(set)
    for student, guardian in Guardianship.objects.filter(student__in=list(by_child), restricted=False).values_list(
        "student", "guardian"
    ):
        heard[student].add(guardian)
    anew = asked_anew_at(school_id, [kind]).get(kind)
    on = on or timezone.localdate()
    return {pk: picture_of(by_child.get(pk, ()), heard[pk], anew, on) for pk in students}


def asked_anew_at(school_id: int, kinds: Iterable[str]) -> dict[str, datetime.datetime]:
    """When the last wording came out that ends earlier answers, by kind."""
    found = ConsentText.objects.filter(
        school=school_id, kind__in=list(kinds), asks_again=True, published_at__isnull=False
    )
    return dict(found.order_by().values_list("kind").annotate(Max("published_at")))


def picture_of(
    rows: Iterable[Consent], heard: set[object], anew: datetime.datetime | None, on: datetime.date
) -> Picture:
    """The same rule in Python, from one child's rows of one kind."""
    rows = list(rows)
    given = [row for row in rows if row.state == ConsentState.GIVEN and row.guardian_id in heard]
    last_yes = {}
    for row in given:
        last_yes[row.guardian_id] = max(row.answered_at, last_yes.get(row.guardian_id, row.answered_at))
    no = [
        row
        for row in rows
        if row.state in AGAINST
        and speaker_of(row) in heard
        and not (speaker_of(row) in last_yes and last_yes[speaker_of(row)] > said_at(row))
    ]
    yes = [row for row in given if row.in_force(on) and (anew is None or row.answered_at >= anew)]
    no.sort(key=said_at, reverse=True)
    yes.sort(key=said_at, reverse=True)
    picture = Picture(
        standing=Standing.NOT_ASKED,
        open=next((row for row in rows if row.state == ConsentState.REQUESTED), None),
        yes=yes,
        no=no,
    )
    if no:
        taken_back = no[0].state == ConsentState.WITHDRAWN
        picture.standing = Standing.WITHDRAWN if taken_back else Standing.REFUSED
        others = [row for row in no if row.state == ConsentState.WITHDRAWN and row.guardian_id != speaker_of(row)]
        picture.disagree = bool(yes or others)
    elif yes:
        picture.standing = Standing.GIVEN
    elif picture.open is not None:
        picture.standing = Standing.OPEN
    elif given:
        picture.standing = Standing.EXPIRED
    return picture


def speaker_of(row: Consent) -> object:
    """Whose word the row is now: who took it back, or else who answered."""
    return (row.withdrawn_by_id or row.guardian_id) if row.state == ConsentState.WITHDRAWN else row.guardian_id


def said_at(row: Consent) -> datetime.datetime:
    return row.withdrawn_at if row.state == ConsentState.WITHDRAWN else row.answered_at


def overrides_of(student: Student, now: datetime.datetime | None = None) -> QuerySet[SafetyOverride]:
    """Decisions in force to act without a consent."""
    now = now or timezone.now()
    return SafetyOverride.objects.filter(student=student, made_at__lte=now, ends_at__gt=now).order_by(
        F("made_at").desc()
    )
