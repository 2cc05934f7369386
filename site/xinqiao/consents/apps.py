from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ConsentsConfig(AppConfig):
    name = "xinqiao.consents"
    label = "consents"
    verbose_name = _("Consents")

    def ready(self) -> None:
        # An app that has something to stop says so in a module of this name; the registry knows none of them.
        autodiscover_modules("consent_effects")
        import_module("xinqiao.consents.papers")
