"""Beat's side of the workspace."""

from celery import shared_task

from screening.workspace.figures import publish_figures
from screening.workspace.told import tell_of_what_is_late


@shared_task(name="screening.tell_of_what_is_late")
def tell_of_what_is_late_job() -> None:
    tell_of_what_is_late()


@shared_task(name="screening.publish_figures")
def publish_figures_job() -> None:
    publish_figures()
