"""Who at a school holds a duty that carries a capability: for mails that must reach whoever is responsible today."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from xinqiao.accounts.capabilities import GRANTS, Capability, Scope
from xinqiao.accounts.models import Appointment, User


def holders(capability: Capability, schools: Any, today: datetime.date | None = None) -> QuerySet[User]:
    """Those whose duty carries the capability for the whole of one of these schools today."""
    roles = [role for role, grants in GRANTS.items() if grants.get(capability) is Scope.SCHOOL]
    held = Appointment.objects.on(today or timezone.localdate()).filter(school__in=schools, role__in=roles)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("pk")


def people_who(capability: Capability, school: Any, today: datetime.date | None = None) -> QuerySet[User]:
    """The same at one school."""
    return holders(capability, [school], today)
