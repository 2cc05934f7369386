"""A school's own servers. What is missing or wrong is said before anything else is read, a sentence each."""

from xinqiao.settings.required import refuse_bad_settings

refuse_bad_settings()

from xinqiao.settings.base import *
from xinqiao.settings.environment import env, env_bool

DEBUG = False
DEMO = False
XINQIAO_SECOND_FACTOR = env("XINQIAO_SECOND_FACTOR", "required")
SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", default=True)
# A load balancer asks by http and by address; what it gets holds no data.
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Behind a proxy every visitor seems to come from it: without this, twenty wrong passwords of a stranger shut the login for all.
ALLAUTH_TRUSTED_PROXY_COUNT = int(env("TRUSTED_PROXIES", "1"))
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
BASE_URL = env("BASE_URL", f"https://{ALLOWED_HOSTS[0]}")
WAGTAILADMIN_BASE_URL = BASE_URL
# The editors' preview shows our pages in a frame of the same site; CSP forbids every other frame.
SILENCED_SYSTEM_CHECKS = ["security.W019"]
