"""States of an assessment and the moves between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AssessmentState(models.TextChoices):
    SCHEDULED = "scheduled", _("To be done")
    IN_PROGRESS = "in_progress", pgettext_lazy("assessment", "In progress")
    COMPLETED = "completed", pgettext_lazy("assessment", "Completed")


ASSESSMENT_MOVES = [
    (AssessmentState.SCHEDULED, AssessmentState.IN_PROGRESS),
    (AssessmentState.IN_PROGRESS, AssessmentState.COMPLETED),
]
OPEN_STATES = frozenset({AssessmentState.SCHEDULED.value, AssessmentState.IN_PROGRESS.value})
