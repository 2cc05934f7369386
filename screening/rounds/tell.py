"""A critical sign was marked: the counselors are told at once. A count and a link, never a child."""

from django.urls import reverse

from screening.assessments.models import Assessment
from screening.levels import Suggestion
from screening.people import people_who
from screening.rounds.models import Response
from tasks.mail import queue_mail
from xinqiao.accounts.capabilities import Capability
from xinqiao.school.models import School


def tell_counselors(*, response: Response, school: School) -> None:
    """One mail to each person who assesses at this school; once a response."""
    waiting = Assessment.objects.still_open().filter(school=school, suggested=Suggestion.HIGH).count()
    for person in people_who(Capability.ASSESS, school):
        queue_mail(
            template="screening_rounds/critical",
            to=person,
            key=f"first-pass-critical:{response.pk}:{person.pk}",
            context={"count": waiting, "path": reverse("screening:workspace")},
        )
