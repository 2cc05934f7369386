"""What every way of running shares. Addresses come from the environment or are the embedded engines' own."""

from pathlib import Path

import dj_database_url
import dj_email_url
from django.utils.translation import gettext_lazy as _

from xinqiao.engines import embedded, external
from xinqiao.settings.environment import env, env_list
from xinqiao.settings.headers import *
from xinqiao.settings.logins import *
from xinqiao.settings.logs import *
from xinqiao.settings.schedule import *

for _name in external.SHAPES:
    if env(_name, ""):
        external.check_shape(_name, env(_name, ""))

ROOT = Path(__file__).resolve().parents[3]
VAR = embedded.var_path()
_ENGINES = embedded.addresses(VAR)

DEBUG = False
DEMO = False
SECRET_KEY = env("SECRET_KEY", "")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
BASE_URL = env("BASE_URL", f"http://127.0.0.1:{env('PORT', '8000')}")

INSTALLED_APPS = [
    "xinqiao.ui",
    "xinqiao.engines",
    "xinqiao.accounts",
    "xinqiao.school",
    "xinqiao.audit",
    "xinqiao.crypto",
    "xinqiao.records",
    "xinqiao.files",
    "xinqiao.identities",
    "tasks",
    "content",
    "training",
    "parents",
    "screening.instruments",
    "screening.rounds",
    "screening.assessments",
    "screening.cases",
    "screening.referrals",
    "screening.workspace",
    # After the apps that declare what answers set off, so that its demo meets their records.
    "xinqiao.consents",
    "xinqiao.privacy",
    "pgtrigger",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.dingtalk",
    "allauth.socialaccount.providers.feishu",
    "allauth.socialaccount.providers.weixin",
    "xinqiao.accounts.wecom",
    "wagtail.contrib.settings",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "xinqiao.accounts.wagtail_users.UsersAppConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "xinqiao.ui.headers.PageHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "xinqiao.ui.language.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "xinqiao.accounts.session_limits.SessionLimitsMiddleware",
    "xinqiao.audit.middleware.DeniedTriesMiddleware",
    "xinqiao.accounts.admin_gate.AdminGateMiddleware",
    "xinqiao.accounts.kept_input.KeptInputMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "xinqiao.urls"
WSGI_APPLICATION = "xinqiao.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "xinqiao.ui.context.page_frame",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        env("DATABASE_URL", _ENGINES.database_url), conn_max_age=60, conn_health_checks=True
    )
}
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", _ENGINES.redis_url)
CACHES = {"default": {"BACKEND": "xinqiao.accounts.cache.ForgivingCache", "LOCATION": REDIS_URL}}

CELERY_BROKER_URL = env("REDIS_URL", _ENGINES.celery_url)
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
# Longer than the hard time limit, so that a running task is never handed to a second worker.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900, "socket_connect_timeout": 3, "socket_timeout": 30}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "xinqiao"
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

AUTH_USER_MODEL = "accounts.User"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
# Each top-level app keeps its own words; `screening` is a folder of apps with one catalogue.
# `wagtail_locale` is what Wagtail's own Chinese leaves out.
LOCALE_PATHS = [ROOT / "site" / "locale", ROOT / "screening" / "locale", ROOT / "site" / "wagtail_locale"]
FORMAT_MODULE_PATH = ["xinqiao.ui.formats"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "site" / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
PRIVATE_ROOT = VAR / "private"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(PRIVATE_ROOT), "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
# More than an attached paper may have: what concerns a child never lies in a temporary folder.
FILE_UPLOAD_MAX_MEMORY_SIZE = 11 * 1024 * 1024

EMAIL_URL = env("EMAIL_URL", "")
if EMAIL_URL:
    vars().update(dj_email_url.parse(EMAIL_URL))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("MAIL_FROM", "心桥 <xinqiao@localhost>")

XINQIAO_KEYS_FILE = env("XINQIAO_KEYS_FILE", "")
# For so many days a backup may still hold what was erased; said on each certificate.
XINQIAO_BACKUP_DAYS = int(env("XINQIAO_BACKUP_DAYS", "35"))
# Heads of the audit trail's chain; belongs into the backup.
XINQIAO_ANCHORS = VAR / "anchors"

WAGTAIL_SITE_NAME = "心桥"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_I18N_ENABLED = False
WAGTAIL_USER_TIME_ZONES = ["Asia/Shanghai"]
WAGTAIL_CONTENT_LANGUAGES = [("zh-hans", _("Simplified Chinese"))]
WAGTAILADMIN_PERMITTED_LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILIMAGES_IMAGE_MODEL = "content.Picture"
WAGTAILIMAGES_IMAGE_FORM_BASE = "content.pictures.forms.PictureForm"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "pptx"]
WAGTAILDOCS_DOCUMENT_FORM_BASE = "content.documents.forms.DocumentForm"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
# An address that an editor types is never fetched: nothing of ours asks another host.
WAGTAILEMBEDS_FINDERS = []
# Who may read a page follows from duties; a password for a page would be passed on.
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "simple"}}
WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {
        "WIDGET": "wagtail.admin.rich_text.DraftailRichTextArea",
        "OPTIONS": {"features": ["h3", "bold", "italic", "ol", "ul", "link", "document-link"]},
    }
}
