"""Levels of concern and the five domains: the words that every step of the loop shares. Never a diagnosis."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Domain(models.TextChoices):
    EMOTION = "emotion", _("Emotion")
    BEHAVIOUR = "behaviour", _("Behaviour")
    COGNITION = "cognition", _("Cognition")
    SOCIAL = "social", _("Social adaptation")
    EVENTS = "events", _("Life events")


DOMAIN_SHORT = {
    Domain.EMOTION: pgettext_lazy("short domain", "Mood"),
    Domain.BEHAVIOUR: pgettext_lazy("short domain", "Acts"),
    Domain.COGNITION: pgettext_lazy("short domain", "Mind"),
    Domain.SOCIAL: pgettext_lazy("short domain", "Social"),
    Domain.EVENTS: pgettext_lazy("short domain", "Events"),
}
"""Two Chinese characters or a short word each, for a column of a phone."""


class Level(models.TextChoices):
    """What a person determines, and what a case carries."""

    GENERAL = "general", _("General concern")
    PRIORITY = "priority", _("Priority concern")
    HIGH = "high", _("High-risk concern")


class Suggestion(models.TextChoices):
    """What the engine suggests. It only suggests; a person determines."""

    NONE = "none", _("No sign of concern")
    GENERAL = "general", _("General concern")
    PRIORITY = "priority", _("Priority concern")
    HIGH = "high", _("High-risk concern")
    UNKNOWN = "unknown", _("Cannot say yet")


class Determined(models.TextChoices):
    """What an assessment may end with."""

    NONE = "none", _("No concern now")
    GENERAL = "general", _("General concern")
    PRIORITY = "priority", _("Priority concern")
    HIGH = "high", _("High-risk concern")


DANGER = {
    Suggestion.HIGH.value: 0,
    Suggestion.PRIORITY.value: 1,
    Suggestion.UNKNOWN.value: 2,
    Suggestion.GENERAL.value: 3,
    Suggestion.NONE.value: 4,
}
"""The order in which people are looked after: smaller is more urgent. "Cannot say" is never taken as fine."""

NEEDS_ASSESSMENT = frozenset({Suggestion.PRIORITY.value, Suggestion.HIGH.value})
MAY_BE_PICKED = frozenset({Suggestion.GENERAL.value, Suggestion.UNKNOWN.value})
