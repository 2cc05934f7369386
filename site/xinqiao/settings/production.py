"""A school's own servers. What is missing or wrong is said in one sentence by xinqiao.engines.external's checks."""

from django.core.exceptions import ImproperlyConfigured

from xinqiao.settings.base import *
from xinqiao.settings.environment import env, env_bool

for _name, _why in {
    "SECRET_KEY": "a long random text that signs sessions",
    "ALLOWED_HOSTS": "the site's host names, separated by commas",
    "DATABASE_URL": "the PostgreSQL address, such as postgresql://user:password@host/database",
    "REDIS_URL": "the Valkey or Redis address, such as redis://host:6379/0",
    "EMAIL_URL": "the mail server, such as smtp+tls://user:password@host:587",
    "XINQIAO_KEYS_FILE": "the file with the keys that encrypt children's stories",
}.items():
    if not env(_name, ""):
        raise ImproperlyConfigured(f"Set {_name}: {_why}.")

DEBUG = False
DEMO = False
SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
BASE_URL = env("BASE_URL", f"https://{ALLOWED_HOSTS[0]}")
WAGTAILADMIN_BASE_URL = BASE_URL
