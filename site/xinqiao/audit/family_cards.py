"""What this app puts on a guardian's page: the question who has seen the records, and its answer."""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from xinqiao.accounts.access import reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.family import Card, register_card
from xinqiao.accounts.models import User
from xinqiao.audit.models import AccessRequest
from xinqiao.audit.request_models import RequestState
from xinqiao.school.models import Student


@register_card
def who_has_seen(user: User, children: Sequence[Student]) -> Iterable[Card]:
    """One card a child; its sentence says how far the newest question is."""
    if not reach(user, Capability.ASK_ACCESS_LOG):
        return
    newest: dict[int, str] = {}
    asked = AccessRequest.objects.filter(asked_by=user.pk, student__in=[child.pk for child in children])
    for student_id, state in asked.order_by("asked_at").values_list("student_id", "state"):
        newest[student_id] = state
    texts = {
        RequestState.ASKED: _("You asked. The school answers within 15 working days."),
        RequestState.RELEASED: _("The school has answered."),
        RequestState.DECLINED: _("The school has answered."),
    }
    for child in children:
        yield Card(
            url=reverse("audit_ask", args=[child.pk]),
            title=_("Who has seen the records"),
            text=texts.get(
                newest.get(child.pk, ""), _("Ask the school who has read or written something about your child.")
            ),
            student_id=child.pk,
            order=90,
            icon="lock",
        )
