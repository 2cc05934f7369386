from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferralsConfig(AppConfig):
    name = "screening.referrals"
    label = "screening_referrals"
    verbose_name = _("Referrals")

    def ready(self) -> None:
        import_module("screening.referrals.papers")
