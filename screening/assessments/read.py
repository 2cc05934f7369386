"""The one way to what an assessment holds: asks for the right, records the reading, and only then gives text."""

from __future__ import annotations

import dataclasses

from screening.assessments.models import Assessment
from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record

READ = "assessment.read_narrative"


@dataclasses.dataclass(frozen=True)
class Written:
    """What the counselor wrote, for the eyes of whoever was just recorded."""

    interview: str
    family: str
    causes: str
    reason: str


def read_assessment(*, user: User, assessment: Assessment) -> Written:
    """The texts of the assessment.

    Raises:
        NotPermitted
    """
    require(user, Capability.ASSESS, assessment)
    record(actor=user, action=READ, target=assessment, student_id=assessment.student_id)
    return Written(
        interview=assessment.interview,
        family=assessment.family,
        causes=assessment.causes,
        reason=assessment.reason,
    )
