"""States of rounds, class passes and responses, and the moves between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoundState(models.TextChoices):
    DRAFT = "draft", _("Being prepared")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    ARCHIVED = "archived", _("Archived")


ROUND_MOVES = [
    (RoundState.DRAFT, RoundState.OPEN),
    (RoundState.OPEN, RoundState.CLOSED),
    (RoundState.CLOSED, RoundState.ARCHIVED),
]


class PassState(models.TextChoices):
    DRAFT = "draft", _("Being filled in")
    SUBMITTED = "submitted", _("Submitted")


PASS_MOVES = [(PassState.DRAFT, PassState.SUBMITTED)]


class ResponseState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    AMENDED = "amended", _("Replaced by an amendment")


RESPONSE_MOVES = [(ResponseState.DRAFT, ResponseState.SUBMITTED), (ResponseState.SUBMITTED, ResponseState.AMENDED)]


class Considered(models.TextChoices):
    """How the teacher came to say that this child was considered. Empty: not yet."""

    MARKED = "marked", _("Signs marked")
    CONFIRMED = "confirmed", _("Observed, nothing unusual")
    GROUP = "group", _("Observed, nothing unusual (confirmed together)")
    ABSENT = "absent", _("Not seen in these two weeks")


NOTHING_UNUSUAL = frozenset({Considered.CONFIRMED.value, Considered.GROUP.value})
