"""Production does not start with the demo's password in the database."""

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ImproperlyConfigured

from tests.factories.accounts import UserFactory
from xinqiao.accounts.demo_password import DEMO_PASSWORD, refuse_demo_password

pytestmark = pytest.mark.django_db


def test_it_refuses_while_a_demo_login_has_the_demo_password():
    UserFactory(username="counselor", password=make_password(DEMO_PASSWORD))
    with pytest.raises(ImproperlyConfigured, match="1 active account"):
        refuse_demo_password()


def test_it_refuses_people_who_were_loaded_with_one_copied_hash():
    shared = make_password(DEMO_PASSWORD)
    UserFactory(username="staff01", password=shared)
    UserFactory(username="staff02", password=shared)
    with pytest.raises(ImproperlyConfigured, match="2 active accounts"):
        refuse_demo_password()


def test_it_starts_when_they_are_closed_or_changed():
    UserFactory(username="counselor", password=make_password(DEMO_PASSWORD), is_active=False)
    UserFactory(username="teacher")
    refuse_demo_password()
