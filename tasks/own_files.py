"""Which files a PDF may take in: bundled and stored files, small data addresses. Nothing else is ever opened."""

from __future__ import annotations

import base64
import binascii
import mimetypes
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import Storage, storages

MAX_DATA_BYTES = 5 * 1024 * 1024
MAX_FILE_BYTES = 20 * 1024 * 1024


class RefusedAddress(ValueError):
    """A document asked for something that is not ours, is not there, or is too large."""

    def __init__(self, address: str) -> None:
        # A data address may be megabytes long, and may hold a picture of somebody.
        shown = urlsplit(address).scheme + ":…" if address.lower().startswith("data:") else address[:200]
        super().__init__(f"A document may not take in {shown}")


def root_address() -> str:
    """What relative addresses of a document are relative to: the site, so that `{% static %}` and links both work."""
    return settings.BASE_URL.rstrip("/") + "/"


def read(address: str) -> tuple[bytes, str]:
    """The bytes and type behind one of our own addresses: the site's static and media, `static:`, `stored:`,
    `private:`, `data:`.

    Raises:
        RefusedAddress: whatever else it is. No network is used and no path outside of the storages is opened.
    """
    scheme, _, rest = address.partition(":")
    scheme = scheme.lower()
    try:
        if scheme == "data":
            return _data(rest)
        if scheme == "stored":
            return _stored(storages["default"], _path(rest))
        if scheme == "private":
            return _stored(storages["private"], _path(rest))
        if scheme == "static":
            return _static(_path(rest))
        for root, opener in ((settings.STATIC_URL, _static), (settings.MEDIA_URL, _media)):
            prefix = root_address().rstrip("/") + root
            if root.startswith("/") and address.startswith(prefix):
                return opener(_path(address[len(prefix) :]))
    except (OSError, ValueError, SuspiciousOperation) as error:
        raise RefusedAddress(address) from error
    raise RefusedAddress(address)


def _path(rest: str) -> str:
    return unquote(rest.split("?", 1)[0].split("#", 1)[0])


def _media(path: str) -> tuple[bytes, str]:
    return _stored(storages["default"], path)


def _static(path: str) -> tuple[bytes, str]:
    found = finders.find(path)
    if found:
        return _limited(Path(str(found)).read_bytes()), _type(path)
    # Where files are collected under names with a digest.
    return _stored(staticfiles_storage, path)


def _stored(storage: Storage, path: str) -> tuple[bytes, str]:
    with storage.open(path) as file:
        return _limited(file.read(MAX_FILE_BYTES + 1)), _type(path)


def _data(rest: str) -> tuple[bytes, str]:
    head, comma, body = rest.partition(",")
    if not comma or len(body) > MAX_DATA_BYTES * 4:
        raise ValueError("not a data address, or far too large")
    mimetype = head.split(";", 1)[0] or "text/plain"
    if head.lower().endswith(";base64"):
        try:
            content = base64.b64decode(unquote_to_bytes(body), validate=False)
        except binascii.Error as error:
            raise ValueError("broken base64") from error
    else:
        content = unquote_to_bytes(body)
    return _limited(content, MAX_DATA_BYTES), mimetype


def _limited(content: bytes, limit: int = MAX_FILE_BYTES) -> bytes:
    if len(content) > limit:
        raise ValueError("too large")
    return content


def _type(path: str) -> str:
    return mimetypes.guess_type(path)[0] or "application/octet-stream"
