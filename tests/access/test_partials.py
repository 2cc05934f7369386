"""What is refused as a page is refused as a partial, as data for a script, and as a look without its body."""

import pytest
from django.urls import reverse

from tests.access.matrix import EVERYBODY, LOGIN, MODULES, lines_of, outcome_of, preparations_of
from tests.access.world import World, standing_world

_REFUSED = {403, 404, LOGIN}
_FORMS = (
    ("get", {"HX-Request": "true", "HX-Target": "main"}),
    ("get", {"Accept": "application/json"}),
    ("head", {}),
)
# Asked by a script before anybody is logged in: the question that a passkey signs. It tells nothing of anybody.
_OPEN_TO_SCRIPTS = {"mfa_login_webauthn"}


@pytest.mark.parametrize("name", MODULES)
def test_no_other_form_of_asking_opens_what_the_page_refuses(name, django_db_setup, django_db_blocker):
    with standing_world(django_db_blocker, preparations_of(name)) as world:
        wrong = _opened(name, world)
    assert not wrong, wrong


def _opened(name: str, world: World) -> list[str]:
    wrong = []
    for line in lines_of(name):
        if line.method != "get" or line.name in _OPEN_TO_SCRIPTS:
            continue
        for where, make, expected in (
            ("inside", line.inside, line.expect.inside),
            ("outside", line.outside, line.expect.outside),
        ):
            if where == "outside" and make is None:
                continue
            with world.as_it_was():
                if line.prepare is not None:
                    line.prepare(world)
                made = make(world) if make else None
                url = reverse(line.name, args=made) if isinstance(made, tuple) else reverse(line.name, kwargs=made)
                refused = [who for who in EVERYBODY if expected[who] in _REFUSED]
                for number, who in enumerate(refused):
                    # The partial of everybody; the rarer forms of one, since one check stands before them all.
                    wrong += _let_in(line, url, world, who, where, _FORMS if number == 0 else _FORMS[:1])
    return wrong


def _let_in(line, url: str, world: World, who, where: str, forms) -> list[str]:
    client, found = world.browser(who), []
    data = line.data(world) if line.data else {}
    for method, headers in forms:
        got = outcome_of(getattr(client, method)(url, data, headers=headers))
        if got not in {*_REFUSED, 405}:
            found.append(f"{line} {where}, {who}, {method} {headers}: {got}")
    return found
