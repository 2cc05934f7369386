"""Security headers on every type of page: nothing inline, nothing from another host, no frames, nothing kept."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.factories.accounts import person_with
from xinqiao.accounts.enums import Role
from xinqiao.accounts.groups import ensure_groups, sync_groups

pytestmark = pytest.mark.django_db
PUBLIC = ["/accounts/login/", "/no-such-page/", "/components/", "/demo/mail/", "/health/live/", "/search/"]


@pytest.fixture
def principal(client) -> None:
    client.force_login(person_with(Role.PRINCIPAL))


def directives(response) -> dict[str, str]:
    policy = response["Content-Security-Policy"]
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in policy.split(";"))}


def assert_guarded(response) -> None:
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["X-Frame-Options"] in {"SAMEORIGIN", "DENY"}
    assert "camera=()" in response["Permissions-Policy"]


def assert_strict(response) -> None:
    found = directives(response)
    assert found["default-src"] == "'none'"
    assert found["frame-ancestors"] == "'none'"
    assert found["base-uri"] == "'none'"
    assert found["form-action"] == "'self'"
    for name in ("script-src", "style-src"):
        assert "unsafe" not in found[name]
    assert "http" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_are_guarded(client, path):
    response = client.get(path)
    assert_guarded(response)
    assert_strict(response)


@pytest.mark.parametrize("path", ["/audit/", "/admin/", "/no-such-page/", "/accounts/logout/"])
def test_pages_and_refusals_of_a_logged_in_person_are_guarded_and_not_shared(client, principal, path):
    response = client.get(path)
    assert_guarded(response)
    assert "private" in response["Cache-Control"]
    if path != "/admin/":
        assert_strict(response)


def test_a_form_without_its_token_is_refused_with_the_same_headers():
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a", "password": "b"})
    assert response.status_code == 403
    assert_guarded(response)
    assert_strict(response)


def test_the_admins_own_policy_lets_in_no_other_host(client):
    ensure_groups()
    editor = person_with(Role.EDITOR)
    sync_groups(editor)
    client.force_login(editor)
    response = client.get(reverse("wagtailadmin_home"))
    assert response.status_code == 200
    assert_guarded(response)
    found = directives(response)
    assert found["frame-ancestors"] == "'self'"
    assert found["object-src"] == "'none'"
    assert not re.search(r"https?:|\*", response["Content-Security-Policy"])


def test_no_page_has_anything_inline(client, principal):
    for path in [*PUBLIC, "/audit/", "/accounts/logout/"]:
        html = client.get(path).content.decode()
        assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|javascript:", html), path
        for script in re.findall(r"<script[^>]*>", html):
            assert "src=" in script or "nonce=" in script or "application/json" in script, (path, script)
        for address in re.findall(r"(?:src|href)=\"(https?://[^\"]+)", html):
            assert address.startswith(settings.BASE_URL), (path, address)


def test_a_page_for_everybody_may_be_kept_by_others(client):
    assert "Cache-Control" not in client.get("/components/").headers
