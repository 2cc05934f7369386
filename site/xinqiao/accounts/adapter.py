"""How allauth behaves here: people are entered by the school, nobody signs up, and every login and failed try is on the record."""

import math
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from xinqiao.accounts import known_browser, lockout
from xinqiao.accounts.fresh import Fresh, is_fresh
from xinqiao.accounts.groups import sync_groups
from xinqiao.accounts.last_login import remember_last_login
from xinqiao.accounts.models import User
from xinqiao.accounts.phone_login import people_by_phone, phone_in
from xinqiao.audit.trail import record

_ONE_ENTRY_SECONDS = 60


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": gettext_lazy("Name and password do not fit together. Please look at both again."),
        "email_password_mismatch": gettext_lazy("Name and password do not fit together. Please look at both again."),
        "incorrect_password": gettext_lazy("This is not your password. Please try again."),
        "too_many_login_attempts": gettext_lazy("Too many wrong tries. Please wait five minutes."),
        "rate_limited": gettext_lazy("Too many wrong tries. Please wait five minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Today's duties decide about the editors' admin from the first page on."""
        sync_groups(user)
        remember_last_login(request, user)
        details = {"address": self.get_client_ip(request), "method": _how(request, user)}
        record(actor=user, action="login.done", target=user, details=details)
        response = super().post_login(request, user, **kwargs)
        known_browser.remember(request, response, user)
        return response

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Who may no longer log in gets the same answer as a wrong password."""
        user = super().authenticate(request, **credentials)
        if user is not None and not user.is_active:
            self.authentication_failed(request, **credentials)
            return None
        if user is not None:
            lockout.passed(self._attempt(request, credentials))
        return user

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            record(actor=request.user, action="login.ended", target=request.user)
        super().logout(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counted before it is made, in the house's own way: see `lockout`."""
        wait = lockout.begin(self._attempt(request, credentials))
        if not wait:
            return
        self._record_failure(request, "login.too_many_tries", credentials)
        minutes = max(1, math.ceil(wait / 60))
        raise ValidationError(
            ngettext(
                "Too many wrong tries. Please wait %(minutes)d minute, then try again. In a browser in which you have"
                " logged in before, by passkey or with a new password by mail you need not wait.",
                "Too many wrong tries. Please wait %(minutes)d minutes, then try again. In a browser in which you have"
                " logged in before, by passkey or with a new password by mail you need not wait.",
                minutes,
            )
            % {"minutes": minutes},
            code="too_many_login_attempts",
        )

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        self._record_failure(request, "login.failed", credentials)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """One answer for allauth's pages and ours: a login or proof of the last minutes is fresh enough."""
        return not is_fresh(self.request, Fresh.ACCOUNT)

    def get_reauthentication_methods(self, user: Any) -> list[dict]:
        words = {
            "reauthenticate": gettext("With your password"),
            "mfa_reauthenticate": gettext("With a code from your app"),
            "mfa_reauthenticate:webauthn": gettext("With a passkey"),
        }
        return [{**way, "description": words[way["id"]]} for way in super().get_reauthentication_methods(user)]

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        messages.error(request, self.error_messages["username_password_mismatch"])
        return super().respond_user_inactive(request, user)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("start")

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Mails go through the outbox: see `tell`."""

    def _attempt(self, request: HttpRequest, credentials: dict[str, Any]) -> lockout.Attempt:
        """Wrong tries are counted apart for a browser in which this person has logged in before."""
        typed = credentials.get("username") or credentials.get("email") or ""
        return lockout.Attempt(
            # However a telephone is written, its wrong tries are counted together.
            name=phone_in(typed) or typed,
            address=self.get_client_ip(request),
            browser=known_browser.mark_of(request, self._meant(credentials)),
        )

    def _record_failure(self, request: HttpRequest, action: str, credentials: dict[str, Any]) -> None:
        """Whose account and from where; never what was typed, which may be a password in the wrong box.

        One entry a minute for an account and address: whoever tries by the thousand shall not fill the trail.
        """
        person = self._meant(credentials)
        address = self.get_client_ip(request)
        if cache.add(f"audit:{action}:{person.pk if person else '-'}:{address}", True, _ONE_ENTRY_SECONDS):
            record(actor=None, action=action, target=person, details={"address": address})

    def _meant(self, credentials: dict[str, Any]) -> User | None:
        username, email = credentials.get("username"), credentials.get("email")
        if username:
            found = User.objects.filter(username__iexact=username).first()
            phone = phone_in(username) if found is None else ""
            return next(iter(people_by_phone(phone)), None) if phone else found
        return User.objects.filter(email__iexact=email).first() if email else None


def _how(request: HttpRequest, user: User) -> list[str]:
    """By which steps, in order: `password`, `totp`, `recovery_codes`, `webauthn`, or another house's name."""
    steps = get_authentication_records(request, user)
    return [step.get("type") or step.get("provider") or step["method"] for step in steps]
