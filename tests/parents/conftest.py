"""A public site for the tests of public pages."""

import pytest

from parents.models import ParentsIndexPage
from tests.factories.content import public_site


@pytest.fixture
def index(db) -> ParentsIndexPage:
    """The parents' index of a new site, without articles."""
    return public_site()
