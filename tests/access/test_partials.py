"""What is refused as a page is refused as a partial, as data for a script, and as a look without its body."""

import importlib
import pkgutil

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.access import lines as lines_package
from tests.access.matrix import ANONYMOUS, EVERYBODY, LOGIN, outcome_of
from tests.access.world import World, build_world
from xinqiao.accounts.enums import Role

_REFUSED = {403, 404, LOGIN}
_FORMS = (
    ("get", {"HX-Request": "true", "HX-Target": "main"}),
    ("get", {"Accept": "application/json"}),
    ("head", {}),
)
# Asked by a script before anybody is logged in: the question that a passkey signs. It tells nothing of anybody.
_OPEN_TO_SCRIPTS = {"mfa_login_webauthn"}
MODULES = sorted(info.name for info in pkgutil.iter_modules(lines_package.__path__))


@pytest.fixture
def world(db) -> World:
    return build_world()


@pytest.mark.parametrize("name", MODULES)
def test_no_other_form_of_asking_opens_what_the_page_refuses(name, world):
    module = importlib.import_module(f"{lines_package.__name__}.{name}")
    if hasattr(module, "prepare"):
        module.prepare(world)
    wrong = []
    for line in getattr(module, "LINES", []):
        if line.method != "get" or line.name in _OPEN_TO_SCRIPTS:
            continue
        for where, make, expected in (
            ("inside", line.inside, line.expect.inside),
            ("outside", line.outside, line.expect.outside),
        ):
            if where == "outside" and make is None:
                continue
            with transaction.atomic():
                if line.prepare is not None:
                    line.prepare(world)
                made = make(world) if make else None
                url = reverse(line.name, args=made) if isinstance(made, tuple) else reverse(line.name, kwargs=made)
                refused = [who for who in EVERYBODY if expected[who] in _REFUSED]
                for number, who in enumerate(refused):
                    # The partial of everybody; the rarer forms of one, since one check stands before them all.
                    wrong += _let_in(line, url, world, who, where, _FORMS if number == 0 else _FORMS[:1])
                transaction.set_rollback(True)
    assert not wrong, wrong


def _let_in(line, url: str, world: World, who, where: str, forms) -> list[str]:
    client, found = Client(), []
    if who != ANONYMOUS:
        client.force_login(world.people[Role(who)])
    data = line.data(world) if line.data else {}
    for method, headers in forms:
        got = outcome_of(getattr(client, method)(url, data, headers=headers))
        if got not in {*_REFUSED, 405}:
            found.append(f"{line} {where}, {who}, {method} {headers}: {got}")
    return found
