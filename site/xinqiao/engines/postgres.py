"""The embedded PostgreSQL: its data folder made once and whole, its settings written at each start."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import ClassVar

from xinqiao.engines import binaries
from xinqiao.engines.engine import Engine, clean_environment, is_durable
from xinqiao.engines.errors import EngineError
from xinqiao.engines.identity import child_setup
from xinqiao.engines.paths import DATABASE, PORT, ROLE, SUPERUSER

_LOCAL_SETTINGS = "postgresql.local.conf"
_SETTINGS = """\
# Written by Xinqiao at each start. Your own lines go into ../postgresql.local.conf, which is read last.
listen_addresses = ''
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 128MB
effective_cache_size = 1GB
maintenance_work_mem = 128MB
max_wal_size = 1GB
# A page of ours is many small queries; compiling one costs more than it saves.
jit = off
random_page_cost = 1.1
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'
lc_messages = 'C'
default_text_search_config = 'pg_catalog.simple'
# No child's data in the log. Django puts the values into the statement itself, a constraint's error quotes the row,
# and a cast's error quotes the value: so neither statements, parameters nor errors of a session are written. Whoever
# asked gets the error; the log keeps what happens to the server (LOG, FATAL, PANIC), without details.
log_destination = 'stderr'
logging_collector = off
log_line_prefix = '%m [%p] '
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_statement = 'none'
log_min_duration_statement = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_checkpoints = off
"""
_DURABLE = "fsync = on\nsynchronous_commit = on\nfull_page_writes = on\n"
_QUICK = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
# Everybody who reaches the socket, and nobody else can: the folder is 0700 (docs/decisions/0002-embedded-engines.md).
_ACCESS = "local all all trust\nlocal replication all trust\n"
# The application owns its database and may make the test database, and is no superuser: as it will be in production.
_FIRST_STATEMENTS = f"CREATE ROLE {ROLE} LOGIN CREATEDB\nCREATE DATABASE {DATABASE} OWNER {ROLE}\n"


class Postgres(Engine):
    """PostgreSQL on a Unix socket only."""

    name = "postgres"
    # "Fast": sessions are ended, the rest is written. SIGTERM would wait for the sessions.
    farewell = signal.SIGINT
    # Ten seconds write 128 MB on a slow disk. Not longer: PostgreSQL 18 that is asked to end while it recovers from a
    # killed session never does (seen; its checkpointer is not told). SIGQUIT then costs a recovery, and no data.
    escalation: ClassVar = [(signal.SIGINT, 10), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)]

    @property
    def installation(self) -> binaries.Postgres:
        """The one that can read the data folder, or the preferred one where there is none yet."""
        return binaries.postgres(self._data_version())

    def prepare(self) -> None:
        """Make the data folder where there is none. It appears under its name only when it is complete."""
        data, making = self.layout.data, self.layout.data_in_the_making
        # A predecessor's unfinished attempt: nobody has ever used it.
        shutil.rmtree(making, ignore_errors=True)
        if self._data_version() is not None:
            return
        if data.exists():
            if any(data.iterdir()):
                raise EngineError(f"{data} is not PostgreSQL's (it has no PG_VERSION): move it away and start again.")
            data.rmdir()
        making.mkdir(mode=0o700)
        self.identity.prepare([making])
        self._run("initdb", "-D", str(making), *self._initdb_options())
        (making / "pg_hba.conf").write_text(_ACCESS)
        # Single-user mode needs no server, so role and database are there before the folder gets its name.
        self._run(
            "postgres", "--single", "-D", str(making), "-c", "exit_on_error=on", "postgres", said=_FIRST_STATEMENTS
        )
        making.rename(data)
        folder = os.open(self.layout.var, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def command(self) -> list[str]:
        """The server on its data folder; settings are in the file."""
        return [str(self.installation.program("postgres")), "-D", str(self.layout.data)]

    def clear_leftovers(self) -> None:
        """Forget a dead server's files and write this start's settings.

        A stale pid file whose number now belongs to another process of ours would keep the server from starting, as
        happens in containers, where numbers repeat. The engines' lock says that the old one is gone; should parts of
        it live on, PostgreSQL's shared memory, found by the data folder, still refuses a second server.
        """
        pid = self._recorded_pid()
        if pid and _works_in(pid, self.layout.data):
            raise EngineError(
                f"Another PostgreSQL, not started by Xinqiao (process {pid}), works in {self.layout.data}: stop it."
            )
        for leftover in (self._pid_file, self.layout.postgres_socket, Path(f"{self.layout.postgres_socket}.lock")):
            leftover.unlink(missing_ok=True)
        # Written over, not replaced: the file stays its owner's where root has given the folder away.
        settings = _SETTINGS.format(port=PORT, sockets=self.layout.sockets) + (_DURABLE if is_durable() else _QUICK)
        if (self.layout.var / _LOCAL_SETTINGS).exists():
            settings += f"include = '../{_LOCAL_SETTINGS}'\n"
        (self.layout.data / "postgresql.conf").write_text(settings)
        (self.layout.data / "pg_hba.conf").write_text(_ACCESS)

    def answers(self) -> bool:
        """Whether the server we started says in its pid file that it is ready, as pg_ctl would ask."""
        lines = self._pid_lines()
        return len(lines) >= 8 and lines[0] == str(self.process and self.process.pid) and lines[7].strip() == "ready"

    @property
    def _pid_file(self) -> Path:
        return self.layout.data / "postmaster.pid"

    def _pid_lines(self) -> list[str]:
        try:
            return self._pid_file.read_text().split("\n")
        except FileNotFoundError:
            return []

    def _recorded_pid(self) -> int | None:
        lines = self._pid_lines()
        return abs(int(lines[0])) if lines and lines[0].strip().lstrip("-").isdigit() else None

    def _data_version(self) -> int | None:
        try:
            return int((self.layout.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None

    def _initdb_options(self) -> list[str]:
        options = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--data-checksums", "--no-instructions"]
        if self.installation.major >= 17:
            # PostgreSQL's own Unicode rules: an upgrade of the system's C library cannot break an index.
            options += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        else:
            options += ["--locale=C.UTF-8"]
        return options if is_durable() else [*options, "--no-sync"]

    def _run(self, program: str, *arguments: str, said: str = "") -> None:
        """Run one of its programs to the end."""
        done = subprocess.run(
            [self.installation.program(program), *arguments],
            input=said,
            capture_output=True,
            text=True,
            errors="replace",
            cwd=self.layout.var,
            env=clean_environment(),
            preexec_fn=child_setup(self.identity, signal.SIGKILL),  # the supervisor has one thread
            check=False,
        )
        if done.returncode == 0:
            return
        self.log.write_text(done.stdout + done.stderr)
        self._log_from = 0
        raise EngineError(self.reason())


def _works_in(pid: int, folder: Path) -> bool:
    """Whether the process has `folder` as its working folder, as PostgreSQL's main process has its data."""
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", folder)
    except OSError:
        return False
