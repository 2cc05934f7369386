"""Runs one program of `serve` and ends all of it: when asked to, or when `serve` is gone, however it went.

Started as a file (`python -I -S keeper.py PARENT COMMAND...`), so that it costs little and imports nothing of ours. A
program may have children of its own (web workers, a task pool): they form one process group, which is ended whole.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from types import FrameType

TERM_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1


class Keeper:
    """One program and its group."""

    def __init__(self, parent: int, command: list[str]) -> None:
        self.parent = parent
        self.command = command
        self.asked = 0

    def run(self) -> int:
        """Start the program, stay until it has ended, and say how it ended, as a shell would."""
        wakes, wake = os.pipe()
        os.set_blocking(wakes, False)
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        # Without a handler the end of the program would not wake us.
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        tell_when_parent_dies(signal.SIGTERM)
        self.program = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=lambda: tell_when_parent_dies(signal.SIGTERM),
        )
        termed_at: float | None = None
        while not self._has_ended():
            # Where the kernel tells nothing of a parent's death, another parent's number does.
            if os.getppid() != self.parent:
                self.asked = max(self.asked, 1)
            if self.asked and termed_at is None:
                # The leader only: it knows how to end its own children in order.
                self.program.send_signal(signal.SIGTERM)
                termed_at = time.monotonic()
            if self.asked > 1 or (termed_at is not None and time.monotonic() - termed_at > TERM_SECONDS):
                self._kill_group()
            select.select([wakes], [], [], 0.5)
            while _drain(wakes):
                pass
        # Its number is still ours, as nobody has reaped it: what is left of the group cannot be somebody else's.
        self._kill_group()
        code = self.program.wait()
        return 128 - code if code < 0 else code

    def _has_ended(self) -> bool:
        return os.waitid(os.P_PID, self.program.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.program.pid, signal.SIGKILL)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.asked += 1


def tell_when_parent_dies(number: signal.Signals) -> None:
    """Ask the kernel for a signal when the parent dies, where it can (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def _drain(pipe: int) -> bytes:
    try:
        return os.read(pipe, 512)
    except BlockingIOError:
        return b""


if __name__ == "__main__":
    sys.exit(Keeper(int(sys.argv[1]), sys.argv[2:]).run())
