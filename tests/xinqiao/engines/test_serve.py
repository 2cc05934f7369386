"""`manage.py serve`: everything runs, and everything it started ends with it, however it ends."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from xinqiao.engines import embedded
from xinqiao.engines.errors import EngineError
from xinqiao.engines.serve import chosen_port

from .conftest import SITE, gone, wait_until

ROOT = Path(SITE).parent
# A project of the health pages alone: what is served does not matter here, and nothing has to be migrated.
SETTINGS = """
import dj_database_url
from xinqiao.engines import embedded
from xinqiao.engines.errors import EngineError
from xinqiao.engines.serve import chosen_port
_addresses = embedded.addresses(embedded.var_path())
SECRET_KEY = "test"
DEBUG, DEMO, WHITENOISE_USE_FINDERS = False, True, True
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["django.contrib.contenttypes", "xinqiao.engines"]
ROOT_URLCONF = "small_urls"
DATABASES = {"default": dj_database_url.parse(_addresses.database_url)}
REDIS_URL, CELERY_BROKER_URL = _addresses.redis_url, _addresses.celery_url
"""
URLS = """
from django.urls import include, path
urlpatterns = [path("health/", include("xinqiao.engines.urls"))]
"""


class Serve:
    """One `manage.py serve`, and all that was seen to belong to it."""

    def __init__(self, project: Path, var: Path, port: int) -> None:
        self.port = port
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env={
                **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}},
                "PYTHONPATH": str(project),
                "DJANGO_SETTINGS_MODULE": "small_settings",
                "XINQIAO_VAR": str(var),
                "XINQIAO_ENGINE_DURABLE": "0",
                "PORT": str(port),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []

    def read_until(self, words: str) -> str:
        """Lines until one with these words."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
            if words in line:
                return line
        raise AssertionError(f"it ended without {words!r}: {''.join(self.lines)}")

    def rest(self) -> str:
        """All that it says until its end."""
        self.lines.append(self.process.communicate()[0])
        return "".join(self.lines)

    def family(self, var: Path) -> list[psutil.Process]:
        """The programs with all their children, and the engines with theirs."""
        supervisor = psutil.Process(int((var / "run" / "supervisor.lock").read_text()))
        mine = psutil.Process(self.process.pid).children(recursive=True)
        return [*mine, supervisor, *supervisor.children(recursive=True)]

    def program(self, *words: str) -> psutil.Process:
        """The process that a keeper runs, by words of its command line."""
        for child in psutil.Process(self.process.pid).children():
            for program in child.children():
                if all(word in program.cmdline() for word in words):
                    return program
        raise AssertionError(f"no {words}")

    def is_live(self) -> bool:
        with (
            suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready/", timeout=2) as page,
        ):
            return page.status == 200
        return False


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Serve]]:
    """Start `serve`; one that is left at the end is killed, and with it what it started."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "small_settings.py").write_text(SETTINGS)
    (project / "small_urls.py").write_text(URLS)
    started: list[Serve] = []

    def start(var: Path, port: int | None = None) -> Serve:
        started.append(Serve(project, var, port or a_free_port()))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.wait()
        assert one.process.stdout
        one.process.stdout.close()


def ready(serving: Serve) -> None:
    """Greeted, and worker and clock have had the time to make their own children."""
    serving.read_until("Ctrl-C stops everything")
    wait_until(lambda: len(serving.program("worker").children()) == 2)
    wait_until(lambda: len(serving.program("granian").children()) >= 2)


def test_a_signal_stops_all_it_started_and_nothing_else(var, serve):
    bystander = subprocess.Popen(["sleep", "600"])
    try:
        serving = serve(var)
        ready(serving)
        assert serving.is_live()
        family = serving.family(var)
        serving.process.terminate()
        said = serving.rest()
        assert serving.process.returncode == 0
        assert f"http://127.0.0.1:{serving.port}/" in said
        assert "xinqiao-demo" in said
        assert "Traceback" not in said
        wait_until(lambda: gone(family))
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_second_one_names_the_first_and_killed_without_a_word_that_leaves_nothing(var, serve):
    first = serve(var)
    ready(first)
    for port in (None, first.port):
        second = serve(var, port)
        said = second.rest()
        assert second.process.returncode == 1
        assert f"(process {first.process.pid})" in said
    assert first.is_live()
    family = first.family(var)
    first.process.kill()
    wait_until(lambda: gone(family))


def test_after_a_killed_run_the_next_waits_for_its_port(var, serve):
    first = serve(var)
    ready(first)
    first.process.kill()
    second = serve(var, port=first.port)
    ready(second)
    assert second.is_live()


def test_after_ctrl_c_the_engines_stay_for_another_command_that_uses_them(var, serve, use):
    pids = use(var).said()
    serving = serve(var)
    ready(serving)
    programs = psutil.Process(serving.process.pid).children(recursive=True)
    serving.process.send_signal(signal.SIGINT)
    serving.rest()
    assert serving.process.returncode == 0
    wait_until(lambda: gone(programs))
    with embedded.running(var) as engines:
        assert engines.are_up()
    assert psutil.pid_exists(pids["postgres"])


def test_helpers_are_started_again_and_the_web_takes_all_with_it(var, serve):
    serving = serve(var)
    ready(serving)
    worker, beat = serving.program("worker"), serving.program("beat")
    family = serving.family(var)
    worker.kill()
    beat.kill()
    serving.read_until("starting it again")
    serving.read_until("starting it again")
    wait_until(lambda: gone([worker, beat]))

    def back() -> bool:
        with suppress(AssertionError, psutil.NoSuchProcess):
            return len(serving.program("worker").children()) == 2 and serving.program("beat").is_running()
        return False

    wait_until(back)
    family += serving.family(var)
    # The engines' supervisor, too, is missed and replaced.
    psutil.Process(int((var / "run" / "supervisor.lock").read_text())).kill()
    serving.read_until("are up again")
    wait_until(serving.is_live)
    family += serving.family(var)
    serving.program("granian").kill()
    said = serving.rest()
    assert serving.process.returncode == 1
    assert "web" in said
    assert "everything else is stopped" in said
    wait_until(lambda: gone(family))


def test_a_port_in_use_is_one_sentence_and_nothing_is_left(tmp_path, serve):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        serving = serve(tmp_path / "var", port)
        said = serving.rest()
    assert serving.process.returncode == 1
    assert f"Port {port} is in use" in said
    assert "PORT=" in said
    assert "Traceback" not in said
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("port", ["0", "65536", "eight", "-1"])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(EngineError, match="PORT must be a number"):
        chosen_port(port)
