from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IdentitiesConfig(AppConfig):
    name = "xinqiao.identities"
    label = "identities"
    verbose_name = _("Identity numbers")
