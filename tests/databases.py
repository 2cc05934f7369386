"""Databases for tests: migrated once into a template, then cloned, which takes a fraction of a second.

Templates are named by a fingerprint of what they are made from, so that a second run finds them ready.
"""

import fcntl
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.conf import global_settings, settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
_PACKAGES = ("site/xinqiao", "tasks", "content", "training", "parents", "screening")


def fingerprint(pattern: str) -> str:
    """Twelve hex digits over all files of the product that match the pattern, and the locked libraries."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for package in _PACKAGES:
        for path in sorted((ROOT / package).rglob(pattern)):
            digest.update(str(path.relative_to(ROOT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def server_url(database: str) -> str:
    """The address of a database on the engine in use, as DATABASE_URL would give it."""
    of = settings.DATABASES["default"]
    host = of["HOST"] or of["OPTIONS"].get("host", "")
    port = of["PORT"] or of["OPTIONS"].get("port", 5432)
    if host.startswith("/"):
        return f"postgresql://{of['USER']}@/{database}?host={quote(host, safe='/')}&port={port}"
    return f"postgresql://{of['USER']}:{quote(of['PASSWORD'])}@{host}:{port}/{database}"


def _execute(statement: str, *names: str) -> None:
    with psycopg.connect(server_url("postgres"), autocommit=True) as server:
        server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _exists(name: str) -> bool:
    with psycopg.connect(server_url("postgres"), autocommit=True) as server:
        return server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def drop(name: str) -> None:
    """Remove a database, whoever of ours is still connected.

    Not WITH (FORCE): that is refused when autovacuum happens to be at work there, which the plain form asks to leave.
    """
    with psycopg.connect(server_url("postgres"), autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
            [name],
        )
    _execute("DROP DATABASE IF EXISTS {}", name)


def clone(template: str, name: str) -> None:
    """A fresh database with all that the template holds."""
    drop(name)
    _execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)


def use(name: str) -> None:
    """Point Django's connection at another database."""
    connection.close()
    connection.settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (Path(settings.VAR) / "templates.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def schema_template() -> str:
    """The name of the template with every migration applied and nothing in it."""
    name = f"template_{fingerprint('migrations/*.py')}"
    with _one_at_a_time():
        if not _exists(name):
            draft = f"{name}_draft"
            drop(draft)
            _execute("CREATE DATABASE {}", draft)
            before = connection.settings_dict["NAME"]
            use(draft)
            call_command("migrate", verbosity=0, interactive=False)
            use(before)
            _execute("ALTER DATABASE {} RENAME TO {}", draft, name)
            _forget_older("template_", name)
    return name


def demo_template() -> str:
    """The name of the template with the demo school in it."""
    schema = schema_template()
    name = f"demo_school_{fingerprint('*.py')}"
    with _one_at_a_time():
        if not _exists(name):
            draft = f"{name}_draft"
            clone(schema, draft)
            before = connection.settings_dict["NAME"]
            use(draft)
            # The server of the walks runs with the product's own settings, and so must the passwords it is shown.
            with override_settings(PASSWORD_HASHERS=global_settings.PASSWORD_HASHERS):
                call_command("demo", verbosity=0, stdout=io.StringIO())
            use(before)
            _execute("ALTER DATABASE {} RENAME TO {}", draft, name)
            _forget_older("demo_", name)
    return name


def _forget_older(prefix: str, kept: str) -> None:
    """Templates of code that has changed since: each would stay for ever."""
    with psycopg.connect(server_url("postgres"), autocommit=True) as server:
        found = server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]).fetchall()
    for (name,) in found:
        if name != kept:
            drop(name)
