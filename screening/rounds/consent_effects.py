"""What a guardian's word about screening does to the first pass: what a teacher had begun to mark of the child is taken out."""

from __future__ import annotations

import datetime

from django.utils.translation import gettext_lazy as _

from screening.instruments.answers import none_yet, pack
from screening.rounds.enums import PassState, ResponseState
from screening.rounds.models import ClassPass, Response
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.consents.effects import declare, speaks_against
from xinqiao.consents.enums import ConsentKind
from xinqiao.consents.models import Consent


def answered(*, consent: Consent, by: User, now: datetime.datetime) -> None:
    """Empty the child's drafts. One with a sign of danger stays: the child's safety comes first, and that is on the record."""
    if not speaks_against(consent):
        return
    drafts = Response.objects.filter(
        student=consent.student_id, state=ResponseState.DRAFT, class_pass__state=PassState.DRAFT
    )
    passes = drafts.values("class_pass")
    # The pass first, as a teacher's save does: it then either came before and is taken out, or comes after and is refused.
    list(ClassPass.objects.select_for_update(of=("self",)).filter(pk__in=passes).order_by("pk"))
    for row in (
        drafts.select_for_update(of=("self",)).select_related("class_pass__round__instrument_version").order_by("pk")
    ):
        if row.told_at is not None:
            record(
                actor=by,
                action="response.keep_for_safety",
                target=row,
                student_id=row.student_id,
                details={"because": "critical_sign"},
            )
            continue
        row.answers = pack(none_yet(row.class_pass.round.instrument_version.parsed))
        row.considered, row.note = "", ""
        row.version += 1
        row.saved_at = now
        row.save(update_fields=["answers", "considered", "note", "version", "saved_at"])
        record(actor=by, action="response.take_out", target=row, student_id=row.student_id)


declare(
    ConsentKind.SCREENING,
    stops=_("Your child is left out of the class's form at once, and what was begun there is taken out."),
    goes_on=_(
        "What was submitted before stays in the file until its time is over, or until you ask for it to be erased. Where a sign of danger to life was seen, the school goes on protecting your child and says why."
    ),
    run=answered,
)
