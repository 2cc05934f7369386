"""What a crash can leave behind, and that the next start makes good or says what to do."""

import os
import socket
from pathlib import Path

import psycopg
import pytest

from xinqiao.engines import embedded

from .conftest import end_supervisor, family, gone, wait_until


def works(var: Path) -> bool:
    with psycopg.connect(embedded.addresses(var).database_url) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def test_a_stale_pid_file_whose_number_lives_again_is_no_obstacle(var, use):
    lines = [str(os.getpid()), str(var / "postgres"), "1", "5432", str(var / "run"), "", "1 1", "ready"]
    (var / "postgres" / "postmaster.pid").write_text("\n".join(lines) + "\n")
    assert "error" not in use(var).said()
    assert works(var)


def test_stale_sockets_and_a_stale_ready_mark_are_no_obstacle(var, use):
    (var / "run").mkdir(mode=0o700)
    for name in (".s.PGSQL.5432", "valkey.sock"):
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(var / "run" / name))
    (var / "run" / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    (var / "run" / "ready.json").write_text("{}")
    (var / "run" / "engines.json").write_text("not json")
    assert "error" not in use(var).said()
    assert works(var)


def test_a_half_made_data_folder_is_made_anew(empty_var, use):
    making = empty_var / "postgres.making"
    (making / "base").mkdir(parents=True)
    (making / "PG_VERSION").write_text("18\n")
    assert "error" not in use(empty_var).said()
    assert works(empty_var)
    assert not making.exists()


def test_a_folder_of_something_else_is_not_touched(empty_var, use):
    (empty_var / "postgres").mkdir(parents=True)
    (empty_var / "postgres" / "thesis.txt").write_text("years of work")
    error = use(empty_var).said()["error"]
    assert "PG_VERSION" in error
    assert (empty_var / "postgres" / "thesis.txt").read_text() == "years of work"


def test_data_of_a_version_that_is_not_here_is_named(var, use):
    (var / "postgres" / "PG_VERSION").write_text("9\n")
    assert "PostgreSQL 9 " in use(var).said()["error"]


def test_a_postgres_that_somebody_else_started_there_is_left_alone(var, use):
    pids = use(var).said()
    # The engines as a stranger's: their locks are forgotten, the process goes on.
    (var / "run").rename(var / "forgotten")
    processes = family(pids)
    wait_until(lambda: not gone(processes[:1]))
    newcomer = use(var)
    said = newcomer.said()
    # Either it met the old server and said so, or that one had already seen that its folder was gone and is leaving.
    if str(pids["postgres"]) not in said.get("error", ""):
        wait_until(lambda: gone(processes))


def test_a_setting_that_postgres_refuses_is_told_in_its_own_words(var, use):
    (var / "postgresql.local.conf").write_text("shared_buffers = 'much'\n")
    error = use(var).said()["error"]
    assert error.startswith("postgres does not start (")
    assert "shared_buffers" in error or "configuration file" in error
    (var / "postgresql.local.conf").write_text("work_mem = '7MB'\n")
    use(var).said()
    with psycopg.connect(embedded.addresses(var).database_url) as connection:
        assert connection.execute("SHOW work_mem").fetchone() == ("7MB",)


@pytest.mark.parametrize("name", ["var", "var/run"])
def test_a_file_where_a_folder_should_be_is_one_sentence(name, tmp_path, use):
    place = tmp_path / name
    place.parent.mkdir(exist_ok=True)
    place.write_text("")
    error = use(tmp_path / "var").said()["error"]
    assert str(place) in error
    assert "\n" not in error
    end_supervisor(tmp_path / "var")
