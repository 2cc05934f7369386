"""An id guessed in any address: what lies elsewhere or nowhere is not there (404) or refused (403), for everybody."""

import re
import uuid
from collections.abc import Iterator

import pytest
from django.urls import NoReverseMatch, reverse

from tests.access.matrix import EVERYBODY, LOGIN, Address, addresses, all_lines, outcome_of
from tests.access.world import World, standing_world

NOT_THERE = {403, 404, 405, LOGIN}

PUBLIC = {
    "wagtail_serve": "the public pages; an unknown one is a 404, asked in its own line",
    "wagtailcore_authenticate_with_password": "always a 404: no page is kept behind a shared word",
    "wagtaildocs_authenticate_with_password": "always a 404",
    "privacy:notice": "a school's notice, written to be read by everybody",
    "tasks:mailbox_attachment": "the demo's own mailbox, which no other installation has",
}
"""Addresses with an argument that no record of the school lies behind, with the reason."""

ONE_PERSONS_OWN = {"directory:invitation_letters_page", "end_session", "mfa_remove_webauthn"}
"""What lies behind them belongs to one person: in their lines everybody else asks from outside already."""


def with_an_object() -> list[Address]:
    """Every address of ours whose arguments name a record: a number or a UUID."""
    found = {}
    for address in addresses():
        kinds = {type(converter).__name__ for converter in address.converters.values()}
        if address.name and not address.in_admin and kinds & {"IntConverter", "UUIDConverter"}:
            found[address.name] = address
    return [found[name] for name in sorted(found)]


def test_every_address_with_an_object_is_asked_from_outside_too():
    asked = {placed.line.name for placed in all_lines() if placed.line.outside is not None}
    missing = [a.name for a in with_an_object() if a.name not in asked | ONE_PERSONS_OWN | set(PUBLIC)]
    assert not missing, f"Give their lines an `outside` in tests/access/lines: {', '.join(missing)}"


def test_each_is_refused_to_everybody_from_a_place_that_nobody_reaches():
    """A line may let a principal in from "another grade"; then there is one more whose outside lies beyond everybody."""
    refused = {
        placed.line.name
        for placed in all_lines()
        if placed.line.outside is not None and set(placed.line.expect.outside.values()) <= NOT_THERE | {302}
    }
    asked = {placed.line.name for placed in all_lines() if placed.line.outside is not None}
    left = sorted(asked & {address.name for address in with_an_object()} - refused - set(PUBLIC))
    assert not left, f"No line asks for these from another school: {', '.join(left)}"


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with standing_world(django_db_blocker) as world:
        yield world


@pytest.mark.parametrize("who", EVERYBODY)
def test_an_id_that_nobody_has_is_answered_alike_at_every_address(world, who):
    """Never a page, never an error of the server: neither by reading nor by writing."""
    wrong = []
    for address in with_an_object():
        if address.name in PUBLIC:
            continue
        made = {name: _guess(converter) for name, converter in address.converters.items()}
        try:
            url = reverse(address.name, kwargs=made)
        except NoReverseMatch:
            url = reverse(address.name, args=list(made.values()))
        for method in ("get", "post"):
            client = world.browser(who, raise_request_exception=False)
            with world.as_it_was():
                got = outcome_of(getattr(client, method)(url))
            if got not in NOT_THERE and not (got == 302 and who == "anonymous"):
                wrong.append(f"{method} {address.name}: {got}")
    assert not wrong, wrong


def _guess(converter: object) -> object:
    """A value that the address takes, and that names nothing."""
    kind = type(converter).__name__
    if kind == "IntConverter":
        return 987_654_321
    if kind == "UUIDConverter":
        return uuid.UUID(int=7)
    regex = getattr(converter, "regex", "x")
    return "x" if re.fullmatch(regex, "x") else regex.partition("|")[0].strip("()")
