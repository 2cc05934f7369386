"""Nobody is led away from the house: not by `next`, not by where they came from, not by a slash too many."""

import itertools
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.accounts import person_with
from xinqiao.accounts.enums import Role

pytestmark = pytest.mark.django_db

EVIL = [
    "//evil.example/",
    "///evil.example/",
    "////evil.example",
    "\\\\evil.example",
    "/\\evil.example/",
    "/\t/evil.example/",
    "\t//evil.example",
    " //evil.example",
    "https:evil.example",
    "https:/evil.example",
    "http://evil.example/",
    "http:///evil.example",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "javascript:alert(1)",
    "JaVaScRiPt://testserver/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//testserver:80@evil.example/",
    "https://evil.example\\@testserver/",
    "/x\r\nSet-Cookie: a=b",
    "ftp://testserver/",
]
PAGES = [
    ("account_login", {}),
    ("account_logout", {}),
    ("account_reauthenticate", {}),
    ("one_login", {}),
    ("choose_language", {"code": "en"}),
]


def leads_away(location: str) -> bool:
    """As a browser reads it: backslashes are slashes, and blanks and tabs are nothing."""
    read = "".join(each for each in location.replace("\\", "/").strip() if each not in "\t\r\n")
    parts = urlsplit(read)
    return parts.netloc not in {"", "testserver"} or parts.scheme not in {"", "http", "https"} or read.startswith("///")


@pytest.fixture(params=["nobody", "somebody"])
def browser(request) -> Client:
    client = Client()
    if request.param == "somebody":
        client.force_login(person_with(Role.COUNSELOR))
    return client


@pytest.mark.parametrize(("name", "kwargs"), PAGES, ids=[name for name, _ in PAGES])
def test_next_leads_nowhere_else(browser, name, kwargs):
    address = reverse(name, kwargs=kwargs)
    for evil, method in itertools.product(EVIL, ("get", "post")):
        response = getattr(browser, method)(f"{address}", {"next": evil})
        location = response.get("Location", "")
        assert "\n" not in location
        assert not leads_away(location) or "next=" in location, (method, evil, location)
        assert not leads_away(location.partition("?")[0]), (method, evil, location)


def test_after_the_login_nobody_is_led_away(client):
    person = person_with(Role.COUNSELOR, username="walker")
    person.set_password("a-long-password-of-mine")
    person.save()
    for evil in EVIL:
        client.logout()
        given = {"login": "walker", "password": "a-long-password-of-mine", "next": evil}
        response = client.post(reverse("account_login"), given)
        assert not leads_away(response.get("Location", "")), (evil, response.get("Location"))


@pytest.mark.parametrize(
    "path", ["//evil.example/", "///evil.example", "/\\evil.example", "/%5cevil.example/", "/%09/evil.example"]
)
def test_a_path_with_a_slash_too_many_is_no_address(client, path):
    """The slash that is added to an address must not make a host of its first part."""
    response = client.generic("GET", path)
    assert not leads_away(response.get("Location", ""))


def test_where_somebody_came_from_leads_nowhere(browser):
    for name, kwargs in PAGES:
        response = browser.get(reverse(name, kwargs=kwargs), headers={"referer": "https://evil.example/"})
        assert "evil" not in response.get("Location", "")
