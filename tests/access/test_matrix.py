"""Who gets what at every address of the product."""

import pytest

from tests.access.matrix import Placed, addresses, all_lines, without_line, without_url, wrong_answers
from tests.access.world import World, build_world


@pytest.fixture
def world(db) -> World:
    return build_world()


def test_every_url_name_has_a_line():
    missing = without_line(addresses(), all_lines())
    assert not missing, f"Write lines for them in tests/access/lines/<app>.py: {', '.join(missing)}"


def test_every_line_has_a_url():
    gone = without_url(addresses(), all_lines())
    assert not gone, f"These URL names are gone; remove their lines: {', '.join(gone)}"


@pytest.mark.parametrize("placed", all_lines(), ids=lambda placed: str(placed.line))
def test_everybody_gets_what_the_line_says(placed: Placed, world: World):
    wrong = wrong_answers(placed, world)
    assert not wrong, f"{placed.line}: " + "; ".join(wrong)
