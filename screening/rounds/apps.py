from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoundsConfig(AppConfig):
    name = "screening.rounds"
    label = "screening_rounds"
    verbose_name = _("Screening rounds")

    def ready(self) -> None:
        import_module("screening.rounds.plain_words")
        import_module("screening.rounds.year_end")
