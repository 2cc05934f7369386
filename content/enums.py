"""The fixed choices of guidance: for which years a page is meant, and for whom help-now texts are."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Years(models.TextChoices):
    """Which children a text is about. A page for all years is found under each of them."""

    LOWER = "lower", _("Grades 1 and 2")
    MIDDLE = "middle", _("Grades 3 and 4")
    UPPER = "upper", _("Grades 5 and 6")
    ALL = "all", _("All grades")


def years_filter(years: str) -> list[str]:
    """The values that a reader who chose `years` wants to see."""
    return [Years.ALL] if years == Years.ALL else [years, Years.ALL]


class Reader(models.TextChoices):
    """Whom a part of the help-now page speaks to."""

    CHILD = "child", _("I am a child")
    PARENT = "parent", _("I am a parent")
    TEACHER = "teacher", _("I am a teacher")
