"""Beat's side of the trail: sealed twice a minute, anchored once a day."""

from celery import shared_task

from xinqiao.audit.anchors import anchor_day, note_head
from xinqiao.audit.chain import SEAL_WINDOW, seal


@shared_task(name="audit.seal")
def seal_trail() -> None:
    if seal(window=SEAL_WINDOW):
        note_head()


@shared_task(name="audit.anchor")
def anchor_trail() -> None:
    seal()
    note_head()
    anchor_day()
