"""Wagtail's admin, held to rules: who has no duty there is refused everywhere, the others get what is listed and no more."""

import uuid

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from wagtail.models import Page, Site

from tests.access.admin_pages import FOR_ANYBODY, OPEN
from tests.access.matrix import Address, addresses
from tests.access.world import World, build_world
from xinqiao.accounts.enums import Role
from xinqiao.accounts.groups import ensure_groups, sync_groups

pytestmark = pytest.mark.django_db
# Raises on purpose, for whoever sets up error reports.
_FAILS_ON_PURPOSE = "wagtailadmin_error_test"
_NO_DUTY_THERE = [role for role in Role if role not in OPEN]


@pytest.fixture
def world() -> World:
    """With a place for courses in the tree, and the groups that follow duties."""
    world = build_world()
    Site.objects.get().root_page.add_child(instance=Page(title="教师培训", slug="training"))
    ensure_groups()
    for person in world.people.values():
        sync_groups(person)
    return world


def in_admin() -> list[Address]:
    return [address for address in addresses() if address.in_admin and address.name != _FAILS_ON_PURPOSE]


def address_of(address: Address) -> str | None:
    """Its URL, with an argument of each kind where it takes some; None where the name needs arguments of another form."""
    made = {name: _sample(converter) for name, converter in address.converters.items()}
    for attempt in ({}, made):
        try:
            return reverse(address.name, kwargs=attempt)
        except NoReverseMatch:
            continue
    for arguments in (["wagtailcore", "page"], ["wagtailcore", "page", 1], [1], [1, 1], ["a"]):
        try:
            return reverse(address.name, args=arguments)
        except NoReverseMatch:
            continue
    return None


def _sample(converter: object) -> object:
    kind = type(converter).__name__
    return 1 if kind == "IntConverter" else uuid.UUID(int=1) if kind == "UUIDConverter" else "a"


def test_there_is_an_address_to_ask_for_nearly_every_name():
    unasked = [address.name or address.route for address in in_admin() if not address.name or not address_of(address)]
    assert len(unasked) <= 4, unasked


def test_without_a_login_everything_leads_to_the_login():
    client, wrong = Client(), []
    for address in in_admin():
        url = address_of(address) if address.name else None
        if url is None or address.name in FOR_ANYBODY:
            continue
        response = client.get(url)
        led_to = response.get("Location", "").partition("?")[0]
        # From the logout one is led home: there is nobody to log out.
        if led_to == reverse("account_login") or (address.name == "wagtailadmin_logout" and led_to == "/"):
            continue
        if response.status_code not in {404, 405}:
            wrong.append(f"{address.name}: {response.status_code}")
    assert not wrong, wrong


def test_who_has_no_duty_there_is_refused_at_every_address(world):
    client, wrong = Client(), []
    client.force_login(world.people[Role.COUNSELOR])
    for address in in_admin():
        url = address_of(address) if address.name else None
        if url is None:
            continue
        for method in (client.get, client.post):
            status = method(url).status_code
            if status != 403:
                wrong.append(f"{address.name}: {status}")
    assert not wrong, wrong


@pytest.mark.parametrize("role", _NO_DUTY_THERE)
def test_the_door_is_shut_for_every_role_without_a_duty_there(role, world):
    client = Client()
    client.force_login(world.people[role])
    for name in ("wagtailadmin_home", "wagtailusers_users:index", "outbox:index", "wagtailimages:index"):
        assert client.get(reverse(name)).status_code == 403


def test_an_unknown_address_below_the_admin_is_refused_too(world):
    client = Client()
    client.force_login(world.people[Role.GUARDIAN])
    assert client.get("/admin/no-such-place/").status_code in {403, 404}


@pytest.mark.parametrize("role", sorted(OPEN, key=str))
def test_exactly_the_listed_pages_open(role, world):
    client = Client()
    client.force_login(world.people[role])
    opened, known = set(), set()
    for address in in_admin():
        if not address.name or address.name == "wagtailadmin_logout":
            continue
        try:
            url = reverse(address.name)
        except NoReverseMatch:
            continue
        known.add(address.name)
        if client.get(url).status_code == 200:
            opened.add(address.name)
    more, less = sorted(opened - OPEN[role]), sorted(OPEN[role] - opened)
    assert not more, f"opens and is not listed in tests/access/admin_pages.py: {more}"
    assert not less, f"is listed and does not open: {less} (gone: {sorted(OPEN[role] - known)})"


def test_an_appointment_that_ended_closes_the_admin_at_once(world):
    client, admin = Client(), world.people[Role.ADMINISTRATOR]
    client.force_login(admin)
    assert client.get(reverse("wagtailusers_users:index")).status_code == 200
    admin.groups.clear()
    assert client.get(reverse("wagtailusers_users:index")).status_code == 403


def test_an_editor_cannot_open_a_person_a_duty_or_a_message(world):
    client = Client()
    client.force_login(world.people[Role.EDITOR])
    for url in (
        reverse("wagtailusers_users:edit", args=[world.people[Role.COUNSELOR].pk]),
        reverse("duties:edit", args=[world.people[Role.COUNSELOR].appointments.get().pk]),
        reverse("outbox:message", args=[uuid.UUID(int=1)]),
    ):
        assert client.get(url).status_code in {302, 403, 404}


def test_a_get_does_not_log_out(world):
    client = Client()
    client.force_login(world.people[Role.EDITOR])
    client.get(reverse("wagtailadmin_logout"))
    assert client.get(reverse("wagtailadmin_home")).status_code == 200
