"""The worker's and the clock's side of the directory: rosters that were handed in on the page."""

from celery import shared_task
from django.utils.translation import gettext_lazy as _

from tasks.handlers import Permanent, handler
from tasks.kinds import name_kind
from tasks.models import OutboxMessage
from xinqiao.school.moves.current import apply_due_moves
from xinqiao.school.roster.runs import KIND, expire_runs, stop, stop_the_stuck, work_on

name_kind(KIND, _("Roster import"))
_TRIES = 3


@handler(KIND)
def work_on_roster(message: OutboxMessage) -> None:
    """Three tries: nobody waits for days before a file that stops its workers."""
    run = message.payload["run"]
    if message.tries > _TRIES:
        stop(run)
        raise Permanent("its workers were stopped again and again")
    try:
        work_on(run)
    except Exception as error:
        if message.tries < _TRIES:
            raise
        stop(run)
        raise Permanent(type(error).__name__) from error


@shared_task(name="school.expire_rosters")
def expire() -> None:
    expire_runs()
    stop_the_stuck()


@shared_task(name="school.apply_due_moves")
def apply_moves() -> None:
    apply_due_moves()
