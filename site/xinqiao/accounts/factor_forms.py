"""Codes of a second factor: one of an authenticator app counts once, whatever became of the cache; so does a recovery code."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.db import transaction

from xinqiao.accounts.factor_adapter import belongs
from xinqiao.audit.trail import record

STEP_SECONDS = 30
_USED = "used_step"


def step_of(secret: str, code: str, *, after: int = -1) -> int | None:
    """The thirty seconds to which the code belongs, now or a step to either side; only later ones than `after`."""
    now = int(time.time()) // STEP_SECONDS
    for step in range(now - settings.MFA_TOTP_TOLERANCE, now + settings.MFA_TOTP_TOLERANCE + 1):
        if step > after and compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return step
    return None


@transaction.atomic
def use_totp_code(factor: Authenticator, code: str) -> bool:
    """Whether the app's code is right and was not used, nor any later one. It is used from here on."""
    locked = Authenticator.objects.select_for_update().get(pk=factor.pk)
    step = step_of(get_adapter().decrypt(locked.data["secret"]), code, after=locked.data.get(_USED, -1))
    if step is None:
        return False
    locked.data[_USED] = step
    locked.save(update_fields=["data"])
    factor.data = locked.data
    return True


class _OnceOnly:
    """Both forms that ask for a code."""

    def clean_code(self) -> str:
        # allauth counts wrong codes: five in five minutes.
        enough = check_rate_limit(self.user)
        code = self.cleaned_data["code"]
        for factor in Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN):
            if not belongs(factor):
                continue
            is_app = factor.type == Authenticator.Type.TOTP
            if use_totp_code(factor, code) if is_app else factor.wrap().validate_code(code):
                factor.user = self.user
                self.authenticator = factor
                enough()
                return code
        address = get_account_adapter().get_client_ip(context.request)
        record(actor=None, action="login.code_failed", target=self.user, details={"address": address})
        raise get_adapter().validation_error("incorrect_code")


class CodeForm(_OnceOnly, AuthenticateForm):
    """At the login."""


class CodeAgainForm(_OnceOnly, ReauthenticateForm):
    """When a fresh proof is asked for."""


class FirstCodeForm(ActivateTOTPForm):
    """At the setting up: this first code is used up too."""

    def clean_code(self) -> str:
        code = super().clean_code()
        self.used_step = step_of(self.secret, code)
        return code

    def note_used(self, factor: Authenticator) -> None:
        factor.data[_USED] = self.used_step
        factor.save(update_fields=["data"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.used_step: int | None = None
