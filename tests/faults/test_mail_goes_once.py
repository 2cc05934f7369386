"""Whatever dies between the commit and the mail, the mail goes, and once."""

import signal
import threading

import pytest

from tests.faults.conftest import House, wait_until
from tests.faults.post_office import HANG_UP

pytestmark = pytest.mark.faults


def test_an_order_that_is_committed_is_sent(running: House):
    (message,) = running.order("plain")
    running.wait_until_sent([message])
    assert running.post.times() == {message: 1}


@pytest.mark.parametrize("who", ["the whole worker", "only its child"])
def test_a_worker_killed_before_the_mail_server_has_the_mail_leaves_it_to_the_next(running: House, who: str):
    dead = threading.Event()

    def die(message_id: str) -> None:
        running.post.on_data = lambda again: None
        if who == "the whole worker":
            running.kill("worker")
        else:
            running.kill_child_of("worker")
        dead.set()

    # The mail server has not said yes: by the rules of mail it has nothing.
    running.post.on_data, running.post.answers = die, ["451 not yet"]
    (message,) = running.order(f"killed-{len(who)}")
    assert dead.wait(30)
    running.make_sure_of_helpers()
    running.wait_until_sent([message])
    assert running.post.times() == {message: 1}


@pytest.mark.parametrize("fault", ["killed", "emptied"])
def test_a_queue_that_is_lost_between_commit_and_mail_loses_no_mail(running: House, fault: str):
    go_on = threading.Event()
    running.post.on_data = lambda message_id: go_on.wait(30)
    running.signal("beat", signal.SIGSTOP)
    (held,) = running.order(f"held-{fault}")
    wait_until(lambda: running.post.seen == [held])
    (message,) = running.order(f"queue-{fault}")
    assert running.queue().llen("xinqiao") == 1, "the call for the worker, who is busy with the first mail"
    if fault == "killed":
        running.kill_engine("valkey")
    else:
        running.queue().flushall()
    assert running.queue().llen("xinqiao") == 0
    go_on.set()
    running.signal("beat", signal.SIGCONT)
    running.wait_until_sent([held, message])
    assert running.post.times() == {held: 1, message: 1}


def test_an_order_while_the_queue_is_away_is_committed_at_once_and_sent_when_it_is_back(running: House):
    broker = running.queue()
    broker.execute_command("CLIENT", "PAUSE", "2500", "ALL")
    (message,) = running.order("paused")
    running.wait_until_sent([message])
    assert running.post.times() == {message: 1}


def test_a_worker_killed_after_the_server_took_the_mail_repeats_it_with_the_same_number(running: House):
    def stop_the_worker(message_id: str) -> None:
        # The server says yes to a worker that cannot hear it any more, and so cannot write it down.
        running.post.on_data = lambda again: None
        running.signal("worker", signal.SIGSTOP)

    running.post.on_data = stop_the_worker
    (message,) = running.order("accepted")
    wait_until(lambda: running.post.times() == {message: 1})
    running.kill("worker")
    assert running.states([message]) == {"sending"}
    running.make_sure_of_helpers()
    running.wait_until_sent([message])
    assert running.post.times() == {message: 2}


def test_a_server_that_puts_the_mail_off_gets_it_again_later(running: House):
    running.post.answers = ["451 try again later"]
    (message,) = running.order("put-off")
    wait_until(lambda: running.states([message]) == {"pending"} and bool(running.post.seen))
    assert running.post.times() == {}
    running.let_the_back_off_pass([message])
    running.wait_until_sent([message])
    assert running.post.times() == {message: 1}


def test_a_line_that_breaks_after_the_mail_repeats_it_with_the_same_number(running: House):
    running.post.answers = [HANG_UP]
    (message,) = running.order("hung-up")
    wait_until(lambda: running.states([message]) == {"pending"} and bool(running.post.seen))
    running.let_the_back_off_pass([message])
    running.wait_until_sent([message])
    assert running.post.times() == {message: 2}


def test_a_database_killed_in_the_middle_of_a_queue_comes_back_and_every_mail_goes(running: House):
    def die(message_id: str) -> None:
        if len(running.post.seen) == 10:
            running.kill_engine("postgres")

    running.post.on_data = die
    messages = running.order("many", many=30)
    wait_until(lambda: len(running.post.seen) >= 10)
    running.wait_until_sent(messages)
    times = running.post.times()
    assert set(times) == set(messages)
    # The one that was in the worker's hands may have gone twice, under one number.
    assert sum(times.values()) <= len(messages) + 1


def test_two_clocks_and_two_workers_send_nothing_twice(running: House):
    running.signal("worker", signal.SIGSTOP)
    running.start_worker("second-worker", tasks=2)
    running.start_beat("second-beat")
    messages = running.order("twins", many=40)
    running.signal("worker", signal.SIGCONT)
    try:
        running.wait_until_sent(messages)
    finally:
        running.kill("second-worker")
        running.kill("second-beat")
    assert running.post.times() == dict.fromkeys(messages, 1)
