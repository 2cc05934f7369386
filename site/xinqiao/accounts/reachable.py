"""Whom an administrator may look up and change: the people of the own schools, never those who hold a duty at another."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from xinqiao.accounts.access import reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import Appointment, User


def people_within(administrator: Any) -> QuerySet[User]:
    """Those whose duties, today's and coming ones, all lie at this administrator's schools, and those who hold none yet.

    A password set for somebody opens all that their duties reach, so it must reach no other school. Who runs the installation
    itself is out of reach too.
    """
    schools = reach(administrator, Capability.ADMINISTER).schools
    held = Appointment.objects.filter(withdrawn_at__isnull=True)
    over = held.filter(ends_on__lt=timezone.localdate())
    elsewhere = held.exclude(pk__in=over.values("pk")).exclude(school__in=schools)
    people = User.objects.exclude(pk__in=elsewhere.values("user"))
    return people if administrator.is_superuser else people.filter(is_superuser=False)
