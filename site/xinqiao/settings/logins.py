"""Logins and sessions: passwords, second factors, how long a session lasts, and other doors (DingTalk, Feishu, WeChat) by setting."""

from xinqiao.settings.environment import env
from xinqiao.settings.login_providers import provider_settings

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "xinqiao.accounts.phone_login.PhoneBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "xinqiao.accounts.passwords.LengthByDuty"},
    {"NAME": "xinqiao.accounts.passwords.NotCommon"},
    {"NAME": "xinqiao.accounts.passwords.NotTheName"},
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
ACCOUNT_ADAPTER = "xinqiao.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_TIMEOUT = 600
# A whole school stands behind one address: all its teachers may log in within the same minute. Wrong passwords count apart, in
# xinqiao.accounts.lockout; "login_failed" is what allauth counts wrong codes of a second factor by.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "5/5m/key",
    "reauthenticate": "20/5m/user",
}
CSRF_FAILURE_VIEW = "xinqiao.accounts.kept_input.csrf_failure"

# "required": whoever may open a story sets one up before anything else. "offered": everybody may. A set-up one is always asked for.
XINQIAO_SECOND_FACTOR = env("XINQIAO_SECOND_FACTOR", "offered")
MFA_ADAPTER = "xinqiao.accounts.factor_adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "xinqiao.accounts.factor_forms.CodeForm",
    "reauthenticate": "xinqiao.accounts.factor_forms.CodeAgainForm",
    "activate_totp": "xinqiao.accounts.factor_forms.FirstCodeForm",
}
MFA_TOTP_ISSUER = "心桥"
# One step of thirty seconds to each side, for a telephone whose clock is off; a used code is refused by the row itself.
MFA_TOTP_TOLERANCE = 1
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
# Minutes: without use, and altogether. The first for whoever may open a story, the second for everybody else.
XINQIAO_SESSION_MINUTES = {"short": (30, 8 * 60), "long": (8 * 60, 7 * 24 * 60)}
# How many minutes old a proof of who one is may be, by what is asked for: see xinqiao.accounts.fresh.
XINQIAO_FRESH_MINUTES = {"narrative": 120, "export": 10, "account": 10}

# Logins of other houses, each off until its setting names the app's id and secret. Nobody signs up through them.
SOCIALACCOUNT_ADAPTER = "xinqiao.accounts.connected.ConnectedLoginAdapter"
SOCIALACCOUNT_PROVIDERS = provider_settings()
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
