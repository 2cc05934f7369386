"""A probe to send, and templates of our own."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from tests.factories.tasks import Probe


@pytest.fixture(autouse=True)
def _fresh_probe() -> Iterator[None]:
    Probe.reset()
    yield
    Probe.reset()


@pytest.fixture
def probe_templates(settings) -> None:
    """Mail and PDF templates that only tests have."""
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [*templates[0]["DIRS"], Path(__file__).parent / "templates"]
    settings.TEMPLATES = templates
