from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InstrumentsConfig(AppConfig):
    name = "screening.instruments"
    label = "screening_instruments"
    verbose_name = _("Screening instruments")
