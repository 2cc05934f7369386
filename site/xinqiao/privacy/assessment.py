"""The impact assessment: a draft that always shows what is missing, saved by version, signed off once, then never changed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.privacy.facts import facts_of
from xinqiao.privacy.inventory import inventory
from xinqiao.privacy.models import Conclusion, ImpactAssessment
from xinqiao.privacy.risks import RISKS
from xinqiao.refused import NotThisState, Refused
from xinqiao.school.models import School

PARTS = {
    "purpose": (_("Purpose, and why it is lawful"), _("What the school does with children's data and what for; on which ground.")),
    "necessity": (_("Why it is necessary, and no more than that"), _("Why less data would not do; what the school leaves out.")),
    "consulted": (_("Who was asked"), _("Guardians' representatives, teachers, the counselor, the district: when, and what they said.")),
    "own_measures": (_("What the school does besides"), _("Training, agreements of silence, locked cabinets, who keeps the keys.")),
    "residual": (_("What risk remains"), _("After all measures; and why it can be borne, or what is still to be done by when.")),
}  # fmt: skip
"""What only the school can write: label and help of each."""
FIRST_WORDS = {
    "purpose": "及早发现需要帮助的孩子，由心理老师评估、辅导、必要时转介，并持续跟进。依据监护人的单独同意；危及生命时，依据保护生命健康的必要。",
    "necessity": "只记录班主任在日常中看得到的表现，不使用诊断性量表；谈话只记要点。不收集身份证号、病历、家庭收入等无关信息。",
}


class Conflict(Refused):
    sentence = _("Somebody else has saved the draft meanwhile. Below stands what you wrote; look at theirs first.")


class StillMissing(Refused):
    sentence = _("It is not whole yet. What is missing is listed at the top.")


@transaction.atomic
def draft_for(*, user: User, school: School, now: datetime.datetime | None = None) -> ImpactAssessment:
    """The school's draft; begun from the last signed one, or from first words, where there is none.

    Raises:
        NotPermitted
    """
    require(user, Capability.MANAGE_PRIVACY, school)
    School.objects.select_for_update(no_key=True).only("pk").get(pk=school.pk)
    found = ImpactAssessment.objects.filter(school=school, signed_at__isnull=True).first()
    if found is not None:
        return found
    last = ImpactAssessment.objects.filter(school=school).order_by("-number").first()
    made = ImpactAssessment.objects.create(
        school=school,
        number=last.number + 1 if last else 1,
        words=last.words if last else FIRST_WORDS,
        ratings=last.ratings if last else {},
        saved_at=now or timezone.now(),
        saved_by=user,
    )
    record(actor=user, action="privacy.begin_assessment", target=made, details={"number": made.number})
    return made


@transaction.atomic
def save_draft(
    *,
    user: User,
    assessment: ImpactAssessment,
    version: int,
    words: Mapping[str, str],
    ratings: Mapping[str, Mapping[str, Any]],
    conclusion: str,
    next_review_on: datetime.date | None,
    now: datetime.datetime | None = None,
) -> ImpactAssessment:
    """Keep the school's words and ratings.

    Raises:
        NotPermitted
        NotThisState: it is signed off.
        Conflict: somebody saved it since.
    """
    found = _locked(user, assessment)
    if found.version != version:
        raise Conflict
    found.words = {key: words.get(key, "").strip() for key in PARTS}
    found.ratings = {risk.key: dict(ratings.get(risk.key, {})) for risk in RISKS}
    found.conclusion, found.next_review_on = conclusion, next_review_on
    found.version += 1
    found.saved_at, found.saved_by = now or timezone.now(), user
    found.save()
    record(actor=user, action="privacy.save_assessment", target=found, details={"version": found.version})
    return found


@transaction.atomic
def sign_off(
    *, user: User, assessment: ImpactAssessment, version: int, now: datetime.datetime | None = None
) -> ImpactAssessment:
    """From now on it stays as it is, with the inventory and the facts of this day.

    Raises:
        NotPermitted, NotThisState, Conflict
        StillMissing
    """
    found = _locked(user, assessment)
    if found.version != version:
        raise Conflict
    now = now or timezone.now()
    if missing(found, timezone.localdate(now)):
        raise StillMissing
    found.facts = {"facts": facts_of(found.school), "inventory": inventory(found.school)}
    found.signed_at, found.signed_by = now, user
    found.version += 1
    found.save()
    record(
        actor=user,
        action="privacy.sign_assessment",
        target=found,
        details={"number": found.number, "conclusion": found.conclusion},
    )
    return found


def missing(assessment: ImpactAssessment, today: datetime.date) -> list[str]:
    """What has to be written before it can be signed off, in words; empty where it is whole."""
    found = [str(label) for key, (label, _help) in PARTS.items() if not assessment.words.get(key)]
    for risk in RISKS:
        rating = assessment.ratings.get(risk.key, {})
        if not (rating.get("likelihood") and rating.get("impact")):
            found.append(str(_("Rating: %(risk)s") % {"risk": risk.what}))
    if assessment.conclusion not in Conclusion.values:
        found.append(str(_("Conclusion")))
    if assessment.next_review_on is None or assessment.next_review_on <= today:
        found.append(str(_("Day of the next review, after today")))
    return found


def shown_facts(assessment: ImpactAssessment) -> dict[str, Any]:
    """Those of the day it was signed, or today's while it is a draft."""
    return assessment.facts or {"facts": facts_of(assessment.school), "inventory": inventory(assessment.school)}


def weight_of(rating: Mapping[str, Any]) -> int:
    """Likelihood times impact; 0 where either is missing."""
    return int(rating.get("likelihood") or 0) * int(rating.get("impact") or 0)


def _locked(user: User, assessment: ImpactAssessment) -> ImpactAssessment:
    require(user, Capability.MANAGE_PRIVACY, assessment)
    found = ImpactAssessment.objects.select_for_update(of=("self",)).select_related("school").get(pk=assessment.pk)
    if found.signed:
        raise NotThisState
    return found
