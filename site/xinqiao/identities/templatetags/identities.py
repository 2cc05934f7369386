"""The way from a child's page to its identity number, for those whose duty it is: `{% identity_link student %}`."""

from __future__ import annotations

from typing import Any

from django import template

from xinqiao.accounts.access import may
from xinqiao.accounts.capabilities import Capability
from xinqiao.school.models import Student

register = template.Library()


@register.inclusion_tag("identities/_link.html", takes_context=True)
def identity_link(context: template.Context, student: Student) -> dict[str, Any]:
    """Asks the database nothing: whether there is a number is seen on its own page."""
    return {"student": student, "shown": may(context["request"].user, Capability.READ_IDENTITY, student)}
