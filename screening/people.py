"""Who at a school holds a duty that carries a capability: for mails that must reach whoever is responsible today."""

from __future__ import annotations

import datetime

from django.db.models import QuerySet
from django.utils import timezone

from xinqiao.accounts.capabilities import GRANTS, Capability, Scope
from xinqiao.accounts.holders import people_who
from xinqiao.accounts.models import Appointment, User
from xinqiao.school.models import SchoolClass

__all__ = ["fillers_of", "people_who"]


def fillers_of(school_class: SchoolClass, today: datetime.date | None = None) -> QuerySet[User]:
    """Those who fill in the class's first pass today."""
    roles = [role for role, grants in GRANTS.items() if grants.get(Capability.FILL_FIRST_PASS) is Scope.OWN_CLASS]
    held = Appointment.objects.on(today or timezone.localdate()).filter(school_class=school_class, role__in=roles)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("pk")
