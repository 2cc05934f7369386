"""The clock's side of papers."""

from celery import shared_task

from xinqiao.files.erase import sweep


@shared_task(name="files.sweep")
def sweep_papers() -> None:
    sweep()
