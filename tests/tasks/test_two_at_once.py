"""Two workers, two web requests: real connections, real commits."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction

from tasks.deliver import claim, sweep
from tasks.models import OutboxMessage
from tasks.outbox import NotInTransaction, enqueue
from tests.factories.tasks import PROBE, OutboxMessageFactory, Probe

pytestmark = pytest.mark.usefixtures("committed_db")


def together(*jobs: Callable[[], object]) -> list[object]:
    """Run each in a thread with a connection of its own, started at the same moment; their answers in order."""
    gate, answers = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(place: int, job: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            answers[place] = job()
        except Exception as error:  # noqa: BLE001 - handed to the test
            answers[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, job)) for place, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def test_of_two_who_claim_one_message_one_gets_it():
    for _ in range(10):
        message = OutboxMessageFactory()
        got = together(lambda m=message: claim(m.pk), lambda m=message: claim(m.pk))
        assert sorted(one is None for one in got) == [False, True]


def test_a_row_in_somebodys_hands_is_passed_over_and_not_waited_for():
    first, second = OutboxMessageFactory.create_batch(2)
    with transaction.atomic():
        OutboxMessage.objects.select_for_update().get(pk=first.pk)
        assert together(claim)[0].pk == second.pk
        assert together(claim) == [None]


def test_two_sweepers_share_the_work_and_send_nothing_twice():
    OutboxMessageFactory.create_batch(60)
    tried = together(sweep, sweep, sweep)
    assert sum(tried) == 60
    assert len(set(Probe.given)) == len(Probe.given) == 60


def test_two_orders_with_one_key_at_the_same_moment_make_one_message():
    def order() -> object:
        with transaction.atomic():
            message = enqueue(kind=PROBE, key="same", payload={})
            # Hold the transaction open for a moment, so that the other one meets an uncommitted row.
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.1)")
            return message.pk

    made = together(order, order)
    assert made[0] == made[1]
    assert OutboxMessage.objects.count() == 1


def test_outside_of_a_transaction_nothing_is_written():
    with pytest.raises(NotInTransaction):
        enqueue(kind=PROBE, key="alone", payload={})
    assert OutboxMessage.objects.count() == 0
