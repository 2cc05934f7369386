"""Where the engines keep their things below `var`, and the addresses that follow from it: pure, nothing is started."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

DATABASE = "xinqiao"
ROLE = "xinqiao"
SUPERUSER = "postgres"
PORT = 5432
POSTGRES_SOCKET = f".s.PGSQL.{PORT}"
VALKEY_SOCKET = "valkey.sock"

# sun_path holds 107 bytes on Linux and 103 on macOS; some are kept back for the `.lock` beside PostgreSQL's socket.
_SOCKET_PATH_BYTES = 98
# PostgreSQL reads its socket folders as a comma-separated list and three libraries read the path out of a URL: a path
# with anything else in it (blanks, Chinese, quotes) goes the same way as one that is too long.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._+-]+")


def var_path() -> Path:
    """The folder of everything that is written: XINQIAO_VAR, or `var` beside manage.py."""
    chosen = os.environ.get("XINQIAO_VAR", "").strip()
    if chosen:
        return Path(chosen).expanduser().absolute()
    beside = Path(__file__).resolve().parents[3]
    # Installed from a wheel there is no manage.py above this file: the working folder is the only sensible place.
    return (beside if (beside / "manage.py").exists() else Path.cwd()) / "var"


@dataclass(frozen=True)
class Layout:
    """The folders and files of one installation's engines."""

    var: Path

    @classmethod
    def of(cls, var: Path) -> "Layout":
        """The layout below `var`, links resolved, so that two ways to the same folder meet in the same engines."""
        return cls(Path(os.path.realpath(var)))

    @property
    def data(self) -> Path:
        return self.var / "postgres"

    @property
    def data_in_the_making(self) -> Path:
        return self.var / "postgres.making"

    @property
    def valkey(self) -> Path:
        return self.var / "valkey"

    @property
    def log(self) -> Path:
        return self.var / "log"

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def start_lock(self) -> Path:
        """Held by the one command that looks for a supervisor or starts one."""
        return self.run / "start.lock"

    @property
    def users_lock(self) -> Path:
        """Shared by all who use the engines; whoever takes it alone knows that nobody does."""
        return self.run / "users.lock"

    @property
    def supervisor_lock(self) -> Path:
        """Held by the supervisor for its life."""
        return self.run / "supervisor.lock"

    @property
    def engines_lock(self) -> Path:
        """Held by the supervisor and, inherited, by every process of both engines."""
        return self.run / "engines.lock"

    @property
    def serve_lock(self) -> Path:
        """Held by `manage.py serve`."""
        return self.run / "serve.lock"

    @property
    def ready(self) -> Path:
        """Stands there while both engines answer; holds their process ids."""
        return self.run / "ready.json"

    @property
    def pids(self) -> Path:
        """The engines' process ids, ready or not."""
        return self.run / "engines.json"

    @property
    def sockets_in_short_folder(self) -> bool:
        run = os.fsencode(self.run)
        return len(run) + 1 + len(POSTGRES_SOCKET) > _SOCKET_PATH_BYTES or not _PLAIN_PATH.fullmatch(str(self.run))

    @property
    def sockets(self) -> Path:
        """`var/run`, or a short private folder under /tmp where the kernel could not take that path.

        /tmp by name and not by TMPDIR: two commands with different environments must find the same socket.
        """
        if not self.sockets_in_short_folder:
            return self.run
        return Path("/tmp") / f"xinqiao-{hashlib.sha256(os.fsencode(self.var)).hexdigest()[:16]}"  # noqa: S108

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / POSTGRES_SOCKET

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / VALKEY_SOCKET


@dataclass(frozen=True)
class Addresses:
    """How to reach the embedded engines of one `var`."""

    var: Path
    socket_folder: Path
    database_url: str
    """For dj-database-url, psycopg and libpq."""
    admin_url: str
    """The same server as PostgreSQL's own superuser: for operations and fault tests, never for the application."""
    redis_url: str
    """`unix://...`, for redis-py and Django's cache."""
    celery_url: str
    """`redis+socket://...`, for Celery and kombu."""

    def redis(self, number: int) -> str:
        """The `unix://` address of another numbered database."""
        return self.redis_url.replace("?db=0", f"?db={number}")

    def django_database(self) -> dict[str, Any]:
        """The same as an entry of Django's DATABASES."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": DATABASE,
            "USER": ROLE,
            "HOST": str(self.socket_folder),
            "PORT": str(PORT),
        }


def addresses(var: Path) -> Addresses:
    """The addresses of the engines of `var`: known before anything runs, the same each time."""
    layout = Layout.of(var)
    host = quote(str(layout.sockets), safe="/")
    valkey = quote(str(layout.valkey_socket), safe="/")
    # The port stands in the address because PGPORT in somebody's environment would otherwise change the socket's name.
    place = f"host={host}&port={PORT}"
    return Addresses(
        var=layout.var,
        socket_folder=layout.sockets,
        database_url=f"postgresql://{ROLE}@/{DATABASE}?{place}",
        admin_url=f"postgresql://{SUPERUSER}@/postgres?{place}",
        redis_url=f"unix://{valkey}?db=0",
        celery_url=f"redis+socket://{valkey}?virtual_host=0",
    )
