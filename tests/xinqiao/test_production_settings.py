"""Production says what it lacks before it starts: a sentence for each, without a secret, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from xinqiao.settings.required import bad_settings

ROOT = Path(__file__).resolve().parents[2]
SECRET = "kX9-2vQ7_hL4mZ8wR1tY6uE3oP5aS0dF7gJ2kN4bV6cB8xM1q3zT5"


@pytest.fixture
def complete(tmp_path) -> dict[str, str]:
    keys = tmp_path / "keys"
    keys.write_text("k1:" + "A" * 43 + "=\n")
    keys.chmod(0o600)
    return {
        "SECRET_KEY": SECRET,
        "ALLOWED_HOSTS": "xinqiao.school.example",
        "CSRF_TRUSTED_ORIGINS": "https://xinqiao.school.example",
        "DATABASE_URL": "postgresql://xinqiao:geheim@db/xinqiao",
        "REDIS_URL": "redis://cache:6379/0",
        "EMAIL_URL": "smtp+tls://user:geheim@mail:587",
        "MAIL_FROM": "心桥 <xinqiao@school.example>",
        "XINQIAO_KEYS_FILE": str(keys),
    }


def manage(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "XINQIAO_VAR") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**kept, "DJANGO_SETTINGS_MODULE": "xinqiao.settings.production", **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_complete_settings_are_accepted(complete):
    assert bad_settings(complete) == []


@pytest.mark.parametrize(
    "name",
    ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "MAIL_FROM", "XINQIAO_KEYS_FILE"],
)
def test_each_missing_one_is_named_in_one_sentence(complete, name):
    complete[name] = " "
    [sentence] = bad_settings(complete)
    assert sentence.startswith(f"Set {name}: ")
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_URL", "mysql://user:geheim@db/x", "DATABASE_URL is of another kind"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL is of another kind"),
        ("REDIS_URL", "http://cache", "REDIS_URL is of another kind"),
        ("EMAIL_URL", "mail.example", "EMAIL_URL is of another kind"),
        ("EMAIL_URL", "smtp://mail:notaport", "EMAIL_URL is not an address"),
        ("XINQIAO_KEYS_FILE", "/no/such/file", "XINQIAO_KEYS_FILE: /no/such/file cannot be read"),
        ("SECRET_KEY", "short", "SECRET_KEY is too easy to guess"),
        ("SECRET_KEY", "a" * 80, "SECRET_KEY is too easy to guess"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name the hosts"),
        ("CSRF_TRUSTED_ORIGINS", "a.example", "CSRF_TRUSTED_ORIGINS: write a.example with its scheme"),
        ("TRUSTED_PROXIES", "nginx", "TRUSTED_PROXIES: write how many"),
        ("BASE_URL", "a.example", "BASE_URL: write it with its scheme"),
        ("XINQIAO_SECOND_FACTOR", "maybe", "XINQIAO_SECOND_FACTOR: write required or offered"),
        ("XINQIAO_LOGIN_DINGTALK", "geheim-without-an-id", "XINQIAO_LOGIN_DINGTALK: write the app's id and its secret"),
    ],
)
def test_each_wrong_one_is_one_sentence_without_its_secret(complete, name, value, said):
    complete[name] = value
    [sentence] = bad_settings(complete)
    assert sentence.startswith(said)
    assert "geheim" not in sentence


def test_a_keys_file_that_others_can_read_is_refused(complete):
    Path(complete["XINQIAO_KEYS_FILE"]).chmod(0o644)
    [sentence] = bad_settings(complete)
    assert "chmod 600" in sentence


def test_a_command_says_all_of_them_at_once_and_shows_no_traceback():
    done = manage("check")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 7


def test_djangos_own_check_for_deployment_finds_nothing(complete):
    done = manage("check", "--deploy", "--fail-level", "WARNING", **complete)
    assert done.returncode == 0, done.stderr


def test_keys_are_made_before_there_is_anything_else(tmp_path):
    done = manage("make_keys", str(tmp_path / "new"), DJANGO_SETTINGS_MODULE="xinqiao.settings.demo")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600
