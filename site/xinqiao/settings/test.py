"""The suite: the demo's settings, engines of its own, quick password hashes, mail in memory unless a test says otherwise."""

import os
from pathlib import Path

# Before the rest is read: the suite's engines and files never touch those of `make run`.
os.environ.setdefault("XINQIAO_VAR", str(Path(__file__).resolve().parents[3] / "var" / "test"))
os.environ.setdefault("XINQIAO_ENGINE_DURABLE", "0")

from xinqiao.settings.demo import *

SECRET_KEY = "test-only"  # noqa: S105
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DATABASES["default"]["CONN_MAX_AGE"] = 0
LOGGING = {**LOGGING, "root": {"handlers": ["console"], "level": "ERROR"}}
WHITENOISE_AUTOREFRESH = (
    True  # looks a static file up when it is asked for: each test's client would list them all first
)
