"""One thing that has to be done for a child or a class: what, how urgent, whose turn it is. Never a story."""

from __future__ import annotations

import dataclasses

from django.db import models
from django.utils.translation import gettext_lazy as _

from screening.levels import DANGER, Suggestion
from screening.workspace.time_left import TimeLeft
from xinqiao.accounts.models import User


class Kind(models.TextChoices):
    CRISIS = "crisis", _("Emergency protocol")
    ASSESSMENT = "assessment", _("Second assessment")
    FOLLOW_UP = "follow_up", _("Follow-up")
    CONSENT = "consent", _("Guardian's consent")
    HOSPITAL = "hospital", _("Hospital's answer")
    LEVEL_CHANGE = "level_change", _("Change of level")
    FIRST_PASS = "first_pass", _("First pass of a class")


@dataclasses.dataclass
class Item:
    """One thing to do.

    Attributes:
        level: of the case or the suggestion; empty for a class.
        about: what the counselor reads: a case number and a step, or a class.
        number: the case's number, or the class's name for its first pass; empty for an assessment.
        owners: who must act.
        told: whom a mail has told that it is late, or that the protocol runs.
        asked_by: who asks for a change of level.
        class_id: for a class's first pass.
        case_id: for what belongs to a case.
    """

    kind: Kind
    school_id: int
    level: str
    about: str
    number: str
    left: TimeLeft
    url: str
    action: str = ""
    details: list[str] = dataclasses.field(default_factory=list)
    owners: list[User] = dataclasses.field(default_factory=list)
    told: list[User] = dataclasses.field(default_factory=list)
    crisis_id: object | None = None
    asked_by: int | None = None
    class_id: int | None = None
    case_id: object | None = None

    @property
    def late(self) -> bool:
        return self.left.late

    @property
    def danger(self) -> int:
        return DANGER.get(self.level, len(DANGER))

    @property
    def order(self) -> tuple[int, bool, float]:
        """By danger, then by the time that is left; a running protocol before all else of its level."""
        return self.danger, self.kind != Kind.CRISIS, self.left.rank

    @property
    def at_once(self) -> bool:
        """What is done before anything else: a running protocol, and a child at high risk whose day has come."""
        return self.kind == Kind.CRISIS or (
            self.kind == Kind.ASSESSMENT and self.level == Suggestion.HIGH and self.left.days <= 0
        )
