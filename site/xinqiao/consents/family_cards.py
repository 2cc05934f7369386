"""What this app puts on a guardian's page: questions that wait for an answer, and those that were answered."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xinqiao.accounts.family import Card, register_card
from xinqiao.accounts.models import User
from xinqiao.consents.enums import ConsentState
from xinqiao.consents.models import Consent
from xinqiao.school.models import Student


@register_card
def consents(user: User, children: Sequence[Student]) -> Iterable[Card]:
    """One card a child that was ever asked about; one query."""
    asked: dict[int, int] = defaultdict(int)
    found = Consent.objects.answerable_by(user).filter(student__in=[child.pk for child in children])
    # With its key: the rows are told apart, and two questions about one child are two.
    for _pk, student, state in found.values_list("pk", "student", "state"):
        asked[student] += state == ConsentState.REQUESTED
    for child in children:
        if child.pk not in asked:
            continue
        waits = asked[child.pk]
        text = ngettext("%(n)d question waits for your answer.", "%(n)d questions wait for your answer.", waits)
        yield Card(
            url=reverse("family_consents"),
            title=_("Your consent"),
            text=text % {"n": waits} if waits else _("Read again what you answered, or change it."),
            waits=waits,
            student_id=child.pk,
            order=20,
            icon="check",
        )
