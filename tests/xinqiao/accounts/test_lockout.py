"""Waits after wrong passwords grow slowly, and a stranger cannot use them to keep a colleague out."""

import pytest
import time_machine
from django.utils import timezone

from tests.factories.accounts import PASSWORD, UserFactory
from xinqiao.accounts import lockout
from xinqiao.accounts.lockout import WAITS, Attempt

LOGIN = "/accounts/login/"
MINUTE = 60


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def wrong(name="laoshi", address="198.51.100.1", browser="") -> float:
    return lockout.begin(Attempt(name=name, address=address, browser=browser))


def test_the_waits_are_five_eight_eleven_and_fifteen_minutes_and_never_longer(clock):
    waits = []
    for number in range(7):
        # From ever new addresses: the name itself is what is tried.
        for tries in range(5):
            assert wrong(address=f"10.{number}.{tries}.1") == 0
        waits.append(wrong(address=f"10.{number}.9.1"))
        clock.shift(waits[-1] + 1)
    assert waits == [*WAITS, WAITS[-1], WAITS[-1], WAITS[-1]]


def test_after_a_quiet_hour_it_begins_anew(clock):
    for _ in range(6):
        wrong()
    clock.shift(3601)
    for _ in range(5):
        assert wrong() == 0
    assert wrong() == WAITS[0]


def test_tries_that_are_five_minutes_apart_are_a_slip_of_the_finger(clock):
    for _ in range(30):
        assert wrong() == 0
        clock.shift(76)


def test_many_at_once_are_no_more_than_the_limit(clock):
    assert [wrong() == 0 for _ in range(20)].count(True) == 5


def test_whoever_keeps_on_at_it_shuts_the_name_for_themselves_alone(clock):
    """After the first wait the stranger's tries are counted apart: the colleague elsewhere never waits again because of them."""
    for _ in range(6):
        wrong(address="203.0.113.66")
    clock.shift(WAITS[0] + 1)
    for _ in range(40):
        wrong(address="203.0.113.66")
        assert lockout.begin(Attempt(name="laoshi", address="198.51.100.7")) == 0
        lockout.passed(Attempt(name="laoshi", address="198.51.100.7"))
        clock.shift(20)


def test_a_stranger_at_one_address_keeps_a_colleague_out_for_fifteen_minutes_at_most(clock):
    """The colleague tries each minute from another address, the stranger each second, for two hours: the longest time in vain."""
    longest, since = 0.0, None
    for second in range(0, 2 * 3600, 10):
        wrong(address="203.0.113.66")
        if second % 60 == 0:
            mine = Attempt(name="laoshi", address="198.51.100.7")
            if lockout.begin(mine):
                since = second if since is None else since
                longest = max(longest, second - since)
            else:
                lockout.passed(mine)
                since = None
        clock.shift(10)
    assert longest <= 15 * MINUTE


def test_a_known_browser_is_touched_neither_by_the_names_nor_by_the_addresss_tries(clock):
    for number in range(40):
        wrong(name=f"anybody{number % 25}")
        wrong()
    assert wrong(browser="mark") == 0


def test_a_known_browser_too_has_five(clock):
    assert [wrong(browser="mark") == 0 for _ in range(8)].count(True) == 5


def test_one_address_has_twenty_for_all_names(clock):
    assert [wrong(name=f"guess{number}") == 0 for number in range(30)].count(True) == 20
    assert wrong(name="another", address="198.51.100.2") == 0


def test_the_right_password_takes_nothing_from_the_address(clock):
    for _ in range(200):
        mine = Attempt(name="laoshi", address="198.51.100.1")
        assert lockout.begin(mine) == 0
        lockout.passed(mine)


def test_the_right_password_now_and_then_gives_an_attacker_no_more_tries(clock):
    """Their own account is right each time, the guesses at others are wrong: the address's count stands."""
    made = 0
    for number in range(60):
        made += wrong(name=f"guess{number}") == 0
        mine = Attempt(name="attacker", address="198.51.100.1")
        if lockout.begin(mine) == 0:
            lockout.passed(mine)
    assert made == 20


@pytest.mark.django_db
def test_the_page_says_how_long_to_wait_the_same_for_a_name_that_nobody_has(client):
    UserFactory(username="laoshi")

    def said(name: str) -> str:
        for _ in range(6):
            page = client.post(LOGIN, {"login": name, "password": "wrong"}, REMOTE_ADDR=f"10.0.0.{len(name)}")
        return str(page.context["form"].non_field_errors())

    assert said("laoshi") == said("niemand")
    assert "5" in said("laoshi")


@pytest.mark.django_db
def test_a_new_password_by_mail_opens_the_name_again(client):
    person = UserFactory(username="laoshi")
    for _ in range(6):
        client.post(LOGIN, {"login": "laoshi", "password": "wrong"}, REMOTE_ADDR="10.0.0.1")
    lockout.forgive("laoshi")
    client.post(LOGIN, {"login": person.username, "password": PASSWORD}, REMOTE_ADDR="10.0.0.2")
    assert "_auth_user_id" in client.session
