"""When the engines run: from the first who uses them to the last, whatever dies in between."""

import os
import shutil
import signal
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from xinqiao.engines import embedded

from .conftest import family, gone, wait_until


def test_addresses_are_known_before_anything_runs_and_nothing_is_made(tmp_path):
    first = embedded.addresses(tmp_path / "var")
    assert first == embedded.addresses(tmp_path / "var")
    assert not (tmp_path / "var").exists()


def test_the_first_start_makes_a_database_in_utf8_whose_owner_is_no_superuser(empty_var, use):
    use(empty_var).said()
    with psycopg.connect(embedded.addresses(empty_var).database_url) as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert connection.execute("SELECT upper('é心')").fetchone() == ("É心",)
        assert connection.execute("SHOW timezone").fetchone() == ("UTC",)
        role = connection.execute("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user").fetchone()
        assert role == (False, True)


def test_two_commands_that_start_at_once_get_one_engine(empty_var, use):
    users = [use(empty_var) for _ in range(3)]
    assert len({tuple(sorted(user.said().items())) for user in users}) == 1


def test_the_engines_stay_while_somebody_is_left_and_end_with_the_last(var, use):
    first, second = use(var), use(var)
    processes = family(first.said())
    second.said()
    first.leave()
    with embedded.running(var) as engines:
        assert engines.are_up()
        second.leave()
        with psycopg.connect(engines.addresses.database_url) as connection:
            connection.execute("SELECT 1")
    wait_until(lambda: gone(processes))
    assert not embedded.Engines(var).are_up()
    assert sorted(path.name for path in (var / "run").iterdir() if not path.name.endswith(".lock")) == []
    assert not (var / "postgres" / "postmaster.pid").exists()


def test_a_user_killed_without_a_word_is_no_user_any_more(var, use):
    user = use(var)
    processes = family(user.said())
    user.kill()
    wait_until(lambda: gone(processes))


def test_whoever_comes_while_the_engines_leave_gets_new_ones(var, use):
    seen = set()
    for _ in range(3):
        user = use(var)
        pids = user.said()
        seen.add(pids["supervisor"])
        with psycopg.connect(embedded.addresses(var).database_url) as connection:
            connection.execute("SELECT 1")
        user.leave()
        os.kill(pids["supervisor"], signal.SIGTERM)
    assert len(seen) == 3


def test_engines_end_with_a_killed_supervisor_and_the_next_start_heals(var, use):
    user = use(var)
    pids = user.said()
    address = embedded.addresses(var).database_url
    with psycopg.connect(address, autocommit=True) as session:
        session.execute("CREATE TABLE kept AS SELECT 1 AS one")
        processes = family(pids)
        assert len(processes) > 4, "a session's own process belongs to the family"
        os.kill(pids["supervisor"], signal.SIGKILL)
        wait_until(lambda: gone(processes))
    again = use(var).said()
    assert not set(again.values()) & set(pids.values())
    with psycopg.connect(address) as session:
        assert session.execute("SELECT one FROM kept").fetchone() == (1,)


def test_the_next_start_waits_for_engines_that_are_still_ending(var, use):
    user = use(var)
    pids = user.said()
    postgres = psutil.Process(pids["postgres"])
    postgres.suspend()
    os.kill(pids["supervisor"], signal.SIGKILL)
    # It cannot act on its parent's death; whoever comes next wakes it and waits for its end.
    newcomer = use(var)
    assert newcomer.said()["postgres"] != pids["postgres"]
    assert gone([postgres])


@pytest.mark.parametrize("engine", ["postgres", "valkey"])
def test_a_killed_engine_is_started_again(engine, var, use):
    pids = use(var).said()
    os.kill(pids[engine], signal.SIGKILL)
    killed = psutil.Process(pids[engine]) if psutil.pid_exists(pids[engine]) else None
    wait_until(lambda: killed is None or gone([killed]))
    addresses = embedded.addresses(var)

    def answers() -> bool:
        try:
            psycopg.connect(addresses.database_url).close()
            return bool(redis.from_url(addresses.redis_url).ping())
        except (psycopg.OperationalError, redis.RedisError):
            return False

    wait_until(answers)
    with embedded.running(var) as engines:
        assert engines.are_up()


def test_a_user_whose_supervisor_died_can_ask_for_the_engines_again(var, monkeypatch):
    monkeypatch.setenv("XINQIAO_ENGINE_DURABLE", "0")
    with embedded.running(var) as engines:
        supervisor = psutil.Process(int((var / "run" / "supervisor.lock").read_text()))
        supervisor.kill()
        wait_until(lambda: not engines.are_up())
        engines.ensure()
        with psycopg.connect(engines.addresses.database_url) as connection:
            connection.execute("SELECT 1")


def test_engines_end_when_their_folder_is_removed(var, use):
    processes = family(use(var).said())
    shutil.rmtree(var)
    wait_until(lambda: gone(processes))


def test_a_supervisor_that_does_not_answer_is_named(var, use):
    pids = use(var).said()
    # As if it were in the middle of starting an engine again, and stuck there.
    psutil.Process(pids["supervisor"]).suspend()
    (var / "run" / "ready.json").unlink()
    error = use(var, patience=0.3).said()["error"]
    assert str(pids["supervisor"]) in error
    assert "\n" not in error


@pytest.fixture
def no_addresses_given(monkeypatch):
    monkeypatch.setenv("XINQIAO_ENGINE_DURABLE", "0")
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    "arguments",
    [
        ["help"],
        [],
        ["migrate", "--help"],
        ["makemessages", "-l", "en"],
        ["collectstatic", "--noinput"],
        ["check"],
        ["serve"],
    ],
)
def test_a_command_of_words_and_files_starts_no_engine(arguments, tmp_path, monkeypatch, no_addresses_given):
    monkeypatch.setenv("XINQIAO_VAR", str(tmp_path / "var"))
    with embedded.for_command(["manage.py", *arguments]) as engines:
        assert engines is None
    assert not (tmp_path / "var").exists()


def test_any_other_command_has_engines_for_its_time(var, monkeypatch, no_addresses_given):
    monkeypatch.setenv("XINQIAO_VAR", str(var))
    before = signal.getsignal(signal.SIGTERM)
    for arguments in (["migrate"], ["--settings=x", "demo"], ["check", "--database", "default"]):
        with embedded.for_command(["manage.py", *arguments]) as engines:
            assert engines
            assert engines.are_up()
    assert signal.getsignal(signal.SIGTERM) is before


def test_no_engine_is_started_where_both_addresses_are_given(tmp_path, monkeypatch):
    monkeypatch.setenv("XINQIAO_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    monkeypatch.setenv("REDIS_URL", "redis://somewhere")
    with embedded.for_command(["manage.py", "migrate"]) as engines:
        assert engines is None
    assert not Path(tmp_path / "var").exists()
