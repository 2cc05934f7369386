"""Beat's side of the trail."""

from celery import shared_task

from xinqiao.audit.chain import seal


@shared_task(name="audit.seal")
def seal_trail() -> None:
    seal()
