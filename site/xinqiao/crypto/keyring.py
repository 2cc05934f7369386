"""The keys that encrypt children's stories.

A keys file holds one key a line, `id:base64 of 32 bytes`, newest first; the first encrypts, all decrypt. The demo and
the tests make their own under `var/` at first use; production names its file in XINQIAO_KEYS_FILE.
"""

import base64
import contextlib
import datetime
import functools
import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_ID = re.compile(r"^[a-z0-9]{1,12}$")
_NONCE_BYTES = 12
_KEY_BYTES = 32


class SealBroken(ValueError):
    """A stored value cannot be read: changed, moved from another row or column, or its key is not on the ring.

    Says which key it names and where it lies, never what it holds.
    """


class KeyRing:
    """AES-256-GCM under the first key; the key's id travels with each value, so older keys keep reading."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        if not keys:
            raise ImproperlyConfigured("The keys file holds no key.")
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self.current = next(iter(keys))

    def encrypt(self, plain: str, *, bound_to: str) -> str:
        """`x1.<key id>.<base64>`; `bound_to` (table, column, row) must be the same to read it back."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._ciphers[self.current].encrypt(nonce, plain.encode(), bound_to.encode())
        return f"x1.{self.current}.{base64.b64encode(nonce + sealed).decode()}"

    def decrypt(self, stored: str, *, bound_to: str) -> str:
        """The plain text.

        Raises:
            SealBroken: the value was changed, belongs to another row or column, or its key is not on the ring.
        """
        version, _, rest = stored.partition(".")
        key_id, _, body = rest.partition(".")
        if version != "x1" or key_id not in self._ciphers:
            raise SealBroken(f"{bound_to}: no key on the ring is called {key_id[:12]!r}")
        try:
            raw = base64.b64decode(body, validate=True)
            return self._ciphers[key_id].decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound_to.encode()).decode()
        except (InvalidTag, ValueError):
            raise SealBroken(f"{bound_to}: the value was changed or belongs to another row or column") from None


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
        if not _ID.match(key_id) or len(key) != _KEY_BYTES:
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
    key_id = f"k{datetime.datetime.now(tz=datetime.UTC):%y%m%d}{secrets.token_hex(2)}"
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{key_id}:{base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    finally:
        draft.unlink()
    return key_id


@functools.cache
def key_ring() -> KeyRing:
    """The ring in use, read once a process."""
    if settings.XINQIAO_KEYS_FILE:
        return KeyRing(read_keys(Path(settings.XINQIAO_KEYS_FILE)))
    if not settings.DEMO:
        raise ImproperlyConfigured("Set XINQIAO_KEYS_FILE: the file with the keys that encrypt children's stories.")
    path = Path(settings.VAR) / "keys"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        # Of two processes that come at once the first to link wins; the other reads the winner's.
        with contextlib.suppress(FileExistsError):
            write_new_keys(path)
    return KeyRing(read_keys(path))
