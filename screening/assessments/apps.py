from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "screening.assessments"
    label = "screening_assessments"
    verbose_name = _("Assessments")
