"""What data there are, made from the product itself: what for, on which ground, who sees them, how long they stay."""

from __future__ import annotations

from typing import Any, TypedDict

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.capabilities import GRANTS, Capability, Scope
from xinqiao.accounts.enums import Role
from xinqiao.consents.enums import ConsentKind
from xinqiao.consents.kinds import KINDS
from xinqiao.records.retention import CLASSES, PASSING, in_force
from xinqiao.records.schedule import choices_of
from xinqiao.school.models import School

C = Capability
_SEPARATE = _("Separate consent of a guardian (Art. 13 (1), 29, 31)")
_DUTY = _("Needed for the school's duties under law (Art. 13 (3))")
_LIFE = _("To protect life and health in an emergency (Art. 13 (4))")
_K = ConsentKind

_ROWS: list[tuple[Any, Any, Any, Any, tuple[Capability, ...], str]] = [
    (
        _("Directory"),
        _("Teaching and caring for the class"),
        _("Name, school number, class, sex, date of birth"),
        _DUTY,
        (C.READ_STUDENT,),
        "directory",
    ),
    (
        _("Guardians' contacts"),
        _("Reaching the family"),
        _("Name, relation, telephone"),
        _DUTY,
        (C.READ_CONTACTS,),
        "directory",
    ),
    (
        _("First pass of the screening"),
        KINDS[_K.SCREENING].purpose,
        _("What the homeroom teacher observed, signs in five domains, the suggested level of concern"),
        _SEPARATE,
        (C.READ_FIRST_PASS,),
        "first_pass",
    ),
    (_K.QUESTIONNAIRE.label, KINDS[_K.QUESTIONNAIRE].purpose, KINDS[_K.QUESTIONNAIRE].data, _SEPARATE, (C.READ_FIRST_PASS,), "first_pass"),
    (
        _("Second assessment, counselling and the psychological file"),
        KINDS[_K.COUNSELLING].purpose,
        KINDS[_K.COUNSELLING].data,
        _SEPARATE,
        (C.READ_NARRATIVE, C.READ_HIGH_NARRATIVE),
        "help",
    ),
    (_K.RECORDING.label, KINDS[_K.RECORDING].purpose, KINDS[_K.RECORDING].data, _SEPARATE, (C.READ_NARRATIVE,), "papers"),
    (
        _("Emergency protocol"),
        _("Keeping a child safe"),
        _("Who did what and when, the level, the agreement with the guardian"),
        _LIFE,
        (C.READ_NARRATIVE, C.READ_HIGH_NARRATIVE),
        "safety",
    ),
    (_K.REFERRAL.label, KINDS[_K.REFERRAL].purpose, KINDS[_K.REFERRAL].data, _SEPARATE, (C.READ_REFERRAL, C.READ_HIGH_NARRATIVE), "letters"),
    (_K.HANDOVER.label, KINDS[_K.HANDOVER].purpose, KINDS[_K.HANDOVER].data, _SEPARATE, (C.READ_NARRATIVE,), "letters"),
    (
        _("Consents"),
        _("Showing that what is done is allowed"),
        _("What was asked, who said what, how and when"),
        _DUTY,
        (C.READ_CONSENT,),
        "consents",
    ),
]  # fmt: skip
_SCOPES = {
    Scope.OWN: _("own"),
    Scope.OWN_CHILD: _("own child"),
    Scope.OWN_CLASS: _("own class"),
    Scope.OWN_GRADE: _("own grade"),
    Scope.SCHOOL: _("whole school"),
    Scope.DISTRICT: _("district, counts only"),
}
LANGUAGE = "zh-hans"
"""The notice and the assessment are Chinese documents, whatever language the page is read in."""


class Row(TypedDict):
    label: str
    purpose: str
    data: str
    basis: str
    seen_by: str
    kept: str


def inventory(school: School) -> list[Row]:
    """Each kind of data of this school; one query."""
    chosen = choices_of(school)
    with translation.override(LANGUAGE):
        return [
            Row(
                label=str(label),
                purpose=str(purpose),
                data=str(data),
                basis=str(basis),
                seen_by=who_sees(*capabilities),
                kept=_kept(chosen, key),
            )
            for label, purpose, data, basis, capabilities, key in _ROWS
        ]


def who_sees(*capabilities: Capability) -> str:
    """「心理教师（全校）、班主任（本班）」, from the table of capabilities; high cases are named as such."""
    found = []
    for role in Role:
        for capability in capabilities:
            scope = GRANTS[role].get(capability)
            if scope is None:
                continue
            reach = str(_SCOPES[scope])
            if capability == C.READ_HIGH_NARRATIVE:
                reach = str(_("high-risk cases only"))
            found.append(f"{role.label}（{reach}）")
            break
    return "、".join(found)


def retention(school: School) -> list[dict[str, str]]:
    """How long each class of records stays at this school, and from when it counts."""
    chosen = choices_of(school)
    with translation.override(LANGUAGE):
        return [
            {
                "label": str(each.label),
                "months": str(months_in_words(in_force(chosen, each.key))),
                "counts_from": str(each.counts_from),
                "basis": str(each.basis),
            }
            for each in CLASSES.values()
        ]


def passing() -> list[dict[str, str]]:
    """What the product clears away by itself."""
    with translation.override(LANGUAGE):
        return [{"label": str(each.label), "lasts": str(each.lasts), "holds": str(each.holds)} for each in PASSING]


def months_in_words(months: int) -> str:
    years, rest = divmod(months, 12)
    if rest or not years:
        return _("%(months)d months") % {"months": months}
    return _("%(years)d years") % {"years": years}


def _kept(chosen: dict[str, int], key: str) -> str:
    words = _("%(time)s after %(event)s") % {
        "time": months_in_words(in_force(chosen, key)),
        "event": CLASSES[key].counts_from,
    }
    return str(words)
