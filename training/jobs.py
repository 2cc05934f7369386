"""Celery's side of training: thin tasks, and the makers and checks that mails ask for."""

from celery import shared_task

import training.certificate_document  # noqa: F401 - registers the certificate's document
from training.certify import age_certificates
from training.remind import remind_due_courses


@shared_task(name="training.remind_due_courses")
def remind() -> None:
    remind_due_courses()


@shared_task(name="training.age_certificates")
def age() -> None:
    age_certificates()
