"""The first-pass form, so that a round can be opened. Real schools get it by the same function."""

from screening.instruments.observation import DEFINITION, KEY
from screening.instruments.publish import publish_version


def load(demo) -> None:
    publish_version(key=KEY, definition=DEFINITION)
