from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import pgettext_lazy


class AccountsConfig(AppConfig):
    name = "xinqiao.accounts"
    label = "accounts"
    verbose_name = pgettext_lazy("those who log in", "People")

    def ready(self) -> None:
        # They name models, which exist from here on.
        from allauth.account.signals import authentication_step_completed  # noqa: PLC0415
        from allauth.socialaccount.signals import social_account_added  # noqa: PLC0415

        from xinqiao.accounts import connected, session_begins  # noqa: PLC0415

        user_logged_in.connect(session_begins.on_login, dispatch_uid="accounts.session_begins")
        authentication_step_completed.connect(session_begins.on_proof, dispatch_uid="accounts.proof")
        social_account_added.connect(connected.on_connected, dispatch_uid="accounts.connected")
