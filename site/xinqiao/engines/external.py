"""Servers of the school's own, given by the environment: is each address there, well formed, and does it answer?

Each check returns, or raises EngineError with one sentence that names the setting, the host and the reason, never a
password.
"""

import os
import smtplib
import socket
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import psycopg
import redis
from psycopg.conninfo import conninfo_to_dict

from xinqiao.engines.binaries import OLDEST_POSTGRES
from xinqiao.engines.errors import EngineError

TIMEOUT_SECONDS = 3
_MAIL_PORTS = {
    "smtp": 25, "submission": 587, "smtp+tls": 587, "smtps": 587, "smtp+ssl": 465,
}  # fmt: skip
_MAIL_WITHOUT_SERVER = {"console", "file", "memory", "dummy"}
SHAPES: Mapping[str, tuple[set[str], str]] = {
    "DATABASE_URL": ({"postgresql", "postgres"}, "postgresql://user:password@host/database"),
    "REDIS_URL": ({"redis", "rediss", "unix", "redis+socket"}, "redis://host:6379/0"),
    "EMAIL_URL": ({*_MAIL_PORTS, *_MAIL_WITHOUT_SERVER}, "smtp+tls://user:password@host:587"),
}
"""The kinds of address that each setting may hold, and an example."""


def check_database(url: str) -> None:
    """Connect to PostgreSQL, and see that it is new enough and holds Chinese."""
    parts = check_shape("DATABASE_URL", url)
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error as error:
        raise _refused("DATABASE_URL", "the database", parts, error) from None
    place = str(given.get("host") or "the local socket")
    try:
        with psycopg.connect(url, connect_timeout=TIMEOUT_SECONDS) as connection:
            version = connection.info.server_version // 10000
            encoding = connection.info.parameter_status("server_encoding")
    except psycopg.Error as error:
        raise _refused("DATABASE_URL", f"PostgreSQL at {place}", parts, error) from None
    if version < OLDEST_POSTGRES:
        raise EngineError(
            f"DATABASE_URL: PostgreSQL at {place} is version {version}; {OLDEST_POSTGRES} or later is needed."
        )
    if encoding != "UTF8":
        raise EngineError(f"DATABASE_URL: the database at {place} has the encoding {encoding}; create it with UTF8.")


def check_redis(url: str) -> None:
    """Ask Valkey or Redis for its PONG."""
    parts = check_shape("REDIS_URL", url)
    place = (
        parts.path
        if parts.scheme in {"unix", "redis+socket"}
        else f"{parts.hostname or 'localhost'}:{_port(parts, 6379)}"
    )
    address = url.replace("redis+socket://", "unix://", 1).replace("virtual_host=", "db=")
    try:
        client = redis.from_url(address, socket_connect_timeout=TIMEOUT_SECONDS, socket_timeout=TIMEOUT_SECONDS)
        with client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise _refused("REDIS_URL", f"Valkey or Redis at {place}", parts, error) from None


def check_mail(url: str) -> None:
    """Hear the mail server's greeting; nothing is sent and nobody is logged in."""
    parts = check_shape("EMAIL_URL", url)
    if parts.scheme in _MAIL_WITHOUT_SERVER:
        return
    if not parts.hostname:
        raise EngineError(f"EMAIL_URL names no host: write it as {SHAPES['EMAIL_URL'][1]}.")
    port = _port(parts, _MAIL_PORTS[parts.scheme])
    implicit_tls = parts.scheme == "smtp+ssl"
    client = (smtplib.SMTP_SSL if implicit_tls else smtplib.SMTP)(timeout=TIMEOUT_SECONDS)
    try:
        client.connect(parts.hostname, port)
        client.noop()
        client.quit()
    except (smtplib.SMTPException, OSError) as error:
        raise _refused("EMAIL_URL", f"the mail server at {parts.hostname}:{port}", parts, error) from None
    finally:
        client.close()


def check_keys_file(path: str) -> None:
    """See that the keys are there, readable for us and for nobody else. What is in them is the key ring's business."""
    file = Path(path)
    try:
        found = file.stat()
        empty = not file.read_bytes().strip()
    except OSError as error:
        raise EngineError(f"XINQIAO_KEYS_FILE: {path} cannot be read ({error.strerror}).") from None
    if empty:
        raise EngineError(f"XINQIAO_KEYS_FILE: {path} is empty.")
    if stat.S_IMODE(found.st_mode) & (stat.S_IRWXO | stat.S_IWGRP):
        raise EngineError(f"XINQIAO_KEYS_FILE: {path} is open to other users: run `chmod 600 {path}`.")


CHECKS: Mapping[str, Callable[[str], None]] = {
    "DATABASE_URL": check_database,
    "REDIS_URL": check_redis,
    "EMAIL_URL": check_mail,
    "XINQIAO_KEYS_FILE": check_keys_file,
}


def complaints(environ: Mapping[str, str] = os.environ, *, required: bool = False) -> list[str]:
    """One sentence for each address that is bad or, where all are required, missing."""
    found = []
    for name, check in CHECKS.items():
        value = environ.get(name, "").strip()
        if not value:
            if required:
                found.append(f"{name} is not set.")
            continue
        try:
            check(value)
        except EngineError as error:
            found.append(str(error))
    return found


def check_shape(name: str, url: str) -> SplitResult:
    """See that it is an address of a kind that this setting may hold; nobody is called."""
    schemes, example = SHAPES[name]
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise EngineError(f"{name} is not an address: write it as {example}.") from None
    if parts.scheme not in schemes:
        raise EngineError(f"{name} is of another kind: write it as {example}.")
    return parts


def _port(parts: SplitResult, usual: int) -> int:
    return parts.port or usual


def _refused(name: str, what: str, parts: SplitResult, error: Exception) -> EngineError:
    """The sentence for a refusal: the error's first line, with the password taken out in every form it may have."""
    if isinstance(error, TimeoutError | socket.timeout | redis.TimeoutError):
        reason = f"no answer within {TIMEOUT_SECONDS} seconds"
    else:
        # libpq tries each address of a name and says one line for each; the last says why it gave up.
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        reason = lines[0].removeprefix("connection failed: ") if lines else type(error).__name__
    for secret in {parts.password or "", unquote(parts.password or "")} - {""}:
        reason = reason.replace(secret, "***")
    return EngineError(f"{name}: {what} does not answer ({reason.rstrip('.')}).")
