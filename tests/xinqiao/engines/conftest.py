"""Real engines in folders of their own, and real processes that use them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from xinqiao.engines import embedded
from xinqiao.engines.paths import Layout

SITE = str(Path(embedded.__file__).resolve().parents[2])
# A user of the engines: joins, says so, and stays until its standard input ends.
_USER = """
import json, os, pathlib, sys
from xinqiao.engines import embedded
try:
    with embedded.running(pathlib.Path(sys.argv[1]), patience=float(sys.argv[2])) as engines:
        print(json.dumps(json.loads(engines.layout.ready.read_text())), flush=True)
        sys.stdin.read()
except embedded.EngineError as error:
    print(json.dumps({"error": str(error)}), flush=True)
"""


class User:
    """A process that holds the engines of one folder."""

    def __init__(self, var: Path, patience: float = 120, python: str = sys.executable, **how: Any) -> None:
        environment = {**os.environ, "PYTHONPATH": SITE, "XINQIAO_ENGINE_DURABLE": "0", **how.pop("env", {})}
        self.process = subprocess.Popen(
            [python, "-c", _USER, str(var), str(patience)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            **how,
        )

    def said(self) -> dict[str, Any]:
        """The engines' process ids, or the error."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the user of the engines ended without a word"
        return json.loads(line)

    def leave(self) -> None:
        self.process.communicate("")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def family(pids: dict[str, int]) -> list[psutil.Process]:
    """Supervisor, engines, and all their children."""
    supervisor = psutil.Process(pids["supervisor"])
    return [supervisor, *supervisor.children(recursive=True)]


def wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something to become true; a slow machine only makes it longer."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it has not happened"
        time.sleep(0.05)


def gone(processes: list[psutil.Process]) -> bool:
    return not any(
        process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes if _is(process)
    )


def _is(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        process.status()
        return True
    return False


def end_supervisor(var: Path) -> None:
    """End what a test has left running in its folder."""
    lock = Layout.of(var).supervisor_lock
    with suppress(OSError, ValueError, psutil.NoSuchProcess):
        supervisor = psutil.Process(int(lock.read_text()))
        if "xinqiao.engines.supervisor" in supervisor.cmdline():
            supervisor.send_signal(signal.SIGCONT)
            supervisor.terminate()
            wait_until(lambda: gone([supervisor]))


@pytest.fixture(scope="session")
def made_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder made once by the engines themselves; most tests begin with a copy."""
    var = tmp_path_factory.mktemp("made") / "var"
    user = User(var)
    assert "error" not in user.said()
    user.leave()
    end_supervisor(var)
    return var / "postgres"


@pytest.fixture
def empty_var(tmp_path: Path) -> Iterator[Path]:
    """A folder in which nothing has ever run."""
    var = tmp_path / "var"
    yield var
    end_supervisor(var)


@pytest.fixture
def var(empty_var: Path, made_data: Path) -> Path:
    """A folder whose engines have run before."""
    empty_var.mkdir(mode=0o700)
    shutil.copytree(made_data, empty_var / "postgres")
    (empty_var / "postgres").chmod(0o700)
    return empty_var


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., User]]:
    """Start users; whoever is left at the end is killed."""
    monkeypatch.setenv("XINQIAO_ENGINE_DURABLE", "0")
    users: list[User] = []

    def start(var: Path, **how: Any) -> User:
        users.append(User(var, **how))
        return users[-1]

    yield start
    for user in users:
        if user.process.poll() is None:
            user.kill()
