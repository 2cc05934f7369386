"""Several programs side by side: their lines prefixed, the helpers started again, all of them ended together."""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xinqiao.engines import keeper

# The keeper itself kills after its ten seconds; this is for a keeper that does not.
_STOP_SECONDS = keeper.TERM_SECONDS + 3.0
_LONGEST_PAUSE = 30.0
_CALM_SECONDS = 60.0


@dataclass
class Program:
    """One program that is to run.

    Attributes:
        name: What its lines begin with.
        command: Its command line.
        essential: Whether everything ends with it; else it is started again, after growing pauses.
    """

    name: str
    command: Sequence[str]
    essential: bool = False
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    start_at: float = field(default=0.0, init=False)
    pause: float = field(default=1.0, init=False)
    rest: bytes = field(default=b"", init=False)


class Programs:
    """Runs programs until one that is essential ends, or until it is told to stop."""

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        environment: Mapping[str, str],
        folder: Path,
        write: Callable[[str], None],
    ) -> None:
        self.programs = programs
        self.environment = dict(environment)
        self.folder = folder
        self._write = write
        self._width = max(len(program.name) for program in programs)
        self._selector = selectors.DefaultSelector()

    def say(self, name: str, line: str) -> None:
        """One line for people."""
        self._write(f"{name:<{self._width}} | {line}")

    def start(self) -> None:
        """Start all of them."""
        for program in self.programs:
            self._start(program)

    def step(self, seconds: float) -> str | None:
        """Pass lines on for at most so long, see who has ended; returns why everything must end, if it must."""
        for key, _ in self._selector.select(seconds):
            self._read(key.data)
        now = time.monotonic()
        for program in self.programs:
            if program.process is None:
                if now >= program.start_at:
                    self._start(program)
                continue
            code = program.process.poll()
            if code is None:
                continue
            self._finish(program)
            how = f"has ended by itself (code {code})" if code >= 0 else f"was killed (signal {-code})"
            if program.essential:
                return f"{program.name} {how}"
            if now - program.started_at > _CALM_SECONDS:
                program.pause = 1.0
            program.start_at = now + program.pause
            self.say(program.name, f"{how}; starting it again in {program.pause:.0f} s")
            program.pause = min(program.pause * 2, _LONGEST_PAUSE)
        return None

    def stop(self, at_once: Callable[[], bool] = lambda: False) -> None:
        """End every program and all that it has started; `at_once` is asked whether to stop being patient."""
        for program in self.programs:
            if program.process is not None:
                program.process.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        impatient = False
        while left := [program for program in self.programs if program.process is not None]:
            if at_once() and not impatient:
                impatient = True
                for program in left:
                    # A second request: the keeper kills the whole group.
                    program.process.terminate()  # type: ignore[union-attr]
            if time.monotonic() > deadline:
                for program in left:
                    program.process.kill()  # type: ignore[union-attr]
            for key, _ in self._selector.select(0.1):
                self._read(key.data)
            for program in left:
                if program.process.poll() is not None:  # type: ignore[union-attr]
                    self._finish(program)

    def _start(self, program: Program) -> None:
        program.process = subprocess.Popen(
            [sys.executable, "-I", "-S", keeper.__file__, str(os.getpid()), *program.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            env=self.environment,
            # Ctrl-C reaches the terminal's foreground group: ours alone, and we pass it on in order.
            start_new_session=True,
        )
        program.started_at = time.monotonic()
        assert program.process.stdout
        os.set_blocking(program.process.stdout.fileno(), False)
        self._selector.register(program.process.stdout, selectors.EVENT_READ, program)

    def _read(self, program: Program) -> None:
        """Pass complete lines on; keep the beginning of the next."""
        if program.process is None or program.process.stdout is None:
            return
        part = program.process.stdout.read(65536)
        if part == b"":
            self._selector.unregister(program.process.stdout)
            program.process.stdout.close()
            program.process.stdout = None
        *lines, program.rest = (program.rest + (part or b"")).split(b"\n")
        for line in lines:
            if line.strip():
                self.say(program.name, line.decode(errors="replace").rstrip())

    def _finish(self, program: Program) -> None:
        """The last lines of a program that has ended."""
        while program.process and program.process.stdout:
            before = program.rest
            self._read(program)
            if program.process.stdout and program.rest == before:
                # Somebody whom it started still holds its output: nothing more is awaited from there.
                self._selector.unregister(program.process.stdout)
                program.process.stdout.close()
                break
        if program.rest.strip():
            self.say(program.name, program.rest.decode(errors="replace").rstrip())
        program.rest = b""
        program.process = None


def exit_on(*numbers: signal.Signals) -> None:
    """Leave through every `finally` on these signals, as on Ctrl-C."""

    def leave(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    for number in numbers:
        signal.signal(number, leave)
