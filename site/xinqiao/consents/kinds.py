"""What each kind of consent is for: data of the product, read by the pages, the texts, the gates and the privacy notice."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.capabilities import Capability
from xinqiao.consents.enums import ConsentKind


@dataclasses.dataclass(frozen=True)
class Kind:
    """One thing that guardians are asked apart from all others.

    Attributes:
        purpose: in one line.
        data: what of the child is processed under it.
        asked_with: the capability that asks and writes answers down; with COLLECT_CONSENT homeroom teachers do for their class.
        valid_days: how long an answer holds; None until the child leaves or it is taken back.
        per_case: asked from its own page (a referral), and each time anew.
        may_be_required: whether a school may decide that nothing happens before an answer.
    """

    key: ConsentKind
    purpose: Any
    data: Any
    asked_with: Capability
    valid_days: int | None
    per_case: bool = False
    may_be_required: bool = False

    @property
    def label(self) -> str:
        return str(self.key.label)

    @property
    def by_class(self) -> bool:
        """Homeroom teachers see and collect it; the others say something about a single child and stay with the counselor."""
        return self.asked_with == Capability.COLLECT_CONSENT


A_YEAR = 365
_ALL = [
    Kind(
        key=ConsentKind.SCREENING,
        purpose=_("Noticing early which children need more attention, and keeping a psychological file"),
        data=_("What teachers observe in daily life, the level of concern, interventions and follow-ups"),
        asked_with=Capability.COLLECT_CONSENT,
        valid_days=None,
        may_be_required=True,
    ),
    Kind(
        key=ConsentKind.QUESTIONNAIRE,
        purpose=_("The child answers a questionnaire about how they feel"),
        data=_("The child's answers and what they come to"),
        asked_with=Capability.COLLECT_CONSENT,
        valid_days=A_YEAR,
        may_be_required=True,
    ),
    Kind(
        key=ConsentKind.COUNSELLING,
        purpose=_("The counselor talks with the child, alone or in a small group"),
        data=_("Notes of the talks, the family's situation as far as it matters, the plan"),
        asked_with=Capability.RECORD_CONSENT,
        valid_days=A_YEAR,
        may_be_required=True,
    ),
    Kind(
        key=ConsentKind.RECORDING,
        purpose=_("Recording sound or pictures of counselling or a drawing, to understand the child better"),
        data=_("Sound, pictures, what the child made"),
        asked_with=Capability.RECORD_CONSENT,
        valid_days=180,
    ),
    Kind(
        key=ConsentKind.REFERRAL,
        purpose=_("A letter to a hospital that the guardian has chosen"),
        data=_("Name, sex, age, school, what was observed, what was done, whom to call"),
        asked_with=Capability.RECORD_CONSENT,
        valid_days=None,
        per_case=True,
    ),
    Kind(
        key=ConsentKind.HANDOVER,
        purpose=_("The next school can go on helping without a gap"),
        data=_("A summary of the psychological file, chosen together with the guardian"),
        asked_with=Capability.RECORD_CONSENT,
        valid_days=90,
    ),
]
KINDS: dict[str, Kind] = {kind.key.value: kind for kind in _ALL}
ASKED_FROM_THE_REGISTRY = [kind for kind in _ALL if not kind.per_case]


def kind_of(key: str) -> Kind:
    """The kind; a KeyError for a key that is none."""
    return KINDS[key]
