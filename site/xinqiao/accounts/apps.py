from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class AccountsConfig(AppConfig):
    name = "xinqiao.accounts"
    label = "accounts"
    verbose_name = pgettext_lazy("those who log in", "People")
