"""Jobs of the public pages."""

from celery import shared_task
from django.core.management import call_command


@shared_task(name="content.publish_scheduled")
def publish_scheduled() -> None:
    """Publish and take down what editors set a time for."""
    call_command("publish_scheduled", verbosity=0)
