"""What is noted outside of the database lies in a folder of the test's own."""

import pytest


@pytest.fixture(autouse=True)
def anchors(tmp_path, settings):
    settings.XINQIAO_ANCHORS = tmp_path / "anchors"
    return settings.XINQIAO_ANCHORS
