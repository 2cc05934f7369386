"""States of rounds, class passes and responses, and the moves between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RoundState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("round", "Being prepared")
    OPEN = "open", pgettext_lazy("round", "Open")
    CLOSED = "closed", pgettext_lazy("round", "Closed")
    ARCHIVED = "archived", pgettext_lazy("round", "Archived")


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
