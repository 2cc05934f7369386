"""A session that was fixed, stolen or left behind opens nothing."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from tests.factories.accounts import person_with
from xinqiao.accounts.enums import Role

pytestmark = pytest.mark.django_db
NAME = settings.SESSION_COOKIE_NAME
PASSWORD = "a-long-password-of-mine"


@pytest.fixture
def person():
    found = person_with(Role.MORAL_EDUCATION, username="walker")
    found.set_password(PASSWORD)
    found.save()
    return found


def login(client: Client) -> str:
    response = client.post(reverse("account_login"), {"login": "walker", "password": PASSWORD})
    assert response.status_code == 302
    return client.cookies[NAME].value


def is_in(key: str) -> bool:
    thief = Client()
    thief.cookies[NAME] = key
    return thief.get(reverse("screening:workspace")).status_code == 200


def test_a_session_key_that_somebody_chose_is_not_taken_over(client, person):
    client.cookies[NAME] = "a" * 32
    client.get(reverse("account_login"))
    assert login(client) != "a" * 32
    assert not Session.objects.filter(pk="a" * 32).exists()
    assert not is_in("a" * 32)


def test_a_session_from_before_the_login_opens_nothing_after_it(client, person):
    session = client.session
    session["planted"] = "by a stranger"
    session.save()
    before = session.session_key
    client.cookies[NAME] = before
    after = login(client)
    assert after != before
    assert is_in(after)
    assert not is_in(before)


def test_after_the_logout_the_old_key_is_dead(client, person):
    key = login(client)
    assert is_in(key)
    client.post(reverse("account_logout"))
    assert not is_in(key)


def test_a_changed_password_ends_every_session(client, person):
    keys = [login(Client()) for _each in range(2)]
    assert all(map(is_in, keys))
    person.set_password("another-long-password")
    person.save()
    assert not any(map(is_in, keys))


def test_a_person_who_is_switched_off_is_out_at_once(client, person):
    key = login(client)
    person.is_active = False
    person.save()
    assert not is_in(key)


def test_an_altered_key_opens_nothing(client, person):
    key = login(client)
    for altered in (key[:-1], key + "a", key.upper(), key[::-1], "", "../" + key):
        assert altered == key or not is_in(altered)


def test_the_cookie_is_closed_to_scripts_and_to_other_sites(client, person):
    login(client)
    cookie = client.cookies[NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] in {"Lax", "Strict"}


def test_another_persons_login_in_the_same_browser_inherits_nothing(client, person):
    key = login(client)
    client.session["of_the_first"] = "x"
    client.force_login(person_with(Role.EDITOR))
    assert client.session.session_key != key
    assert "of_the_first" not in client.session
