"""The cache while Valkey is away."""

import pytest
import structlog
from django.core.cache import caches
from structlog.testing import capture_logs

from tests.factories.accounts import PASSWORD, UserFactory
from xinqiao.accounts import cache as forgiving
from xinqiao.accounts.cache import ForgivingCache
from xinqiao.engines import embedded

structlog.configure(cache_logger_on_first_use=False)


@pytest.fixture
def away(tmp_path) -> ForgivingCache:
    """A cache whose server is not there: nobody listens on the socket."""
    return ForgivingCache(f"unix://{tmp_path}/nobody.sock?db=0", {})


@pytest.fixture
def present(settings) -> ForgivingCache:
    address = embedded.addresses(settings.VAR).redis(9)
    found = ForgivingCache(address, {"KEY_PREFIX": "test-forgiving"})
    found.clear()
    yield found
    found.clear()


def test_with_a_server_it_is_an_ordinary_cache(present):
    assert present.add("a", 1)
    assert not present.add("a", 2)
    present.set_many({"b": 2, "c": [3]})
    assert present.get_many(["a", "b", "c", "d"]) == {"a": 1, "b": 2, "c": [3]}
    assert present.incr("a") == 2
    assert present.get_or_set("e", lambda: 5) == 5
    assert "e" in present
    present.delete("e")
    assert present.get("e", "gone") == "gone"


def test_what_is_written_lies_in_the_server_and_not_in_the_process(present, settings):
    present.set("a", 1)
    other = ForgivingCache(embedded.addresses(settings.VAR).redis(9), {"KEY_PREFIX": "test-forgiving"})
    assert other.get("a") == 1
    assert present._memory.get("a") is None


def test_without_a_server_nothing_fails_and_the_process_remembers(away):
    assert away.get("a") is None
    assert away.add("a", 1)
    assert not away.add("a", 2)
    assert away.get("a") == 1
    assert away.incr("a") == 2
    away.delete_many(["a"])
    assert "a" not in away
    assert away.get_many(["a"]) == {}


def test_an_absence_is_told_once(away):
    with capture_logs() as told:
        for number in range(20):
            away.set(f"key{number}", number)
    assert [entry["event"] for entry in told] == ["cache.away"]


def test_a_server_that_is_away_is_left_alone_for_some_seconds(away, monkeypatch):
    asked = []
    monkeypatch.setattr(away._valkey, "get", lambda *a, **k: asked.append(1) or (_ for _ in ()).throw(ConnectionError))
    for _ in range(10):
        away.get("a")
    assert len(asked) == 1
    monkeypatch.setattr(away, "_away_until", 0.0)
    away.get("a")
    assert len(asked) == 2


def test_when_the_server_is_back_it_is_asked_again_and_the_memory_is_emptied(present, monkeypatch):
    monkeypatch.setattr(present, "_away_until", float("inf"))
    present.set("a", "from the absence")
    assert present.get("a") == "from the absence"
    monkeypatch.setattr(present, "_away_until", 0.0)
    with capture_logs() as told:
        assert present.get("a") is None
    assert [entry["event"] for entry in told] == ["cache.back"]
    assert present._memory.get("a") is None


def test_a_mistake_in_the_program_is_not_taken_for_an_absence(present):
    with pytest.raises(ValueError, match="not found"):
        present.incr("never-set")
    assert present._away_until is None


@pytest.mark.django_db
def test_login_works_and_still_counts_wrong_tries_while_valkey_is_away(client, settings, tmp_path):
    settings.CACHES = {
        "default": {"BACKEND": "xinqiao.accounts.cache.ForgivingCache", "LOCATION": f"unix://{tmp_path}/nobody.sock"}
    }
    caches["default"].clear()
    UserFactory(username="teacher1")

    def attempt(password: str):
        return client.post("/accounts/login/", {"login": "teacher1", "password": password})

    assert attempt(PASSWORD).status_code == 302
    client.post("/accounts/logout/")
    client.cookies.clear()
    for _ in range(5):
        assert attempt("wrong-password").status_code == 200
    attempt(PASSWORD)
    assert "_auth_user_id" not in client.session


def test_a_slow_server_is_waited_for_two_seconds_at_most():
    assert forgiving._QUICK["socket_connect_timeout"] <= 2
    assert forgiving._QUICK["socket_timeout"] <= 2
