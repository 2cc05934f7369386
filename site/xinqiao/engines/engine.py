"""One engine's process: started as a child that dies with us, watched, stopped step by step."""

import os
import re
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from xinqiao.engines.errors import EngineError
from xinqiao.engines.identity import Itself, child_setup
from xinqiao.engines.paths import Layout

_LOG_KEPT = 5 * 1024 * 1024
_REASON = re.compile(r"(?:FATAL|PANIC|FATAL CONFIG FILE ERROR|Fatal error|Failed|can't|Can't)\b.*")


def clean_environment() -> dict[str, str]:
    """The environment without what would steer an engine or its clients (PGPORT, PGDATA, a locale)."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return {**kept, "LC_ALL": "C", "LANG": "C", "TZ": "UTC"}


def is_durable() -> bool:
    """Whether a commit waits for the disk. Off only for tests, whose data nobody misses after a power cut."""
    return os.environ.get("XINQIAO_ENGINE_DURABLE", "1").strip() != "0"


class Engine(ABC):
    """What PostgreSQL and Valkey have in common for the supervisor."""

    name: ClassVar[str]
    farewell: ClassVar[signal.Signals]
    """The signal that stops it properly; also what the kernel sends it when the supervisor dies."""
    escalation: ClassVar[Sequence[tuple[signal.Signals, float]]]
    """Signals in order, and how long each may take."""

    def __init__(self, layout: Layout, identity: Itself, kept_lock: int) -> None:
        self.layout = layout
        self.identity = identity
        self.kept_lock = kept_lock
        self.process: subprocess.Popen[bytes] | None = None
        self._log_from = 0

    @property
    def log(self) -> Path:
        return self.layout.log / f"{self.name}.log"

    @abstractmethod
    def command(self) -> list[str]:
        """The command line."""

    @abstractmethod
    def clear_leftovers(self) -> None:
        """Remove what a dead predecessor left behind; only called while no process of the engine lives."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it can be used."""

    def start(self) -> None:
        """Start it; it may not answer yet."""
        self.clear_leftovers()
        if self.log.exists() and self.log.stat().st_size > _LOG_KEPT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self._log_from = log.tell()
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.layout.var,
                env=clean_environment(),
                pass_fds=(self.kept_lock,),
                preexec_fn=child_setup(self.identity, self.farewell),  # the supervisor has one thread
            )

    def wait_ready(self, seconds: float) -> None:
        """Return when it answers; raises EngineError when it ends instead, or takes too long (a long recovery)."""
        deadline = time.monotonic() + seconds
        while not self.answers():
            if not self.alive():
                raise EngineError(self.reason())
            if time.monotonic() > deadline:
                raise EngineError(f"{self.name} has not become ready in {seconds:.0f} seconds: see {self.log}.")
            time.sleep(0.02)

    def alive(self) -> bool:
        """Whether its main process runs."""
        return self.process is not None and self.process.poll() is None

    def reason(self) -> str:
        """Why it ended, from the log it wrote since its start: start-up messages, never anybody's data."""
        with self.log.open("rb") as log:
            log.seek(self._log_from)
            said = log.read(64 * 1024).decode(errors="replace")
        if "No space left on device" in said:
            return (
                f"The disk that holds {self.layout.var} is full: make room there, or set XINQIAO_VAR to another folder."
            )
        found = _REASON.findall(said)
        what = found[0].strip().rstrip(".") if found else "no reason given"
        return f"{self.name} does not start ({what}): see {self.log}."

    def ask_to_stop(self) -> None:
        """Tell it, without waiting, that it shall end."""
        if self.process is not None and self.alive():
            self.process.send_signal(self.farewell)

    def stop(self) -> None:
        """End it properly, and by force if it takes too long."""
        if self.process is None:
            return
        for number, seconds in self.escalation:
            if not self.alive():
                return
            self.process.send_signal(number)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
