"""Who may answer for a case: the counselors, and the leads of the crisis group."""

from django.db.models import QuerySet

from screening.people import people_who
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.school.models import School


def possible_owners(school: School) -> QuerySet[User]:
    """Those whose duty lets them read what they would answer for."""
    return people_who(Capability.READ_NARRATIVE, school) | people_who(Capability.READ_HIGH_NARRATIVE, school)
