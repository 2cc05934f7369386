"""`/family/`: a guardian's own children, and what each app has for them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.enums import Role
from xinqiao.accounts.family import cards_of
from xinqiao.accounts.models import Appointment
from xinqiao.school.models import Guardianship, Student


@never_cache
@needs(Capability.ANSWER_CONSENT)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    children = list(
        Student.objects.within(request.user, Capability.ANSWER_CONSENT)
        .select_related("current_class__grade", "school")
        .order_by("number")
    )
    cards = cards_of(request.user, children)
    teachers = _homeroom_teachers(children)
    guardians = _guardians_with_account(children, request.user.pk)
    context = {
        "children": [
            {
                "student": child,
                "teachers": teachers.get(child.current_class_id, []),
                "guardians": guardians.get(child.pk, []),
                "cards": [card for card in cards if card.student_id == child.pk],
            }
            for child in children
        ],
        "cards": [card for card in cards if card.student_id is None],
        "waits": sum(card.waits for card in cards),
    }
    return render(request, "accounts/family/home.html", context)


def _homeroom_teachers(children: list[Student]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    held = Appointment.objects.on(timezone.localdate()).filter(
        role=Role.HOMEROOM, school_class__in={child.current_class_id for child in children} - {None}
    )
    for appointment in held.select_related("user").order_by("pk"):
        found.setdefault(appointment.school_class_id, []).append(str(appointment.user))
    return found


def _guardians_with_account(children: list[Student], own: int) -> dict[int, list[tuple[str, bool]]]:
    """Who else reads and answers for the child: a stranger among them would be seen here first."""
    found: dict[int, list[tuple[str, bool]]] = {}
    ties = Guardianship.objects.filter(student__in=children, restricted=False, guardian__user__isnull=False)
    for tie in ties.select_related("guardian").order_by("pk"):
        found.setdefault(tie.student_id, []).append((str(tie.get_relation_display()), tie.guardian.user_id == own))
    return found
