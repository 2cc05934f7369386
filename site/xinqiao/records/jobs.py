"""The worker's and the clock's side of files: made, deleted after a day, and the retention schedule."""

from celery import shared_task
from django.utils.translation import gettext_lazy as _

from tasks.handlers import handler
from tasks.kinds import name_kind
from tasks.models import OutboxMessage
from xinqiao.records.erase import forget_identities
from xinqiao.records.export import KIND, expire_exports, make_export
from xinqiao.records.schedule import KIND as RETENTION
from xinqiao.records.schedule import act_on_all, work_on

name_kind(KIND, _("A child's file taken out"))
name_kind(RETENTION, _("Retention schedule"))


@handler(KIND)
def make_file(message: OutboxMessage) -> None:
    make_export(message.payload["run"])


@handler(RETENTION)
def erase_due(message: OutboxMessage) -> None:
    work_on(message.payload["run"])


@shared_task(name="records.expire_exports")
def expire() -> None:
    expire_exports()


@shared_task(name="records.retention")
def retention() -> None:
    """Nightly: identities that nothing is kept for, and what is due for erasing."""
    forget_identities()
    act_on_all()
