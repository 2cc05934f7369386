"""What a school's own server says of itself: Django's own check has nothing to add, and every answer asks for https."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import override_settings

ROOT = Path(__file__).resolve().parents[2]


def production(tmp_path: Path) -> dict[str, str]:
    keys = tmp_path / "keys"
    keys.write_text("k1:" + "A" * 43 + "=\n")
    keys.chmod(0o600)
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "xinqiao.settings.production",
        "XINQIAO_VAR": str(tmp_path / "var"),
        "SECRET_KEY": "kX9-2vQ7_hL4mZ8wR1tY6uE3oP5aS0dF7gJ2kN4bV6cB8xM1q3zT5",
        "ALLOWED_HOSTS": "xinqiao.school.example",
        "DATABASE_URL": "postgresql://xinqiao:geheim@db.invalid/xinqiao",
        "REDIS_URL": "redis://cache.invalid:6379/0",
        "EMAIL_URL": "smtp+tls://user:geheim@mail.invalid:587",
        "MAIL_FROM": "xinqiao@school.example",
        "XINQIAO_KEYS_FILE": str(keys),
    }


def run(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=production(tmp_path), capture_output=True, text=True, check=False
    )


def test_the_check_for_deployment_is_clean(tmp_path):
    """Tags that ask the database are left out: there is none here."""
    done = run(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "INFO")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues" in done.stdout


_ASK = """
import django
django.setup()
from django.test import Client
for secure in (False, True):
    response = Client().get("/accounts/login/" if not secure else "/csp-reports/", secure=secure, HTTP_HOST="xinqiao.school.example")
    print(response.status_code, response.get("Location", "-"), response.get("Strict-Transport-Security", "-"))
from django.conf import settings
print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.LANGUAGE_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY)
print(settings.DEBUG, settings.DEMO, settings.USE_X_FORWARDED_HOST, settings.ALLOWED_HOSTS)
"""


def test_http_leads_to_https_and_https_stays(tmp_path):
    done = run(tmp_path, "-c", _ASK)
    plain, secure, cookies, rest = done.stdout.strip().splitlines()[-4:]
    assert plain.startswith("301 https://xinqiao.school.example/accounts/login/")
    assert "max-age=31536000; includeSubDomains; preload" in secure
    assert cookies == "True True True True"
    assert rest == "False False False ['xinqiao.school.example']"


@pytest.mark.django_db
@override_settings(SECURE_HSTS_SECONDS=31_536_000)
def test_a_page_over_https_says_to_stay_there(client):
    assert "max-age=31536000" in client.get("/accounts/login/", secure=True)["Strict-Transport-Security"]
