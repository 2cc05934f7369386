"""States of cases, crises, follow-ups and changes of level; the steps of the crisis protocol; how contact was made."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CaseState(models.TextChoices):
    OPEN = "open", _("Being helped")
    MONITORING = "monitoring", _("Followed up")
    CLOSED = "closed", pgettext_lazy("case", "Closed")


CASE_MOVES = [
    (CaseState.OPEN, CaseState.MONITORING),
    (CaseState.OPEN, CaseState.CLOSED),
    (CaseState.MONITORING, CaseState.OPEN),
    (CaseState.MONITORING, CaseState.CLOSED),
    (CaseState.CLOSED, CaseState.OPEN),
]
ACTIVE = frozenset({CaseState.OPEN.value, CaseState.MONITORING.value})


class CrisisState(models.TextChoices):
    DECLARED = "declared", _("Emergency protocol running")
    SAFE = "safe", _("Child is safe")
    HANDED_OVER = "handed_over", _("Handed over")
    STOOD_DOWN = "stood_down", _("Ended")


CRISIS_MOVES = [
    (CrisisState.DECLARED, CrisisState.SAFE),
    (CrisisState.SAFE, CrisisState.DECLARED),
    (CrisisState.SAFE, CrisisState.HANDED_OVER),
    (CrisisState.SAFE, CrisisState.STOOD_DOWN),
    (CrisisState.HANDED_OVER, CrisisState.STOOD_DOWN),
]


class CrisisStepKey(models.TextChoices):
    """In the order in which they are taken."""

    SAFETY = "safety", _("An adult stays with the child; dangerous things are out of reach")
    GUARDIAN = "guardian", _("First contact with the guardian")
    GROUP = "group", _("Principal and vice-principal told; the crisis group meets")
    PLAN = "plan", _("Safety arrangement agreed with the guardian for the coming days")
    HOSPITAL = "hospital", _("Decided whether a hospital sees the child, and who goes along")


class FollowUpState(models.TextChoices):
    DUE = "due", pgettext_lazy("follow-up", "Due")
    DONE = "done", _("Done")
    MISSED = "missed", _("Missed")


FOLLOW_UP_MOVES = [(FollowUpState.DUE, FollowUpState.DONE), (FollowUpState.DUE, FollowUpState.MISSED)]


class FollowUpKind(models.TextChoices):
    WEEK_1 = "week_1", _("One week")
    WEEK_2 = "week_2", _("Two weeks")
    MONTH_1 = "month_1", _("One month")
    MONTH_3 = "month_3", _("Three months")
    EXTRA = "extra", _("Additional")


class Contact(models.TextChoices):
    TALK = "talk", _("Talk at school")
    PHONE = "phone", _("Telephone")
    VISIT = "visit", _("Home visit")
    OTHER = "other", _("Another way")


class ChangeState(models.TextChoices):
    ASKED = "asked", _("Asked")
    AGREED = "agreed", _("Agreed")
    RETURNED = "returned", _("Returned")


CHANGE_MOVES = [(ChangeState.ASKED, ChangeState.AGREED), (ChangeState.ASKED, ChangeState.RETURNED)]
