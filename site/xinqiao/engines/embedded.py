"""Join the engines of `var`, or start them for one's own time. What settings, commands and tests use."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from xinqiao.engines.errors import EngineError, explained
from xinqiao.engines.locks import FileLock, is_held
from xinqiao.engines.paths import Addresses, Layout, addresses, var_path

__all__ = [
    "Addresses",
    "EngineError",
    "Engines",
    "addresses",
    "for_command",
    "given_by_environment",
    "running",
    "var_path",
]

PATIENCE_SECONDS = 120.0
# What can be done without a database: words and files. `serve` brings its own engines up, after its port.
_WITHOUT_ENGINES = {
    "", "access_table", "check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "make_keys", "makemessages",
    "prepare_fonts", "serve", "startapp", "startproject", "version",
}  # fmt: skip


class Engines:
    """One user's hold on the engines. It ends with the process, whatever kills it."""

    def __init__(self, var: Path, patience: float = PATIENCE_SECONDS) -> None:
        self.layout = Layout.of(var)
        self.addresses = addresses(var)
        self.patience = patience
        self._user: FileLock | None = None

    def join(self) -> None:
        """Become a user, and see that the engines answer."""
        with explained(self.layout.var):
            # Private from the start: keys, media and the database lie below it.
            self.layout.var.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.layout.run.mkdir(mode=0o700, exist_ok=True)
            # From here on no supervisor can leave, and one that is leaving has to be waited for.
            self._user = FileLock(self.layout.users_lock)
            if not self._user.wait(self.patience, shared=True):
                self.leave()
                raise EngineError(self._unanswered())
        try:
            self.ensure()
        except BaseException:
            self.leave()
            raise

    def ensure(self) -> None:
        """Start the engines if they are not up, and return when they answer. A user may ask at any time."""
        with explained(self.layout.var):
            start = FileLock(self.layout.start_lock)
            try:
                # One at a time: of two commands that come at once, the second finds what the first has started.
                if not start.wait(self.patience):
                    raise EngineError(self._unanswered())
                deadline = time.monotonic() + self.patience
                while True:
                    if not is_held(self.layout.supervisor_lock):
                        self.layout.ready.unlink(missing_ok=True)
                        return self._start_supervisor(deadline)
                    if self.layout.ready.exists():
                        return None
                    # Its starter was killed, or an engine is being started again.
                    if time.monotonic() > deadline:
                        raise EngineError(self._unanswered())
                    time.sleep(0.05)
            finally:
                start.close()

    def are_up(self) -> bool:
        """Whether a supervisor lives and both engines answered last."""
        return is_held(self.layout.supervisor_lock) and self.layout.ready.exists()

    def leave(self) -> None:
        """Stop being a user; the last one to leave lets the engines end."""
        if self._user is not None:
            self._user.close()
            self._user = None

    def _start_supervisor(self, deadline: float) -> None:
        self.layout.log.mkdir(mode=0o700, exist_ok=True)
        reads, writes = os.pipe()
        try:
            with (self.layout.log / "supervisor.log").open("ab") as log:
                starter = subprocess.Popen(
                    [sys.executable, "-P", "-m", "xinqiao.engines.supervisor", str(self.layout.var), str(writes)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    env={**os.environ, "PYTHONPATH": _import_path()},
                    pass_fds=(writes,),
                    start_new_session=True,
                )
            os.close(writes)
            writes = -1
            starter.wait()
            said = _read_all(reads, deadline)
        finally:
            os.close(reads)
            if writes >= 0:
                os.close(writes)
        if said is None:
            raise EngineError(self._unanswered())
        outcome = json.loads(said) if said else {"error": f"The engines' supervisor has died: see {self.layout.log}."}
        if "error" in outcome:
            raise EngineError(outcome["error"])

    def _unanswered(self) -> str:
        try:
            pid = self.layout.supervisor_lock.read_text().strip()
        except OSError:
            pid = ""
        who = f"process {pid}" if pid else "no process known"
        return (
            f"The engines of {self.layout.var} have a supervisor ({who}) that has not answered for "
            f"{self.patience:.0f} seconds: stop it, or look into {self.layout.log}."
        )


@contextmanager
def running(var: Path, patience: float = PATIENCE_SECONDS) -> Iterator[Engines]:
    """Both engines of `var`, for the time of the block: joined if they run, else started.

    Raises:
        EngineError: one sentence that says what stands in the way.
    """
    engines = Engines(var, patience)
    engines.join()
    try:
        yield engines
    finally:
        engines.leave()


def given_by_environment() -> bool:
    """Whether both addresses are given, so that nothing embedded is needed."""
    return all(os.environ.get(name, "").strip() for name in ("DATABASE_URL", "REDIS_URL"))


@contextmanager
def for_command(argv: Sequence[str]) -> Iterator[Engines | None]:
    """The engines for the time of one management command, if it needs them."""
    if given_by_environment() or not _needs_engines(argv[1:]):
        yield None
        return
    # A command that is asked to end must leave its block; without this the default would end it on the spot, which
    # the lock survives but a half-written answer may not.
    previous = signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        with running(var_path()) as engines:
            yield engines
    finally:
        signal.signal(signal.SIGTERM, previous)


def _needs_engines(arguments: Sequence[str]) -> bool:
    if {"-h", "--help", "--version"} & set(arguments):
        return False
    name = next((argument for argument in arguments if not argument.startswith("-")), "")
    if name == "check" and any(argument.startswith("--database") for argument in arguments):
        return True
    return name not in _WITHOUT_ENGINES


def _import_path() -> str:
    """The folder that holds the package, first; the supervisor must not depend on anybody's working folder."""
    here = str(Path(__file__).resolve().parents[2])
    return os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH", "")]))


def _read_all(pipe: int, deadline: float) -> bytes | None:
    """What the supervisor says until it closes the pipe; None when it takes too long."""
    os.set_blocking(pipe, False)
    said = b""
    while time.monotonic() < deadline:
        try:
            part = os.read(pipe, 4096)
        except BlockingIOError:
            time.sleep(0.02)
            continue
        if not part:
            return said
        said += part
    return None
