"""The access matrix: what one line says, and how a line is held against the running product.

Every URL name of ours has a line in `lines/<app>.py` that says who gets what, for each role, inside and outside of that
role's scope. README.md beside this file shows how to write one.
"""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Callable, Collection, Iterator, Mapping
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access import lines as lines_package
from tests.access.world import World
from tests.attacks.assignment import EXTRA, changed, watched
from tests.attacks.headers import complaints
from xinqiao.accounts.enums import Role

# -- what may be answered ----------------------------------------------------------------------------------------------

LOGIN = "login"
"""Sent to the login page."""
LET_IN = "let in"
"""The view itself answered: a page, a redirect to anywhere but the login, or a form with its errors (400, 409, 422)."""
Outcome = int | str

ANONYMOUS = "anonymous"
Who = Role | str
EVERYBODY: tuple[Who, ...] = (ANONYMOUS, *Role)
STAFF: tuple[Role, ...] = tuple(role for role in Role if role not in {Role.GUARDIAN, Role.DISTRICT})


def outcome_of(response: HttpResponseBase) -> Outcome:
    """The status, or LOGIN for a redirect to the login page (401 is how a script is sent there)."""
    if response.status_code in {301, 302, 303}:
        target = urlsplit(response["Location"]).path
        return LOGIN if target == reverse("account_login") else response.status_code
    return LOGIN if response.status_code == 401 else response.status_code


def meets(outcome: Outcome, expected: Outcome) -> bool:
    if expected == LET_IN:
        return outcome in {200, 201, 202, 204, 301, 302, 303, 400, 409, 422}
    return outcome == expected


# -- expectations ------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Expect:
    """What each person gets, for an object inside their scope (or where there is none) and for one outside."""

    inside: Mapping[Who, Outcome]
    outside: Mapping[Who, Outcome]

    def but(self, *who: Who, inside: Outcome | None = None, outside: Outcome | None = None) -> Expect:
        """The same, with other answers for some."""
        return Expect(
            inside={**self.inside, **(dict.fromkeys(who, inside) if inside is not None else {})},
            outside={**self.outside, **(dict.fromkeys(who, outside) if outside is not None else {})},
        )


def everyone(status: Outcome = 200, *, outside: Outcome = 404) -> Expect:
    """The same for all, login or not."""
    return Expect(dict.fromkeys(EVERYBODY, status), dict.fromkeys(EVERYBODY, outside))


def logged_in(status: Outcome = 200, *, outside: Outcome = 404) -> Expect:
    """All who have logged in; others are sent to the login."""
    return everyone(status, outside=outside).but(ANONYMOUS, inside=LOGIN, outside=LOGIN)


def only(*roles: Role, status: Outcome = 200, others: Outcome = 403, outside: Outcome = 404) -> Expect:
    """These roles, within their scope; outside of it the record does not exist for them. Others are refused (403),
    whether or not the record exists; without a login one is sent there."""
    base = dict.fromkeys(EVERYBODY, others)
    return Expect(base, base).but(ANONYMOUS, inside=LOGIN, outside=LOGIN).but(*roles, inside=status, outside=outside)


# -- lines -------------------------------------------------------------------------------------------------------------

Made = Callable[[World], dict[str, Any] | tuple[Any, ...]]
"""A URL's arguments by name; a tuple where Wagtail's patterns know them by place only."""


@dataclasses.dataclass(frozen=True)
class Line:
    """One URL name (and method), and who gets what.

    Attributes:
        name: as `reverse` takes it, with its namespace.
        expect: made by `everyone`, `logged_in` or `only`, changed with `.but(...)`.
        inside: makes the URL's arguments (a tuple where they have no names) for an object inside of everybody's scope
            in the `world`.
        outside: the same for an object outside (another class, another school, another person's); asked where given.
        method: "get" or "post" (or any other that the test client has).
        data: makes the form that is posted, or the query of a get.
        headers: such as {"HX-Request": "true"} for a partial.
        note: tells two lines of one name apart in the test's name.
        prepare: puts into the world what the URL needs; after the module's own `prepare(world)`, if it has one.
    """

    name: str
    expect: Expect
    inside: Made | None = None
    outside: Made | None = None
    method: str = "get"
    data: Made | None = None
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    note: str = ""
    prepare: Callable[[World], None] | None = None

    def __str__(self) -> str:
        return " ".join(filter(None, [self.method.upper(), self.name, self.note]))


