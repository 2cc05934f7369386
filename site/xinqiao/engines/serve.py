"""`manage.py serve`: the whole product on one machine, and nothing left behind when it ends."""

import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from xinqiao.engines.embedded import Engines
from xinqiao.engines.errors import EngineError, explained
from xinqiao.engines.locks import FileLock, is_held
from xinqiao.engines.paths import Layout
from xinqiao.engines.programs import Program, Programs

HOST = "127.0.0.1"
_ANSWER_SECONDS = 90.0
_ENGINE_CHECK_SECONDS = 2.0
# An earlier run that was killed takes its programs along, the web within its own time for open requests.
_ENDING_SECONDS = 15.0


def wait_for_an_earlier_web(var: Path) -> bool:
    """Wait while the web of a run that was killed still ends: it holds its port. Returns whether there was one."""
    deadline, waited = time.monotonic() + _ENDING_SECONDS, False
    while _web_of(var) and time.monotonic() < deadline:
        waited = True
        time.sleep(0.2)
    return waited


def _web_of(var: Path) -> bool:
    for process in psutil.process_iter():
        # Ended meanwhile, or another user's: none of ours.
        with suppress(psutil.Error):
            if "granian" in process.cmdline() and process.environ().get("XINQIAO_VAR") == str(var):
                return True
    return False


def chosen_port(text: str) -> int:
    """The port to serve on, if it can be had."""
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise EngineError(f"PORT must be a number from 1 to 65535, not {text!r}: for example `PORT=8001 make run`.")
    port = int(text)
    with socket.socket() as probe:
        # As a server would: a port that only has old connections winding down counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise EngineError(
                f"Port {port} is reserved for the system: choose another, `PORT=8001 make run`."
            ) from None
        except OSError:
            other = port + 1 if port < 65535 else 8001
            raise EngineError(
                f"Port {port} is in use by another program: choose another, `PORT={other} make run`."
            ) from None
    return port


@contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Hold the right to serve from this folder."""
    layout = Layout.of(var)
    with explained(layout.var):
        layout.var.mkdir(mode=0o700, parents=True, exist_ok=True)
        layout.run.mkdir(mode=0o700, exist_ok=True)
        lock = FileLock(layout.serve_lock)
    try:
        if not lock.take():
            pid = layout.serve_lock.read_text().strip() or "unknown"
            raise EngineError(
                f"Xinqiao already runs from {layout.var} (process {pid}): stop it first, "
                f"or choose another folder and port, `XINQIAO_VAR=var2 PORT=8001 make run`."
            )
        lock.write(f"{os.getpid()}\n")
        yield
    finally:
        lock.close()


def is_serving(var: Path) -> bool:
    """Whether somebody serves from this folder now."""
    lock = Layout.of(var).serve_lock
    return lock.exists() and is_held(lock)


def programs(port: int, var: Path) -> Sequence[Program]:
    """Web, worker and clock. `python -m`, so that no PATH can bring another installation's programs in."""
    python = (sys.executable, "-m")
    schedule = Layout.of(var).var / "beat"
    schedule.mkdir(mode=0o700, exist_ok=True)
    # A thread keeps a database connection: 2 x 4 of them, the pool and the commands stay far below max_connections.
    web = ("granian", "--interface", "wsgi", "--host", HOST, "--port", str(port),
           "--workers", "2", "--blocking-threads", "4", "--backpressure", "64",
           "--respawn-failed-workers", "--workers-kill-timeout", "8", "--log-level", "warning",
           "xinqiao.wsgi:application")  # fmt: skip
    celery = ("celery", "-q", "-A", "xinqiao")
    worker = (*celery, "worker", "-c", "2", "--prefetch-multiplier", "1", "-l", "warning",
              "--without-gossip", "--without-mingle")  # fmt: skip
    beat = (*celery, "beat", "-l", "warning", "-s", str(schedule / "schedule"), "--pidfile=")
    return (
        Program("web", (*python, *web), essential=True),
        Program("worker", (*python, *worker)),
        Program("beat", (*python, *beat)),
    )


class Serving:
    """The programs' life, from their start until somebody or something ends it."""

    def __init__(
        self, *, port: int, var: Path, root: Path, engines: Engines | None, write: Callable[[str], None]
    ) -> None:
        self.port = port
        self.engines = engines
        self.programs = Programs(
            programs(port, var), environment=_environment(root, var, port), folder=root, write=write
        )
        self._asked: list[int] = []
        self._check_at = 0.0
        self._engine_pause = _ENGINE_CHECK_SECONDS

    def run(self, greet: Callable[[], None]) -> int:
        """Until a signal (0) or until the web has died (1). `greet` is called when the first page can be had."""
        handlers = {number: signal.signal(number, self._on_signal) for number in _ENDINGS}
        try:
            return self._run(greet)
        finally:
            self.programs.stop(at_once=lambda: len(self._asked) > 1)
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def _run(self, greet: Callable[[], None]) -> int:
        self.programs.start()
        deadline: float | None = time.monotonic() + _ANSWER_SECONDS
        while not self._asked:
            why = self.programs.step(0.2)
            if why:
                self.programs.say("serve", f"{why}; everything else is stopped.")
                return 1
            if deadline is not None and self._answers():
                deadline = None
                greet()
            if deadline is not None and time.monotonic() > deadline:
                self.programs.say(
                    "serve", f"The web has not answered in {_ANSWER_SECONDS:.0f} seconds; all is stopped."
                )
                return 1
            self._look_after_engines()
        self.programs.say("serve", "stopping")
        return 0

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=2)
        try:
            connection.request("GET", "/health/live/")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _look_after_engines(self) -> None:
        """The supervisor starts a dead engine again; we start a dead supervisor again."""
        now = time.monotonic()
        if self.engines is None or now < self._check_at:
            return
        self._check_at = now + self._engine_pause
        if self.engines.are_up():
            self._engine_pause = _ENGINE_CHECK_SECONDS
            return
        try:
            self.engines.ensure()
            self.programs.say("serve", "the engines were down and are up again")
        except EngineError as error:
            self.programs.say("serve", str(error))
            self._engine_pause = min(self._engine_pause * 2, 30.0)

    def _on_signal(self, number: int, frame: object) -> None:
        self._asked.append(number)


_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _environment(root: Path, var: Path, port: int) -> dict[str, str]:
    """What the programs find: the same import path, folder and port, and no buffering of their lines."""
    here = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [here, str(root), os.environ.get("PYTHONPATH", "")]))
    return {
        **os.environ,
        "PYTHONPATH": path,
        "PYTHONUNBUFFERED": "1",
        "XINQIAO_VAR": str(var),
        "PORT": str(port),
        # Celery warns of root at each start for pickle's sake, which the worker does not read.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }
