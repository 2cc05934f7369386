"""Sending what waits: outcomes, back-off, claims that outlive their worker."""

import datetime
import uuid

import pytest
import time_machine
from django.utils import timezone

from tasks.deliver import BACK_OFF, MAX_TRIES, act, claim, claims_last, deliver, sweep
from tasks.enums import OutboxState
from tasks.handlers import NoLongerNeeded, Permanent, Transient
from tests.factories.tasks import OutboxMessageFactory, Probe

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)


def test_a_message_is_sent_and_dated():
    message = OutboxMessageFactory()
    with time_machine.travel(NOON + datetime.timedelta(days=1), tick=False):
        assert deliver(message.pk) == OutboxState.SENT
        message.refresh_from_db()
        assert (message.sent_at, message.tries, message.last_error) == (timezone.now(), 1, "")
    assert (message.claim, message.claimed_at) == (None, None)


def test_a_message_that_was_dealt_with_is_not_touched_again():
    for state in (OutboxState.SENT, OutboxState.DEAD, OutboxState.DROPPED):
        assert deliver(OutboxMessageFactory(state=state).pk) is None
    assert Probe.given == []


def test_a_message_that_is_not_there_is_no_error():
    assert deliver(uuid.uuid4()) is None


def test_a_reason_that_has_gone_drops_the_message():
    Probe.raising(NoLongerNeeded())
    message = OutboxMessageFactory()
    assert deliver(message.pk) == OutboxState.DROPPED
    message.refresh_from_db()
    assert (message.sent_at, message.last_error) == (None, "")


def test_a_lasting_failure_is_final_at_once():
    Probe.raising(Permanent("The mail server refuses the recipient (550)"))
    message = OutboxMessageFactory()
    assert deliver(message.pk) == OutboxState.DEAD
    message.refresh_from_db()
    assert message.last_error == "Permanent: The mail server refuses the recipient (550)"


def test_a_passing_failure_waits_longer_each_time_and_then_ends():
    Probe.raising(Transient("busy"))
    message = OutboxMessageFactory()
    waits = []
    with time_machine.travel(NOON, tick=False) as clock:
        message.next_try_at = timezone.now()
        message.save()
        while deliver(message.pk) == OutboxState.PENDING:
            message.refresh_from_db()
            waits.append(message.next_try_at - timezone.now())
            clock.move_to(message.next_try_at - datetime.timedelta(seconds=1))
            assert deliver(message.pk) is None, "not before its time"
            clock.move_to(message.next_try_at)
    message.refresh_from_db()
    assert waits == list(BACK_OFF)
    assert (message.state, message.tries, message.last_error) == (OutboxState.DEAD, MAX_TRIES, "Transient: busy")


def test_a_mistake_is_tried_again_and_named_without_its_text():
    Probe.raising(KeyError("小明"))
    message = OutboxMessageFactory()
    assert deliver(message.pk) == OutboxState.PENDING
    message.refresh_from_db()
    assert message.last_error.startswith("KeyError at tasks.py:")
    assert "小明" not in message.last_error


def test_a_kind_that_this_worker_does_not_know_waits_for_one_that_does():
    message = OutboxMessageFactory(kind="test.newer")
    assert deliver(message.pk) == OutboxState.PENDING


def test_a_claimed_message_is_left_alone_until_its_worker_must_be_dead():
    message = OutboxMessageFactory(state=OutboxState.SENDING)
    assert claim(message.pk) is None
    with time_machine.travel(message.claimed_at + claims_last() - datetime.timedelta(seconds=1), tick=False):
        assert claim(message.pk) is None
    with time_machine.travel(message.claimed_at + claims_last(), tick=False):
        taken = claim(message.pk)
    assert (taken.tries, taken.state) == (2, OutboxState.SENDING)
    assert taken.claim != message.claim


def test_a_claim_from_the_future_is_a_dead_one_because_the_clock_went_back():
    message = OutboxMessageFactory(state=OutboxState.SENDING, claimed_at=timezone.now() + datetime.timedelta(hours=1))
    assert claim(message.pk) is not None


def test_a_claim_outlasts_every_task(settings):
    assert claims_last().total_seconds() > settings.CELERY_TASK_TIME_LIMIT


def test_a_worker_thought_dead_does_not_overwrite_the_other_ones_outcome():
    message = OutboxMessageFactory()
    slow = claim(message.pk)
    with time_machine.travel(timezone.now() + claims_last(), tick=False):
        other = claim(message.pk)
        assert act(slow)[0] == OutboxState.SENDING
        message.refresh_from_db()
        assert (message.state, message.claim) == (OutboxState.SENDING, other.claim)
        assert act(other)[0] == OutboxState.SENT


def test_a_message_whose_every_worker_died_is_given_to_no_further_one():
    message = OutboxMessageFactory(
        state=OutboxState.SENDING, tries=MAX_TRIES, claimed_at=timezone.now() - claims_last()
    )
    assert claim() is None
    message.refresh_from_db()
    assert message.state == OutboxState.DEAD
    assert message.last_error.startswith("WorkerLost")


def test_a_sweep_takes_all_that_is_due_in_the_order_of_their_times():
    now = timezone.now()
    times = [now - datetime.timedelta(minutes=n) for n in (1, 3, 2)]
    first, second, third = (OutboxMessageFactory(next_try_at=at) for at in times)
    OutboxMessageFactory(next_try_at=now + datetime.timedelta(minutes=5))
    assert sweep() == 3
    assert Probe.given == [second.pk, third.pk, first.pk]
    assert sweep() == 0


def test_a_sweep_stops_when_the_place_is_down_instead_of_waiting_for_each():
    Probe.raising(Transient("no answer", place_is_down=True))
    OutboxMessageFactory.create_batch(10)
    assert sweep() == 3


def test_a_sweep_goes_on_past_messages_that_fail_for_their_own_reasons():
    Probe.raising(Transient("mailbox full"))
    OutboxMessageFactory.create_batch(10)
    assert sweep() == 10


def test_a_sweep_ends_with_its_time():
    OutboxMessageFactory.create_batch(3)
    assert sweep(seconds=0) == 0


def test_sending_takes_the_same_number_of_queries_for_each(django_assert_num_queries):
    message = OutboxMessageFactory()
    with django_assert_num_queries(5):  # savepoint, lock, update, release; outcome
        deliver(message.pk)
