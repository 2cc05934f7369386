"""The keys that encrypt children's stories.

A keys file holds one key a line, `id:base64 of 32 bytes`, newest first; the first encrypts, all decrypt. The demo and
the tests make their own under `var/` at first use; production names its file in XINQIAO_KEYS_FILE.
"""

import base64
import functools
import os
import re
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_ID = re.compile(r"^[a-z0-9]{1,12}$")
_NONCE_BYTES = 12


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
            cryptography.exceptions.InvalidTag: the value was changed or belongs to another row or column.
            KeyError: the key that wrote it is not on the ring.
        """
        version, key_id, body = stored.split(".", 2)
        if version != "x1":
            raise ValueError("unknown form of encrypted value")
        raw = base64.b64decode(body)
        return self._ciphers[key_id].decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound_to.encode()).decode()


def read_keys(path: Path) -> dict[str, bytes]:
    """The keys of a file, newest first.

    Raises:
        ImproperlyConfigured: the file is missing, open to others, or holds a line that is no key; never shows a key.
    """
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        raise ImproperlyConfigured(f"The keys file {path} cannot be read: {error.strerror}.") from None
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
        if not _ID.match(key_id) or len(key) != 32:
            raise ImproperlyConfigured(f"Line {number} of the keys file {path} is not `id:base64 of 32 bytes`.")
        keys[key_id] = key
    if not keys:
        raise ImproperlyConfigured(f"The keys file {path} holds no key.")
    return keys


@functools.cache
def key_ring() -> KeyRing:
    """The ring in use, read once a process."""
    if settings.XINQIAO_KEYS_FILE:
        return KeyRing(read_keys(Path(settings.XINQIAO_KEYS_FILE)))
    if not settings.DEMO:
        raise ImproperlyConfigured("Set XINQIAO_KEYS_FILE: the file with the keys that encrypt children's stories.")
    path = Path(settings.VAR) / "keys"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"keys.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}\n")
        try:
            os.link(draft, path)  # the first of two processes wins; the other reads the winner's
        except FileExistsError:
            pass
        draft.unlink()
    return KeyRing(read_keys(path))
