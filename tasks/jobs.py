"""Celery's side of the outbox. A task carries an id at most; everything else stands in the row."""

from celery import shared_task

from tasks.deliver import deliver, sweep
from tasks.mail import one_connection


@shared_task(name="tasks.deliver")
def deliver_message(message_id: str) -> None:
    deliver(message_id)


@shared_task(name="tasks.sweep_outbox")
def sweep_outbox() -> None:
    with one_connection():
        sweep()
