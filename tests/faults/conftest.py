"""A house of its own for breaking: its own engines, a real mail server, worker, clock, and a desk that commits orders."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
import redis

from tests import databases
from tests.faults.post_office import PostOffice
from xinqiao.engines import binaries, embedded

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "faults"


def wait_until(holds: Callable[[], bool], seconds: float = 40) -> None:
    """Wait for something to become true; a slow machine only makes it longer."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it has not happened"
        time.sleep(0.05)


class House:
    """The processes, and what can be done to them."""

    def __init__(self, engines: embedded.Engines, post: PostOffice, logs: Path) -> None:
        self.engines, self.post = engines, post
        self._logs = logs
        self._processes: dict[str, subprocess.Popen] = {}
        self.database_url = _of_database(DATABASE, engines.addresses.database_url)
        self._redis_url = engines.addresses.redis_url
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "XINQIAO_VAR": str(engines.layout.var),
            "DATABASE_URL": self.database_url,
            "EMAIL_URL": f"smtp://127.0.0.1:{post.port}",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "site"), str(ROOT)]),
            "PYTHONWARNINGS": "ignore",
        }

    # Processes

    def start(self, name: str, *command: str, **how: object) -> subprocess.Popen:
        """A process of its own group, by a name."""
        with (self._logs / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT, env=self._environment, start_new_session=True, stderr=log, **{"stdout": log, **how},
            )  # fmt: skip
        return self._processes[name]

    def start_worker(self, name: str = "worker", tasks: int = 1) -> None:
        self.start(name, "celery", "-q", "-A", "xinqiao", "worker", "-c", str(tasks), "-l", "warning", "-n",
                   f"{name}@here", "--prefetch-multiplier", "1", "--without-gossip", "--without-mingle")  # fmt: skip

    def start_beat(self, name: str = "beat") -> None:
        schedule = self._logs / f"{name}-schedule"
        self.start(name, "celery", "-q", "-A", "xinqiao", "beat", "-l", "warning", "-s", str(schedule), "--pidfile=")

    def signal(self, name: str, number: int) -> None:
        """To the process and all its children."""
        os.killpg(self._processes[name].pid, number)

    def kill(self, name: str) -> None:
        """With -9, children too."""
        with suppress(ProcessLookupError):
            self.signal(name, signal.SIGKILL)
        self._processes.pop(name).wait()

    def kill_child_of(self, name: str) -> None:
        """Only the process that does the work, as the kernel does where memory runs out."""
        children = Path(f"/proc/{self._processes[name].pid}/task/{self._processes[name].pid}/children").read_text()
        for pid in children.split():
            os.kill(int(pid), signal.SIGKILL)

    def kill_engine(self, name: str) -> None:
        """`valkey` or `postgres`, with -9; back when its successor answers."""
        ready = self.engines.layout.ready
        pid = json.loads(ready.read_text())[name]
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: ready.exists() and json.loads(ready.read_text())[name] != pid)

    def make_sure_of_helpers(self) -> None:
        """One worker and one clock, started where they are not running."""
        for name, start in {"worker": self.start_worker, "beat": self.start_beat}.items():
            if name not in self._processes or self._processes[name].poll() is not None:
                start()

    def stop(self) -> None:
        for name in list(self._processes):
            self.kill(name)

    # What goes in, what is written

    def order(self, key: str, *, many: int = 0) -> list[str]:
        """Commit orders for mail, as a web request does; the messages' ids."""
        desk = self._processes.get("desk")
        if desk is None:
            desk = self.start("desk", "tests.faults.desk", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            assert desk.stdout.readline().strip() == b"open"
        desk.stdin.write(json.dumps({"to": f"{key}@school.example", "key": key, "many": many}).encode() + b"\n")
        desk.stdin.flush()
        return json.loads(desk.stdout.readline())

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            yield connection

    def states(self, ids: list[str]) -> set[str]:
        with self.database() as database:
            rows = database.execute("SELECT DISTINCT state FROM tasks_outboxmessage WHERE id = ANY(%s)", [ids])
            return {state for (state,) in rows}

    def let_the_back_off_pass(self, ids: list[str]) -> None:
        """As if the minutes until the next try had gone by."""
        with self.database() as database:
            database.execute("UPDATE tasks_outboxmessage SET next_try_at = now() WHERE id = ANY(%s)", [ids])

    def wait_until_sent(self, ids: list[str]) -> None:
        def sent() -> bool:
            # The database may be the one that was killed.
            with suppress(psycopg.OperationalError):
                return self.states(ids) == {"sent"}
            return False

        try:
            wait_until(sent)
        except AssertionError:
            logs = "\n".join(f"{log.name}:\n{log.read_text()[-1500:]}" for log in sorted(self._logs.glob("*.log")))
            raise AssertionError(f"not all sent: {self.states(ids)}\n{logs}") from None

    def queue(self) -> redis.Redis:
        """The broker, to look into it or to empty it."""
        return redis.Redis.from_url(self._redis_url)


def _of_database(name: str, url: str) -> str:
    """The same server's address of another database."""
    address, mark, options = url.partition("?")
    return f"{address.rpartition('/')[0]}/{name}{mark}{options}"


@pytest.fixture(scope="session")
def house(
    django_db_setup: None, django_db_blocker: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Engines made for this, durable as in life, with the suite's schema in them."""
    var, logs = tmp_path_factory.mktemp("faults") / "var", tmp_path_factory.mktemp("logs")
    engines = embedded.Engines(var)
    durable = os.environ.pop("XINQIAO_ENGINE_DURABLE", None)
    try:
        engines.join()
    finally:
        if durable is not None:
            os.environ["XINQIAO_ENGINE_DURABLE"] = durable
    post = PostOffice()
    post.open()
    house = House(engines, post, logs)
    try:
        with django_db_blocker.unblock():
            _copy_schema(databases.server_url(databases.schema_template()), house.database_url)
        yield house
    finally:
        house.stop()
        post.close()
        engines.leave()


def _copy_schema(source: str, target: str) -> None:
    """All that the migrations made, as pg_dump takes it from one server to another."""
    with psycopg.connect(_of_database("postgres", target), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {DATABASE}")
    dumping = subprocess.Popen(
        [binaries.postgres_program("pg_dump"), "-Fc", "-Z0", "--no-owner", "-d", source], stdout=subprocess.PIPE
    )
    subprocess.run(
        [binaries.postgres_program("pg_restore"), "--no-owner", "-1", "-d", target], stdin=dumping.stdout, check=True
    )
    assert dumping.wait() == 0


@pytest.fixture
def running(house: House) -> House:
    """Worker and clock at work, the post office friendly and empty."""
    house.post.empty()
    house.make_sure_of_helpers()
    return house
