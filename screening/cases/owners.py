"""Who may answer for a case: those who can also do what it asks for."""

from django.db.models import QuerySet

from screening.people import people_who
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.school.models import School


def possible_owners(school: School) -> QuerySet[User]:
    """Those whose duty lets them read and write every case. Who leads the crisis group reads a high case, and has no forms in it."""
    return people_who(Capability.WRITE_CASE, school)
