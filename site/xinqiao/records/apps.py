from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "xinqiao.records"
    label = "records"
    verbose_name = _("Children's files: out and away")

    def ready(self) -> None:
        # Each app says in its own `child_file.py` what it holds about a child.
        autodiscover_modules("child_file")
