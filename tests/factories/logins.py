"""Second factors, and the codes that their owner's telephone would show."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.factories.accounts import PASSWORD
from xinqiao.accounts.factor_models import CheckReason, FactorSecret, IdentityCheck
from xinqiao.accounts.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SEED = "5eed" * 20


def with_app(user: User, secret: str = SECRET) -> Authenticator:
    """An authenticator app that the person has set up."""
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": str(_sealed(user, secret).pk)}
    )


def with_codes(user: User, seed: str = SEED) -> list[str]:
    """Recovery codes; gives them in plain text."""
    factor = Authenticator.objects.create(
        user=user,
        type=Authenticator.Type.RECOVERY_CODES,
        data={"seed": str(_sealed(user, seed).pk), "used_mask": 0},
    )
    return factor.wrap().generate_codes()


def code_now(secret: str = SECRET, *, steps: int = 0) -> str:
    """What the app shows now, or some steps of thirty seconds later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def log_in(client, user: User, password: str = PASSWORD, **more):
    """By the login page, as a person does it."""
    return client.post("/accounts/login/", {"login": user.username, "password": password}, **more)


def waiting(user: User, by: User, reason: CheckReason = CheckReason.FACTOR_RESET) -> IdentityCheck:
    """A check of this person that an administrator's act has opened."""
    return IdentityCheck.objects.create(user=user, opened_by=by, reason=reason)


def _sealed(user: User, text: str) -> FactorSecret:
    secret = FactorSecret(user=user)
    secret.text = text
    secret.save(force_insert=True)
    return secret
