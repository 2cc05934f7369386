"""File locks that the kernel gives back when their holder dies, however it dies."""

import fcntl
import os
import time
from pathlib import Path


class FileLock:
    """One open lock file. flock belongs to the open file: a fork shares it, an exec without the descriptor lets go."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)

    def take(self, *, shared: bool = False) -> bool:
        """Take the lock if it is free now."""
        try:
            fcntl.flock(self.fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def wait(self, seconds: float, *, shared: bool = False) -> bool:
        """Take the lock, trying for so long. Polling, because a blocking flock cannot be given up without a signal."""
        deadline = time.monotonic() + seconds
        while not self.take(shared=shared):
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
        return True

    def release(self) -> None:
        """Give the lock back and keep the file open."""
        fcntl.flock(self.fd, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go by closing: a forked child that closes its copy must not unlock its parent's."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def still_in_place(self) -> bool:
        """Whether the path still names this file, and not nothing or another one."""
        try:
            now = os.stat(self.path)
        except OSError:
            return False
        mine = os.fstat(self.fd)
        return (now.st_dev, now.st_ino) == (mine.st_dev, mine.st_ino)

    def write(self, text: str) -> None:
        """Replace the file's content: what the holder wants others to read."""
        os.ftruncate(self.fd, 0)
        os.pwrite(self.fd, text.encode(), 0)


def is_held(path: Path) -> bool:
    """Whether some process holds the lock for itself."""
    if not path.exists():
        return False
    probe = FileLock(path)
    try:
        return not probe.take(shared=True)
    finally:
        probe.close()
