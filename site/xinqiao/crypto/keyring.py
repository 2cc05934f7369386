"""The keys that encrypt children's stories.

The newest encrypts, all decrypt. The demo and the tests make their own under `var/` at first use; production names its
file in XINQIAO_KEYS_FILE. A changed file is read again by every process at its next use: a new key needs no restart.
"""

import base64
import contextlib
import functools
import hmac
import logging
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from xinqiao.crypto.keyfile import KEY_BYTES, read_keys, write_new_keys

_NONCE_BYTES = 12
_FINGERPRINT_BYTES = 16

_log = logging.getLogger(__name__)


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
        self._keys = dict(keys)
        self._index_keys: dict[tuple[str, str], bytes] = {}
        self.current = next(iter(keys))

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all keys, newest first."""
        return tuple(self._keys)

    def mark(self, key_id: str) -> str:
        """What every value sealed under this key begins with."""
        return f"x1.{key_id}."

    def fingerprints(self, text: str, *, of: str) -> list[str]:
        """One for each key, newest first: equal texts of one column give equal ones, and nothing else can be told.

        HMAC-SHA256, under a key that HKDF derives for this column alone: neither two columns' fingerprints nor a
        fingerprint and the sealed value have anything in common.
        """
        return [
            hmac.digest(self._index_key(key_id, of), text.encode(), "sha256")[:_FINGERPRINT_BYTES].hex()
            for key_id in self._keys
        ]

    def _index_key(self, key_id: str, of: str) -> bytes:
        derived = self._index_keys.get((key_id, of))
        if derived is None:
            about = b"xinqiao blind index\0" + of.encode()
            derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=about).derive(self._keys[key_id])
            self._index_keys[key_id, of] = derived
        return derived

    def encrypt(self, plain: str, *, bound_to: str) -> str:
        """`x1.<key id>.<base64>`; `bound_to` (table, column, row) must be the same to read it back."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._ciphers[self.current].encrypt(nonce, plain.encode(), bound_to.encode())
        return self.mark(self.current) + base64.b64encode(nonce + sealed).decode()

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


def key_ring() -> KeyRing:
    """The ring in use: read once, and again when its file has changed.

    A file that is half edited does not stop those who are at work: they go on with the keys that they have.
    """
    path = _keys_path()
    known = _ring_of(path)
    try:
        stamp = _stamp(path)
        if stamp != known.stamp:
            known.ring, known.stamp = KeyRing(read_keys(path)), stamp
    except (OSError, ImproperlyConfigured):
        refused = _stamp_or_none(path)
        if not known.refused or known.refused[0] != refused:
            known.refused = [refused]
            _log.exception("The keys file has changed and cannot be read; going on with the keys read before.")
    return known.ring


class _Read:
    """A ring and the state of the file from which it was read."""

    def __init__(self, path: Path) -> None:
        self.stamp: tuple[int, ...] | None = _stamp_or_none(path)
        self.refused: list[tuple[int, ...] | None] = []
        self.ring = KeyRing(read_keys(path))


def _stamp(path: Path) -> tuple[int, ...]:
    of = path.stat()
    return (of.st_ino, of.st_size, of.st_mtime_ns, of.st_ctime_ns)


def _stamp_or_none(path: Path) -> tuple[int, ...] | None:
    return _stamp(path) if path.exists() else None


@functools.cache
def _ring_of(path: Path) -> _Read:
    return _Read(path)


def _keys_path() -> Path:
    if settings.XINQIAO_KEYS_FILE:
        return Path(settings.XINQIAO_KEYS_FILE)
    if not settings.DEMO:
        raise ImproperlyConfigured("Set XINQIAO_KEYS_FILE: the file with the keys that encrypt children's stories.")
    path = Path(settings.VAR) / "keys"
    if path in _MADE:
        return path
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        # Of two processes that come at once the first to link wins; the other reads the winner's.
        with contextlib.suppress(FileExistsError):
            write_new_keys(path)
    _MADE.add(path)
    return path


_MADE: set[Path] = set()
"""The demo's keys files that were seen once: a file that vanishes later is a mistake and not a new school."""
