"""Beat's side of people: what passes with time."""

import structlog
from celery import shared_task

from xinqiao.accounts import groups, kept_input, sessions
from xinqiao.accounts.duties import runs as duty_runs
from xinqiao.accounts.invitations import mail as invitation_mail

__all__ = ["expire_kept_input", "invitation_mail", "sync_groups"]

log = structlog.get_logger(__name__)


@shared_task(name="accounts.expire_kept_input")
def expire_kept_input() -> None:
    kept_input.expire()
    duty_runs.expire()


@shared_task(name="accounts.sync_groups")
def sync_groups() -> None:
    """Each night: a duty that has begun or ended since yesterday opens or closes the editors' admin."""
    log.info("accounts.groups_synced", changed=groups.sync_all())


@shared_task(name="accounts.clear_sessions")
def clear_sessions() -> None:
    """Each night: sessions that are over, and what was noted about them."""
    log.info("accounts.sessions_cleared", sessions=sessions.clear_over())
