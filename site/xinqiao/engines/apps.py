"""The Django app: health pages and the `serve` command."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnginesConfig(AppConfig):
    name = "xinqiao.engines"
    label = "engines"
    verbose_name = _("Engines")
