"""Kinds of consent, states, the moves between them, and how an answer reached the school."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ConsentState(models.TextChoices):
    REQUESTED = "requested", _("Asked")
    GIVEN = "given", _("Given")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("consent", "Withdrawn")


CONSENT_MOVES = [
    (ConsentState.REQUESTED, ConsentState.GIVEN),
    (ConsentState.REQUESTED, ConsentState.REFUSED),
    (ConsentState.GIVEN, ConsentState.WITHDRAWN),
]
AGAINST = frozenset({ConsentState.REFUSED.value, ConsentState.WITHDRAWN.value})


class ConsentKind(models.TextChoices):
    """What is asked separately; `kinds` says of each what it is for and what a withdrawal stops."""

    SCREENING = "screening", _("Screening and psychological file")
    COUNSELLING = "counselling", _("Individual counselling")
    REFERRAL = "referral", _("Referral to a hospital")
    QUESTIONNAIRE = "questionnaire", _("Questionnaire for the child")
    HANDOVER = "handover", _("File passed on to the next school")
    RECORDING = "recording", _("Sound or pictures from counselling")


class ConsentHow(models.TextChoices):
    ONLINE = "online", _("In their own account")
    IN_PERSON = "in_person", _("In person")
    PHONE = "phone", _("By telephone")
    PAPER = "paper", _("Signed on paper")


BY_STAFF = [how for how in ConsentHow if how != ConsentHow.ONLINE]
"""How an answer may be written down by the school for a guardian."""


class Standing(models.TextChoices):
    """What holds for one child and kind on a day, made from all answers."""

    NOT_ASKED = "not_asked", _("Not asked yet")
    OPEN = "open", _("No answer yet")
    GIVEN = "given", pgettext_lazy("standing", "Agreed")
    REFUSED = "refused", pgettext_lazy("standing", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("standing", "Taken back")
    EXPIRED = "expired", _("Run out, to be asked again")
