"""What a guardian sees of the consents about their own children: one line for each child and kind that was ever asked."""

from __future__ import annotations

import dataclasses

from django.utils import timezone

from xinqiao.accounts.models import User
from xinqiao.consents.enums import ConsentState
from xinqiao.consents.kinds import Kind, kind_of
from xinqiao.consents.models import Consent
from xinqiao.consents.standing import Picture, asked_anew_at, picture_of
from xinqiao.school.models import Guardian, Guardianship, Student


@dataclasses.dataclass
class Asked:
    """One child and kind.

    Attributes:
        consent: the row that an answer now belongs to, and that the page is addressed by.
        own: this guardian's last word, if any.
        waits: nobody has answered yet.
        by_other: another guardian's last word is what counts.
    """

    student: Student
    kind: Kind
    picture: Picture
    consent: Consent
    own: Consent | None
    rows: list[Consent]

    @property
    def waits(self) -> bool:
        return self.consent.state == ConsentState.REQUESTED

    @property
    def may_withdraw(self) -> bool:
        return bool(self.picture.yes)

    @property
    def by_other(self) -> bool:
        latest = self.picture.latest
        return latest is not None and latest.answered_at is not None and (self.own is None or latest.pk != self.own.pk)


def asked_of(user: User) -> list[Asked]:
    """For all of this guardian's children, what waits first. A restricted guardian has none."""
    rows = list(
        Consent.objects.answerable_by(user)
        .select_related("student__school", "student__current_class__grade", "guardian", "withdrawn_by", "asking")
        .defer("evidence", "withdrawal_evidence")
        .order_by("student", "kind", "requested_at")
    )
    grouped: dict[tuple[int, str], list[Consent]] = {}
    for row in rows:
        # A referral is asked each time anew: each question stands for itself.
        of = row.kind if not kind_of(row.kind).per_case else f"{row.kind} {row.pk}"
        grouped.setdefault((row.student_id, of), []).append(row)
    heard: dict[int, set[object]] = {}
    for student, guardian in Guardianship.objects.filter(
        student__in={row.student_id for row in rows}, restricted=False
    ).values_list("student", "guardian"):
        heard.setdefault(student, set()).add(guardian)
    own = Guardian.objects.filter(user=user).values_list("pk", flat=True).first()
    anew: dict[int, dict] = {}
    found = []
    for of_one in grouped.values():
        first = of_one[0]
        if first.school_id not in anew:
            anew[first.school_id] = asked_anew_at(first.school_id, {row.kind for row in rows})
        picture = picture_of(
            of_one, heard.get(first.student_id, set()), anew[first.school_id].get(first.kind), timezone.localdate()
        )
        said = [row for row in of_one if own in {row.guardian_id, row.withdrawn_by_id} and row.answered_at]
        found.append(
            Asked(
                student=first.student,
                kind=kind_of(first.kind),
                picture=picture,
                consent=picture.open or picture.latest or of_one[-1],
                own=said[-1] if said else None,
                rows=of_one,
            )
        )
    return sorted(found, key=lambda each: (not each.waits, each.student.number, list(each.kind.key)))
