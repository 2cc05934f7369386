"""What happened in a case, from the trail: acts, people and times, never what was written."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from screening.cases.enums import CrisisStepKey
from screening.cases.models import Case
from screening.levels import Suggestion
from screening.referrals.enums import ReferralState
from xinqiao.audit.models import AuditEntry

SHOWN = 60

_ACTS = {
    "assessment.begin": gettext_lazy("Assessment begun"),
    "assessment.complete": gettext_lazy("Level determined: %(determined)s"),
    "case.open": gettext_lazy("Taken up again"),
    "case.write": gettext_lazy("Plan and notes written"),
    "case.change_level": gettext_lazy("Level changed from %(from)s to %(to)s"),
    "case.ask_to_lower": gettext_lazy("A second person asked about lowering to %(to)s"),
    "case.lower": gettext_lazy("A second person agreed: %(to)s"),
    "case.keep_high": gettext_lazy("Given back with a comment: the level stays"),
    "case.hand_over": gettext_lazy("Another owner"),
    "case.monitoring": gettext_lazy("Goes on as follow-up"),
    "case.closed": gettext_lazy("Case closed"),
    "case.export": gettext_lazy("Case printed"),
    "crisis.declare": gettext_lazy("Emergency protocol begun"),
    "crisis.declared": gettext_lazy("Emergency protocol runs again"),
    "crisis.step": gettext_lazy("Protocol step done: %(step)s"),
    "crisis.safe": gettext_lazy("The child is safe"),
    "crisis.handed_over": gettext_lazy("Protocol handed over"),
    "crisis.stood_down": gettext_lazy("Emergency protocol ended"),
    "follow_up.plan": gettext_lazy("Additional follow-up planned"),
    "follow_up.done": gettext_lazy("Follow-up done"),
    "referral.start": gettext_lazy("Referral letter begun"),
    "referral.move": gettext_lazy("Referral: %(state)s"),
    "referral.export": gettext_lazy("Referral letter taken out"),
    "consent.request": gettext_lazy("Guardian's consent asked"),
    "consent.given": gettext_lazy("Guardian's consent given"),
    "consent.refused": gettext_lazy("Guardian's consent refused"),
    "consent.withdraw": gettext_lazy("Guardian's consent taken back"),
}


@dataclasses.dataclass(frozen=True)
class Happened:
    """As the timeline component wants it."""

    at: datetime.datetime
    title: str
    by: str
    text: str = ""


def timeline_of(case: Case, belonging: list[Any]) -> list[Happened]:
    """The acts on the case and on the records that belong to it, newest first.

    Args:
        belonging: keys of the case's follow-ups, protocol steps, referrals and consents.
    """
    keys = {str(key) for key in [case.pk, case.assessment_id, case.crisis_id, *belonging] if key is not None}
    entries = (
        AuditEntry.objects.filter(student_id=case.student_id, target_id__in=keys, action__in=list(_ACTS))
        .select_related("actor")
        .order_by("-pk")[:SHOWN]
    )
    return [Happened(at=entry.at, title=_title(entry), by=str(entry.actor or "")) for entry in entries]


def _title(entry: AuditEntry) -> str:
    if entry.action == "case.open" and "number" in entry.details:
        return _("Case opened")
    words = {name: _word(name, value) for name, value in entry.details.items() if name in {"from", "to", "determined"}}
    if entry.action == "crisis.step":
        words["step"] = str(CrisisStepKey(entry.details["step"]).label)
    if entry.action == "referral.move":
        words = {"state": str(ReferralState(entry.details["to"]).label)}
    text = str(_ACTS[entry.action])
    return text % words if "%(" in text else text


def _word(name: str, value: Any) -> str:
    return str(Suggestion(value).label) if value in Suggestion.values else str(value)
