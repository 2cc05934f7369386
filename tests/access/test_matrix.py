"""Who gets what at every address of the product."""

from collections.abc import Iterator

import pytest

from tests.access.matrix import (
    Placed,
    addresses,
    all_lines,
    preparations_of,
    without_line,
    without_url,
    wrong_answers,
)
from tests.access.world import World, standing_world


@pytest.fixture(scope="module")
def world(request, django_db_setup, django_db_blocker) -> Iterator[World]:
    """One for all lines of a module."""
    with standing_world(django_db_blocker, preparations_of(request.param)) as world:
        yield world


def test_every_url_name_has_a_line():
    missing = without_line(addresses(), all_lines())
    assert not missing, f"Write lines for them in tests/access/lines/<app>.py: {', '.join(missing)}"


def test_every_line_has_a_url():
    gone = without_url(addresses(), all_lines())
    assert not gone, f"These URL names are gone; remove their lines: {', '.join(gone)}"


@pytest.mark.parametrize(
    ("placed", "world"),
    [pytest.param(placed, placed.module, id=str(placed.line)) for placed in all_lines()],
    indirect=["world"],
    scope="module",
)
def test_everybody_gets_what_the_line_says(placed: Placed, world: World):
    with world.as_it_was():
        wrong = wrong_answers(placed.line, world)
    assert not wrong, f"{placed.line}: " + "; ".join(wrong)
