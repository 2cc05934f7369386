"""Beat's side of the first pass."""

from celery import shared_task

from screening.rounds.remind import remind_open_first_pass


@shared_task(name="screening.remind_open_first_pass")
def remind_open_first_pass_job() -> None:
    remind_open_first_pass()
