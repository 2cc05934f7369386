"""Where sealed contents lie: private storage, under random names that say nothing and are told to nobody."""

from __future__ import annotations

import contextlib
import datetime
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from django.core.files import File
from django.core.files.storage import Storage, storages

from xinqiao.files.sealing import seal

FOLDER = "sealed"
_IN_MEMORY = 1024 * 1024


def private() -> Storage:
    return storages["private"]


def put(plain: Iterable[bytes], *, key: bytes, row: object) -> tuple[str, int]:
    """Seal and store; the path and how many plain bytes went in. What fails on the way leaves nothing."""
    name = secrets.token_hex(16)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as sealed:  # only what is sealed ever meets a disk
        size = seal(plain, sealed, key=key, row=row)
        sealed.seek(0)
        path = private().save(f"{FOLDER}/{name[:2]}/{name[2:]}", File(sealed))
    with contextlib.suppress(NotImplementedError):  # not every storage has files of the machine's own
        Path(private().path(path)).chmod(0o600)
    return path, size


def opened(path: str) -> IO[bytes]:
    return private().open(path, "rb")


def remove(path: str) -> None:
    """Gone, and no complaint where it is gone already."""
    if path:
        private().delete(path)


def there(*, before: datetime.datetime) -> Iterator[str]:
    """The paths of all contents stored before this time."""
    storage = private()
    try:
        folders, _ = storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    for folder in folders:
        for name in storage.listdir(f"{FOLDER}/{folder}")[1]:
            path = f"{FOLDER}/{folder}/{name}"
            with contextlib.suppress(FileNotFoundError):
                if storage.get_modified_time(path) < before:
                    yield path
