"""The suite: the demo's settings, quick password hashes, mail in memory unless a test says otherwise."""

from xinqiao.settings.demo import *

SECRET_KEY = "test-only"  # noqa: S105
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DATABASES["default"]["CONN_MAX_AGE"] = 0
LOGGING = {**LOGGING, "root": {"handlers": ["console"], "level": "ERROR"}}
