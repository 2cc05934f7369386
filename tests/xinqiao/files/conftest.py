"""Storage of the test's own, so that what lies on it can be counted."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def sealed_folder(tmp_path, settings) -> Path:
    settings.PRIVATE_ROOT = tmp_path
    private = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path), "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "private": private}
    return tmp_path / "sealed"


@pytest.fixture
def lying(sealed_folder):
    """What lies on the storage."""
    return lambda: [path for path in sealed_folder.rglob("*") if path.is_file()] if sealed_folder.exists() else []
