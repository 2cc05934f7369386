"""What an administrator sees first in the admin: what has failed, whose duties end soon, and the ways to both."""

from __future__ import annotations

import datetime
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component

from xinqiao.accounts.access import may, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import Appointment, User

ENDS_SOON = datetime.timedelta(days=14)


class AdministratorPanel(Component):
    """For whoever may manage people; nothing for others."""

    name = "administrator"
    order = 50
    template_name = "accounts/admin/home_panel.html"

    def render_html(self, parent_context: Any = None) -> str:
        user = parent_context["request"].user
        return super().render_html(parent_context) if may(user, Capability.ADMINISTER) else ""

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user, today = parent_context["request"].user, timezone.localdate()
        schools = reach(user, Capability.ADMINISTER).schools
        ending = Appointment.objects.on(today).filter(school__in=schools, ends_on__lte=today + ENDS_SOON)
        people = User.objects.filter(is_active=True, appointments__school__in=schools).distinct()
        return {
            # Asked by name: the house does not know the jobs' app, which knows the house.
            "failed": apps.get_model("tasks.OutboxMessage").objects.filter(state="dead").count(),
            "failed_url": f"{reverse('outbox:index')}?state=dead",
            "ending": ending.select_related("user", "grade", "school_class__grade").order_by("ends_on", "pk")[:10],
            "without_mail": people.filter(email="").exclude(appointments__role="guardian").count(),
        }
