"""The worker's and the clock's side of the directory: rosters that were handed in on the page."""

from celery import shared_task
from django.utils.translation import gettext_lazy as _

from tasks.handlers import handler
from tasks.kinds import name_kind
from tasks.models import OutboxMessage
from xinqiao.school.moves.current import apply_due_moves
from xinqiao.school.roster.runs import KIND, expire_runs, work_on

name_kind(KIND, _("Roster import"))


@handler(KIND)
def work_on_roster(message: OutboxMessage) -> None:
    work_on(message.payload["run"])


@shared_task(name="school.expire_rosters")
def expire() -> None:
    expire_runs()


@shared_task(name="school.apply_due_moves")
def apply_moves() -> None:
    apply_due_moves()
