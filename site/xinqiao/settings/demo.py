"""The demo school on one machine: what `make run` starts."""

from xinqiao.settings.base import *
from xinqiao.settings.environment import env, env_bool

DEBUG = env_bool("DEBUG", default=False)
DEMO = True
SECRET_KEY = env("SECRET_KEY", "demo-only-not-secret-xinqiao-demo-only-not-secret")
ALLOWED_HOSTS = ALLOWED_HOSTS or ["127.0.0.1", "localhost", "[::1]", "testserver"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Static files straight from the apps' folders: nothing to collect before the first page.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
if not EMAIL_URL:
    EMAIL_BACKEND = "tasks.channels.mailbox.MailboxBackend"
