"""Wrong passwords: five for a name and twenty for an address in five minutes, then a wait that grows slowly, to a quarter of an hour at most.

A stranger cannot shut a colleague out for long:
- a browser in which the person has logged in before has tries of its own, and the address's do not count there;
- when a wait is over, the addresses that caused it are counted apart for a quarter of an hour: their next wrong tries shut the name for
  themselves alone, and the colleague elsewhere logs in;
- a passkey and the link by mail ask for no password.

Names nobody has are counted like others, so the answer tells nothing.
"""

from __future__ import annotations

import dataclasses
import hashlib
import time

from allauth.core.internal.ratelimit import cache_lock, truncate_ip
from django.core.cache import cache

WINDOW = 5 * 60
TRIES_OF_A_NAME = 5
TRIES_OF_AN_ADDRESS = 20
WAITS = (5 * 60, 8 * 60, 11 * 60, 15 * 60)
_REMEMBERED = 3600


@dataclasses.dataclass
class Counter:
    """Wrong tries of one name or address."""

    tries: list[tuple[float, str]] = dataclasses.field(default_factory=list)
    waits: int = 0
    until: float = 0.0
    spent: dict[str, float] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Attempt:
    """One login that is being tried."""

    name: str
    address: str
    browser: str = ""

    def keys(self) -> list[tuple[str, int]]:
        """The counters it counts on, each with its limit; the name's comes first."""
        name = _key("name", f"{self.name.lower()}:{self.browser}")
        if self.browser:
            return [(name, TRIES_OF_A_NAME)]
        counter, now = _load(name), time.time()
        if counter.until <= now < counter.spent.get(self.address, 0):
            name = _key("name", f"{self.name.lower()}:@{self.address}")
        return [(name, TRIES_OF_A_NAME), (_key("address", truncate_ip(self.address)), TRIES_OF_AN_ADDRESS)]


def begin(attempt: Attempt) -> float:
    """Count the try before it is made, so that many at once are not more than the limit.

    Returns:
        0 where it may be made, else how many seconds there are to wait; then nothing was counted.
    """
    now = time.time()
    keys = attempt.keys()
    for key, _limit in keys:
        wait = _load(key).until - now
        if wait > 0:
            return wait
    for number, (key, limit) in enumerate(keys):
        wait = _count(key, limit, attempt.address, now)
        if wait:
            for counted, _limit in keys[:number]:
                _take_back(counted)
            return wait
    return 0


def passed(attempt: Attempt) -> None:
    """The password was right: the name's wrong tries are forgotten, the address has one less."""
    (own, _limit), *others = attempt.keys()
    cache.delete(own)
    for key, _limit in others:
        _take_back(key)


def forgive(name: str) -> None:
    """After a new password by mail: nothing stands in the way."""
    cache.delete(_key("name", f"{name.lower()}:"))


def _count(key: str, limit: int, address: str, now: float) -> float:
    with cache_lock(key) as locked:
        if not locked:
            return 1
        counter = _load(key)
        counter.tries = [(at, whose) for at, whose in counter.tries if now - at < WINDOW]
        if counter.until > now:
            return counter.until - now
        if len(counter.tries) >= limit:
            length = WAITS[min(counter.waits, len(WAITS) - 1)]
            counter.until = now + length
            counter.spent = {whose: now + length + WAITS[-1] for _at, whose in [*counter.tries, (now, address)]}
            counter.waits, counter.tries = counter.waits + 1, []
            cache.set(key, dataclasses.asdict(counter), _REMEMBERED)
            return length
        counter.tries.append((now, address))
        cache.set(key, dataclasses.asdict(counter), _REMEMBERED)
        return 0


def _take_back(key: str) -> None:
    with cache_lock(key) as locked:
        if locked:
            counter = _load(key)
            counter.tries = counter.tries[:-1]
            cache.set(key, dataclasses.asdict(counter), _REMEMBERED)


def _load(key: str) -> Counter:
    found = cache.get(key)
    return Counter(**found) if found else Counter()


def _key(kind: str, of: str) -> str:
    return f"lockout:{kind}:{hashlib.sha256(of.encode()).hexdigest()}"
