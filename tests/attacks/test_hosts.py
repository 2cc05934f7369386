"""A host that somebody claims is never believed: no page for it, and no link to it in a mail."""

import re

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse

from tasks.deliver import deliver
from tasks.models import OutboxMessage
from tests.factories.accounts import person_with
from xinqiao.accounts.enums import Role

pytestmark = pytest.mark.django_db

CLAIMS = [
    {"HTTP_HOST": "evil.example"},
    {"HTTP_HOST": "testserver:80@evil.example"},
    {"HTTP_HOST": "testserver evil.example"},
    {"HTTP_HOST": "testserver\\evil.example"},
    {"HTTP_HOST": ""},
    {"HTTP_X_FORWARDED_HOST": "evil.example"},
    {"HTTP_FORWARDED": "host=evil.example"},
    {"HTTP_X_HOST": "evil.example"},
    {"HTTP_X_ORIGINAL_URL": "/admin/"},
    {"HTTP_X_REWRITE_URL": "/admin/"},
]


@pytest.fixture(autouse=True)
def _one_host():
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


@pytest.mark.parametrize("claim", CLAIMS, ids=[" ".join(each.values()) for each in CLAIMS])
def test_another_host_gets_a_refusal_or_our_own_page(claim):
    for path in ("/", "/accounts/login/", "/help/", "/workspace/"):
        response = Client(raise_request_exception=False).get(path, **claim)
        assert response.status_code in {200, 302, 301, 400, 404}
        assert "evil" not in response.get("Location", "")
        assert "evil" not in response.content.decode()


def test_the_refusal_is_a_page_in_words():
    response = Client().get("/accounts/login/", HTTP_HOST="evil.example")
    assert response.status_code == 400
    assert "没有保存任何内容" in response.content.decode()


@pytest.mark.parametrize(
    "claim", [{"HTTP_X_FORWARDED_HOST": "evil.example"}, {"HTTP_REFERER": "https://evil.example/"}]
)
def test_links_in_mails_lead_to_the_house_whatever_the_request_claims(claim, settings):
    person = person_with(Role.COUNSELOR, email="walker@school.example", username="walker")
    Client(raise_request_exception=False).post(
        reverse("account_reset_password"), {"login": "walker", "email": person.email}, **claim
    )
    for message in OutboxMessage.objects.all():
        assert "evil" not in f"{message.payload}"
        deliver(message.pk)
    for letter in mail.outbox:
        assert "evil" not in str(letter.message())
        for address in re.findall(r"https?://[^/\s\"<>]+", letter.body):
            assert settings.BASE_URL.startswith(address)


def test_no_address_is_made_from_what_a_request_says():
    """Links that leave the house begin with the setting BASE_URL; a request's own host stands in none of our code."""
    from tests.attacks.sources import sources

    found = [path for path, text in sources() if "build_absolute_uri" in text or "HTTP_HOST" in text]
    assert not found
