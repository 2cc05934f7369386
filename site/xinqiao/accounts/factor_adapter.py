"""How allauth's second factors behave here: secrets sealed, our words, our QR code, and the last factor of a person who needs one stays."""

from __future__ import annotations

import io
import uuid
from typing import Any

import segno
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext, gettext_lazy

from xinqiao.accounts.models import FactorSecret, User
from xinqiao.accounts.second_factor import asks_for_factor, is_required

REAL_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_SECRET_NAMES = ("secret", "seed")


class FactorAdapter(DefaultMFAAdapter):
    error_messages = {
        "add_email_blocked": gettext_lazy("This is not offered here."),
        "cannot_delete_authenticator": gettext_lazy(
            "Your duties need a second factor: set up another one first, then remove this."
        ),
        "cannot_generate_recovery_codes": gettext_lazy("Set up an authenticator app or a passkey first."),
        "incorrect_code": gettext_lazy("This code does not fit. Wait for the next one and try again."),
        "unverified_email": gettext_lazy("This is not offered here."),
    }

    def get_totp_label(self, user: Any) -> str:
        return user.username

    def build_totp_svg(self, url: str) -> str:
        # A quiet border of its own, so that it can be read on a dark page too.
        picture = io.BytesIO()
        segno.make(url, error="m").save(
            picture, kind="svg", xmldecl=False, scale=5, border=4, dark="#1d2b2f", light="#ffffff"
        )
        return picture.getvalue().decode()

    def encrypt(self, text: str) -> str:
        """Seal a secret of the person whose request this is; what allauth keeps is only the row's key."""
        secret = FactorSecret(user_id=context.request.user.pk)
        secret.text = text
        secret.save(force_insert=True)
        return str(secret.pk)

    def decrypt(self, encrypted_text: str) -> str:
        return FactorSecret.objects.get(pk=uuid.UUID(encrypted_text)).text

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user = authenticator.user
        if not (is_required() and asks_for_factor(user)):
            return True
        others = Authenticator.objects.filter(user=user, type__in=REAL_FACTORS).exclude(pk=authenticator.pk)
        return authenticator.type not in REAL_FACTORS or others.exists()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": context.request.get_host().partition(":")[0], "name": gettext("Xinqiao")}


def has_factor(user: User) -> bool:
    """Whether the person has set up an app or a passkey."""
    return Authenticator.objects.filter(user=user.pk, type__in=REAL_FACTORS).exists()


def belongs(authenticator: Authenticator) -> bool:
    """Whether the secret behind this row was sealed for the very person whose row it is: a moved one opens nothing."""
    keys = [authenticator.data[name] for name in _SECRET_NAMES if name in authenticator.data]
    return FactorSecret.objects.filter(pk__in=keys, user_id=authenticator.user_id).count() == len(keys)


def forget_unused_secrets(user: User) -> None:
    """Secrets that no factor of the person names any more."""
    rows = Authenticator.objects.filter(user=user.pk).values_list("data", flat=True)
    named = {data[name] for data in rows for name in _SECRET_NAMES if name in data}
    FactorSecret.objects.filter(user=user.pk).exclude(pk__in=named).delete()