@dataclasses.dataclass(frozen=True)
class Placed:
    """A line and the module in which it stands."""

    line: Line
    module: str


MODULES = sorted(info.name for info in pkgutil.iter_modules(lines_package.__path__))


def lines_of(module: str) -> list[Line]:
    """The lines of one module under `lines/`."""
    return list(getattr(_module(module), "LINES", []))


def preparations_of(module: str) -> list[Callable[[World], None]]:
    """What its lines need in the world: its `prepare`, where it has one."""
    prepare = getattr(_module(module), "prepare", None)
    return [] if prepare is None else [prepare]


def all_lines() -> list[Placed]:
    """The lines of every module under `lines/`."""
    return [Placed(line, module) for module in MODULES for line in lines_of(module)]


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{lines_package.__name__}.{name}")


def wrong_answers(line: Line, world: World) -> list[str]:
    """Ask the URL as everybody, inside and outside; each try is rolled back. What differs from the line, in words."""
    if line.prepare is not None:
        line.prepare(world)
    wrong = []
    for where, make, expected_of in (
        ("inside", line.inside, line.expect.inside),
        ("outside", line.outside, line.expect.outside),
    ):
        if make is None and where == "outside":
            continue
        made = make(world) if make else None
        url = reverse(line.name, args=made) if isinstance(made, tuple) else reverse(line.name, kwargs=made)
        data = line.data(world) if line.data else {}
        # Once is enough to see whether a form sets what it must not; everybody is refused or let in as before.
        looked_at = next((who for who in EVERYBODY if expected_of[who] not in {LOGIN, 403, 404}), None)
        for who in EVERYBODY:
            got, found = _ask(line, url, data, world, who, rows=who == looked_at)
            if not meets(got, expected_of[who]):
                wrong.append(f"{who} {where}: {got} instead of {expected_of[who]}")
            wrong += found
    return wrong


def _ask(
    line: Line, url: str, data: dict[str, Any], world: World, who: Who, *, rows: bool
) -> tuple[Outcome, list[str]]:
    """The outcome, and what else is wrong with the answer: its headers, or a field that no form may set."""
    client = world.browser(who)
    with transaction.atomic():
        hostile = line.method == "post" and isinstance(data, dict)
        before = watched() if hostile and rows else None
        sent = {**EXTRA, **data} if hostile else data
        response = getattr(client, line.method)(url, sent, headers=dict(line.headers))
        found = complaints(url, response)
        if before is not None:
            found += changed(before)
        transaction.set_rollback(True)
    return outcome_of(response), found


# -- the URLs there are ------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Address:
    """One URL pattern of the product.

    Attributes:
        name: with its namespace; empty where the pattern has none.
        route: as written, for messages.
        converters: what its arguments must be.
    """

    name: str
    route: str
    converters: Mapping[str, Any]

    @property
    def in_admin(self) -> bool:
        return self.route.startswith("admin/")


def addresses() -> list[Address]:
    """Every URL pattern that the resolver knows."""
    return list(_walk(get_resolver(), "", (), {}))


def _walk(resolver: URLResolver, route: str, names: tuple[str, ...], converters: dict[str, Any]) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        here = route + str(pattern.pattern)
        known = {**converters, **getattr(pattern.pattern, "converters", {})}
        if isinstance(pattern, URLPattern):
            groups = dict.fromkeys(getattr(getattr(pattern.pattern, "regex", None), "groupindex", {}), None)
            name = ":".join((*names, pattern.name)) if pattern.name else ""
            yield Address(name=name, route=here, converters={**groups, **known})
        else:
            below = (*names, pattern.namespace) if pattern.namespace else names
            yield from _walk(pattern, here, below, known)


def without_line(found: Collection[Address], lines: Collection[Placed]) -> list[str]:
    """The URLs of ours that no line speaks of. Wagtail's own admin follows rules instead (`test_admin.py`)."""
    spoken_of = {placed.line.name for placed in lines}
    return sorted({a.name or f"(no name) {a.route}" for a in found if not a.in_admin and a.name not in spoken_of})


def without_url(found: Collection[Address], lines: Collection[Placed]) -> list[str]:
    """The lines whose URL name is gone."""
    known = {address.name for address in found}
    return sorted({placed.line.name for placed in lines if placed.line.name not in known})
