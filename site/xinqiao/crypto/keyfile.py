"""The file that holds the keys: one a line, `id:base64 of 32 bytes`, newest first, open to its owner only."""

import base64
import datetime
import os
import re
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
_ID = re.compile(r"^[a-z0-9]{1,12}$")


def read_keys(path: Path) -> dict[str, bytes]:
    """The keys of a file, newest first.

    Raises:
        ImproperlyConfigured: the file is missing, open to others, or holds a line that is no key; never shows a key.
    """
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError as error:
        raise ImproperlyConfigured(f"The keys file {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ImproperlyConfigured(f"The keys file {path} is no text of lines `id:base64 of 32 bytes`.") from None
    if path.stat().st_mode & 0o007:
        raise ImproperlyConfigured(f"The keys file {path} is open to everybody; run: chmod 600 {path}")
    keys: dict[str, bytes] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        key_id, _, text = line.strip().partition(":")
        try:
            key = base64.b64decode(text, validate=True)
        except ValueError:
            key = b""
        if not _ID.match(key_id) or len(key) != KEY_BYTES:
            raise ImproperlyConfigured(f"Line {number} of the keys file {path} is not `id:base64 of 32 bytes`.")
        if key_id in keys:
            raise ImproperlyConfigured(f"Line {number} of the keys file {path} names the key {key_id} a second time.")
        keys[key_id] = key
    if not keys:
        raise ImproperlyConfigured(f"The keys file {path} holds no key.")
    return keys


def write_new_keys(path: Path) -> str:
    """Write a file with one new key, for its owner only. Returns the key's id.

    Whole or not at all: the file appears under its name when it is complete, and never over another.

    Raises:
        FileExistsError: there is a file of that name.
        OSError: it cannot be written.
    """
    key_id, line = _new_line()
    draft = _draft(path, line, mode=0o600)
    try:
        os.link(draft, path)
    finally:
        draft.unlink()
    return key_id


def add_new_key(path: Path) -> str:
    """Put a new key above those in the file, which go on reading. Returns the new key's id.

    Whoever reads the file meanwhile sees it before or after. Its owner and permissions stay.

    Raises:
        ImproperlyConfigured: the file is not a good keys file as it stands.
        OSError: it cannot be written.
    """
    read_keys(path)
    key_id, line = _new_line()
    before = path.stat()
    draft = _draft(path, line + path.read_text(encoding="ascii"), mode=before.st_mode & 0o770)
    try:
        if (before.st_uid, before.st_gid) != (draft.stat().st_uid, draft.stat().st_gid):
            os.chown(draft, before.st_uid, before.st_gid)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return key_id


def _new_line() -> tuple[str, str]:
    key_id = f"k{datetime.datetime.now(tz=datetime.UTC):%y%m%d}{secrets.token_hex(2)}"
    return key_id, f"{key_id}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}\n"


def _draft(path: Path, text: str, *, mode: int) -> Path:
    """The text, safe on the disk, beside the path."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
        os.fchmod(file.fileno(), mode)
    return draft
