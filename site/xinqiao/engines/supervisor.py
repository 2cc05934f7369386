"""The process that keeps both engines for as long as somebody uses them: `python -m xinqiao.engines.supervisor VAR FD`.

It belongs to no command: it detaches itself, so that the command which started it may leave before others do.
"""

import json
import os
import select
import shutil
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from xinqiao.engines import binaries, identity
from xinqiao.engines.engine import Engine
from xinqiao.engines.errors import EngineError, explain
from xinqiao.engines.locks import FileLock
from xinqiao.engines.paths import Layout
from xinqiao.engines.postgres import Postgres
from xinqiao.engines.valkey import Valkey

POLL_SECONDS = 0.3
# Between two commands of one script the engines should stay up.
GRACE_SECONDS = 1.0
READY_SECONDS = 110.0
_FAILURES_ALLOWED = 5
_CALM_SECONDS = 60.0


class Supervisor:
    """Starts the engines, starts a dead one again, and stops both when the last user has gone."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.lock = FileLock(layout.supervisor_lock)
        self.users = FileLock(layout.users_lock)
        self.engines_lock = FileLock(layout.engines_lock)
        self.engines: list[Engine] = []
        self.stopping = False
        self._idle_since: float | None = None
        self._failures = 0
        self._failed_at = 0.0

    def run(self, tell: int) -> None:
        """The whole life. `tell` is the pipe on which the starter waits for the outcome."""
        # A signal only raises a flag and ends the nap, so that no step is cut in half.
        self._wakes, wakes = os.pipe()
        os.set_blocking(wakes, False)
        signal.set_wakeup_fd(wakes)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            # Waiting, because somebody who asks whether it is held touches it for a moment.
            if not self.lock.wait(2.0):
                raise EngineError(f"Another supervisor has just started for {self.layout.var}: try again.")
            self.lock.write(f"{os.getpid()}\n")
            self._start()
        except (EngineError, OSError) as error:
            sentence = error if isinstance(error, EngineError) else explain(error, self.layout.var)
            self._stop()
            _tell(tell, {"error": str(sentence)})
            raise SystemExit(1) from error
        _tell(tell, {"ready": True})
        try:
            self._watch()
        finally:
            self._stop()

    def _start(self) -> None:
        layout = self.layout
        self._outlive_predecessor()
        for folder in (layout.valkey, layout.log):
            folder.mkdir(mode=0o700, exist_ok=True)
        _make_socket_folder(layout)
        installation = binaries.postgres(_data_version(layout))
        who = identity.choose(layout.var, installation.program("postgres"))
        postgres = Postgres(layout, who, self.engines_lock.fd)
        valkey = Valkey(layout, who, self.engines_lock.fd)
        postgres.prepare()
        who.prepare({layout.data, layout.valkey, layout.sockets, layout.run})
        self.engines = [valkey, postgres]
        for engine in self.engines:
            engine.start()
        self._record(layout.pids)
        for engine in self.engines:
            engine.wait_ready(READY_SECONDS)
        if self.stopping:
            raise EngineError(f"The engines of {layout.var} were told to stop while they started.")
        self._record(layout.ready)

    def _outlive_predecessor(self) -> None:
        """Wait until no process of earlier engines lives, and end those that do not hear.

        Every engine process holds the lock by inheritance, so a free lock is proof. Where the kernel tells children of
        their parent's death (Linux) they are on their way already, and the first signal changes nothing.
        """
        if self.engines_lock.take():
            return
        for number, seconds in ((signal.SIGINT, 6.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 3.0)):
            for pid in self._recorded():
                if _belongs_to(pid, self.layout.var):
                    os.kill(pid, number)
                    # One that somebody has suspended could not hear anything else.
                    os.kill(pid, signal.SIGCONT)
            if self.engines_lock.wait(seconds):
                return
        raise EngineError(
            f"Engines of an earlier start do not end (processes {self._recorded()}): end them and try again."
        )

    def _watch(self) -> None:
        """Until nobody is left, somebody asks us to stop, or the folder is gone."""
        while not self.stopping:
            select.select([self._wakes], [], [], POLL_SECONDS)
            if not self.lock.still_in_place():
                # Somebody removed `var`: commands that come now make a new one and know nothing of us.
                return
            for engine in self.engines:
                if not engine.alive():
                    self._restart(engine)
            if self._nobody_left():
                return

    def _nobody_left(self) -> bool:
        """Whether the users' lock is ours alone, for a whole grace; it is kept when the answer is yes.

        Whoever comes afterwards waits for the lock and so for the end of these engines: nobody joins a leaving one.
        """
        if not self.users.take():
            self._idle_since = None
            return False
        now = time.monotonic()
        if self._idle_since is None:
            self._idle_since = now
        if now - self._idle_since >= GRACE_SECONDS:
            return True
        self.users.release()
        return False

    def _restart(self, engine: Engine) -> None:
        """Start a dead engine again. While it is down nobody may take it for ready."""
        self.layout.ready.unlink(missing_ok=True)
        now = time.monotonic()
        if now - self._failed_at > _CALM_SECONDS:
            self._failures = 0
        self._failed_at = now
        while True:
            self._failures += 1
            if self._failures > _FAILURES_ALLOWED:
                raise EngineError(
                    f"{engine.name} has died {_FAILURES_ALLOWED} times within a minute: see {engine.log}."
                )
            print(f"{engine.name} has died; starting it again", flush=True)  # noqa: T201 - into supervisor.log
            try:
                engine.start()
                engine.wait_ready(READY_SECONDS)
                break
            except EngineError as error:
                print(error, flush=True)  # noqa: T201
                time.sleep(self._failures * 0.5)
        self._record(self.layout.pids)
        self._record(self.layout.ready)

    def _stop(self) -> None:
        self.layout.ready.unlink(missing_ok=True)
        for engine in self.engines:
            engine.ask_to_stop()
        for engine in self.engines:
            engine.stop()
        if self.lock.still_in_place():
            for leftover in (self.layout.pids, self.layout.valkey_socket, self.layout.postgres_socket):
                leftover.unlink(missing_ok=True)
        if self.layout.sockets_in_short_folder:
            shutil.rmtree(self.layout.sockets, ignore_errors=True)

    def _record(self, path: Path) -> None:
        pids = {engine.name: engine.process.pid for engine in self.engines if engine.process}
        made = path.with_suffix(".new")
        made.write_text(json.dumps({"supervisor": os.getpid(), **pids}))
        made.replace(path)

    def _recorded(self) -> list[int]:
        try:
            pids = json.loads(self.layout.pids.read_text())
            return [int(pids[name]) for name in ("valkey", "postgres") if name in pids]
        except (OSError, ValueError):
            return []

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True
        # Who comes from now on must wait for the next engines instead of joining these.
        self.layout.ready.unlink(missing_ok=True)


def _data_version(layout: Layout) -> int | None:
    version = layout.data / "PG_VERSION"
    return int(version.read_text()) if version.exists() else None


def _make_socket_folder(layout: Layout) -> None:
    """The short folder under /tmp must be ours alone: anybody may write to /tmp, and may have been there before."""
    if not layout.sockets_in_short_folder:
        return
    if layout.sockets.is_symlink() or (layout.sockets.exists() and layout.sockets.stat().st_uid != os.geteuid()):
        # Left by engines that root had given to nobody: root may take it back, others may not touch it.
        if os.geteuid() != 0 or layout.sockets.is_symlink():
            raise EngineError(f"{layout.sockets} is somebody else's: remove it, or set XINQIAO_VAR to a shorter path.")
        os.chown(layout.sockets, 0, 0, follow_symlinks=False)
    layout.sockets.mkdir(mode=0o700, exist_ok=True)
    layout.sockets.chmod(0o700)


def _belongs_to(pid: int, var: Path) -> bool:
    """Whether a recorded number still names an engine of this folder. Without /proc the held lock must do."""
    if not Path("/proc/self").exists():
        return True
    try:
        return Path(os.readlink(f"/proc/{pid}/cwd")).is_relative_to(var)
    except OSError:
        return False


def _tell(pipe: int, outcome: dict[str, object]) -> None:
    """Tell the starter, who may have gone."""
    try:
        os.write(pipe, json.dumps(outcome).encode())
    except BrokenPipeError:
        pass
    finally:
        os.close(pipe)


def main() -> None:
    """Detach, then supervise."""
    layout, tell = Layout(Path(sys.argv[1])), int(sys.argv[2])
    if os.fork() > 0:
        # The starter reaps this process at once, and no zombie waits for a long-lived command to notice.
        os._exit(0)
    os.set_inheritable(tell, False)
    os.umask(0o077)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        Supervisor(layout).run(tell)
    except EngineError as error:
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
