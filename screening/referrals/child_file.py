"""What a referral holds about a child: the letter as it left, who checked it, and each step that the hospital took."""

from __future__ import annotations

from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from screening.referrals.enums import ENDED
from screening.referrals.models import Referral, ReferralMove
from xinqiao.records.parts import Clock, Entry, Erasing, Part, facts, register
from xinqiao.records.scrub import empty
from xinqiao.school.models import Student

_OVER = TruncDate(Coalesce("sent_at", "moved_at"))


def _read(student: Student) -> list[Entry]:
    entries = []
    rows = Referral.objects.filter(case__student=student)
    for row in rows.select_related("minimum_checked_by", "second_told", "made_by").order_by("made_at"):
        entries.append(
            Entry(
                _("Referral to %(hospital)s") % {"hospital": row.hospital},
                row.sent_at or row.made_at,
                facts(
                    ("state", _("State"), row.get_state_display()),
                    ("observed", _("What was observed"), row.observed),
                    ("done_so_far", _("What the school has done"), row.done_so_far),
                    ("asked", _("What we ask of you"), row.asked),
                    ("letter", _("On the letter besides"), _frozen(row)),
                    ("emergency", _("Emergency"), _("yes") if row.emergency else ""),
                    ("emergency_reason", _("Why it could not wait"), row.emergency_reason, False, True),
                    ("second_told", _("Second person told"), row.second_told, True),
                    ("checked_by", _("Checked for the least that is needed"), row.minimum_checked_by, True),
                    ("by", _("Begun by"), row.made_by, True),
                ),
            )
        )
        for move in row.moves.select_related("written_by"):
            entries.append(
                Entry(
                    str(move.get_to_state_display()),
                    move.happened_on,
                    facts(("note", _("Note"), move.note), ("by", _("Written by"), move.written_by, True)),
                )
            )
    return entries


def _frozen(row: Referral) -> str:
    # Who signed is a colleague: named apart, under "begun by" and "checked".
    return "；".join(value for key, value in row.frozen.items() if key not in {"contact", "code"} and value)


def _count(student: Student) -> list[tuple[object, int]]:
    return [
        (_("referrals"), Referral.objects.filter(case__student=student).count()),
        (_("steps of referrals"), ReferralMove.objects.filter(referral__case__student=student).count()),
    ]


def _clocks(students: QuerySet[Student]) -> dict[int, Clock]:
    rows = Referral.objects.filter(case__student__in=students).values_list("case__student")
    counted = rows.annotate(
        first=Min(_OVER), last=Max(_OVER), open=Count("pk", filter=~Q(state__in=sorted(ENDED)))
    ).order_by()
    return {
        pk: Clock(None if on_its_way else first, None if on_its_way else last)
        for pk, first, last, on_its_way in counted
    }


def _erase(erasing: Erasing) -> int:
    """Texts and what else stood on the letter go; whose case it is follows from the case."""
    rows = Referral.objects.filter(case__student=erasing.student, state__in=sorted(ENDED))
    if erasing.until is not None:
        rows = rows.annotate(over=_OVER).filter(over__lte=erasing.until)
    found = list(rows.values_list("pk", flat=True))
    count = empty(ReferralMove.objects.filter(referral__in=found))
    # What is frozen is JSON, and none where it was never issued or is gone.
    return count + empty(Referral.objects.filter(pk__in=found), facts="")


def _blocks(student: Student) -> list[str]:
    if Referral.objects.filter(case__student=student).exclude(state__in=sorted(ENDED)).exists():
        return [_("A referral is on its way. It is closed or withdrawn first.")]
    return []


register(
    Part(
        key="referrals",
        label=gettext_lazy("Referrals and letters"),
        order=80,
        keeping="letters",
        models=("screening_referrals.Referral", "screening_referrals.ReferralMove"),
        read=_read,
        count=_count,
        clocks=_clocks,
        erase=_erase,
        blocks=_blocks,
    )
)
