from allauth.account.signals import authentication_step_completed
from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import pgettext_lazy

from xinqiao.accounts import session_stamps


class AccountsConfig(AppConfig):
    name = "xinqiao.accounts"
    label = "accounts"
    verbose_name = pgettext_lazy("those who log in", "People")

    def ready(self) -> None:
        user_logged_in.connect(session_stamps.on_login, dispatch_uid="accounts.session_begins")
        authentication_step_completed.connect(session_stamps.on_proof, dispatch_uid="accounts.proof")
