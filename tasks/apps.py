from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class TasksConfig(AppConfig):
    name = "tasks"
    label = "tasks"
    verbose_name = _("Messages and jobs")

    def ready(self) -> None:
        # Handlers, document makers and checks are registered there; web and commands need them as workers do.
        autodiscover_modules("jobs")
