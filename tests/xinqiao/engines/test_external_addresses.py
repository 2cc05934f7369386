"""A school's own servers: what is missing or wrong is one sentence, without a password."""

import socket
import threading
from collections.abc import Iterator

import pytest

from xinqiao.engines import embedded, external
from xinqiao.engines.errors import EngineError

SECRET = "geh%40im-und-lang"
PLAIN = "geh@im-und-lang"


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def greeting_port() -> Iterator[int]:
    """A mail server that greets and agrees with everything."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            with server.accept()[0] as client, client.makefile("rb") as lines:
                client.sendall(b"220 mail\r\n")
                for line in lines:
                    client.sendall(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 ok\r\n")

        threading.Thread(target=talk, daemon=True).start()
        yield server.getsockname()[1]


def test_servers_that_answer_are_accepted(var, use):
    use(var).said()
    addresses = embedded.addresses(var)
    external.check_database(addresses.database_url)
    external.check_redis(addresses.redis_url)
    external.check_redis(addresses.celery_url)


def test_a_mail_server_that_greets_is_accepted(greeting_port):
    external.check_mail(f"smtp://127.0.0.1:{greeting_port}")


@pytest.mark.parametrize(
    ("check", "url", "says"),
    [
        (external.check_database, f"postgresql://u:{SECRET}@127.0.0.1:1/x", "127.0.0.1"),
        (external.check_database, f"postgresql://u:{SECRET}@nowhere.invalid/x", "nowhere.invalid"),
        (external.check_database, f"mysql://u:{SECRET}@host/x", "postgresql://"),
        (external.check_database, f"postgresql://u:{SECRET}@host/x?{PLAIN}=1", "DATABASE_URL"),
        (external.check_redis, f"redis://:{SECRET}@127.0.0.1:1/0", "127.0.0.1:1"),
        (external.check_redis, f"redis://:{SECRET}@host:port/0", "REDIS_URL is not an address"),
        (external.check_redis, f"http://:{SECRET}@host", "redis://"),
        (external.check_redis, "unix:///nowhere.sock", "/nowhere.sock"),
        (external.check_mail, f"smtp://u:{SECRET}@127.0.0.1:1", "127.0.0.1:1"),
        (external.check_mail, "smtp://", "names no host"),
        (external.check_keys_file, "/nowhere/keys", "/nowhere/keys"),
    ],
)
def test_a_bad_address_is_one_sentence_without_the_password(check, url, says):
    with pytest.raises(EngineError) as refused:
        check(url)
    sentence = str(refused.value)
    assert says in sentence
    assert "\n" not in sentence
    assert SECRET not in sentence
    assert PLAIN not in sentence


def test_a_server_that_takes_the_call_and_says_nothing_is_given_up(silent_port, monkeypatch):
    monkeypatch.setattr(external, "TIMEOUT_SECONDS", 1)
    with pytest.raises(EngineError, match="no answer within 1 seconds"):
        external.check_redis(f"redis://127.0.0.1:{silent_port}")
    with pytest.raises(EngineError, match="EMAIL_URL"):
        external.check_mail(f"smtp://127.0.0.1:{silent_port}")


def test_keys_must_be_there_and_closed_to_others(tmp_path):
    keys = tmp_path / "keys"
    keys.write_text("k1 secret\n")
    keys.chmod(0o644)
    with pytest.raises(EngineError, match="chmod 600"):
        external.check_keys_file(str(keys))
    keys.chmod(0o600)
    external.check_keys_file(str(keys))
    keys.write_text(" \n")
    with pytest.raises(EngineError, match="empty"):
        external.check_keys_file(str(keys))


def test_all_complaints_come_at_once():
    assert external.complaints({}) == []
    assert len(external.complaints({}, required=True)) == 4
    assert len(external.complaints({"REDIS_URL": "redis://127.0.0.1:1", "EMAIL_URL": "smtp://"})) == 2
