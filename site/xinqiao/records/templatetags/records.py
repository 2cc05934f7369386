"""The ways to a child's file, on pages where the child is: take it out, erase it, keep it."""

from typing import Any

from django import template

from xinqiao.accounts.access import may
from xinqiao.accounts.capabilities import Capability as C
from xinqiao.records.parts import NOBODY
from xinqiao.school.models import Student

register = template.Library()


@register.inclusion_tag("records/_links.html", takes_context=True)
def file_links(context: template.Context, student: Student) -> dict[str, Any]:
    """Buttons for what this person may do with this child's whole file; nothing where that is nothing. Asks no query."""
    user = context["request"].user
    somebody = student.name != NOBODY
    return {
        "student": student,
        "take_out": somebody and may(user, C.EXPORT_FILE, student),
        "erase": somebody and may(user, C.ERASE_FILE, student),
        "hold": somebody and may(user, C.MANAGE_PRIVACY, student),
    }
