from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "training"
    label = "training"
    verbose_name = _("Training")

    def ready(self) -> None:
        """Whoever orders a mail must know its document and its check, and not only the worker who sends it."""
