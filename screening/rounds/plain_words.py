"""The first pass in a parent's words: it is submitted for a whole class, so the trail has no entry for each child."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from screening.rounds.enums import PassState
from screening.rounds.models import Response
from xinqiao.audit.plain_words import Happening, Kind, tells


@tells
def first_passes_of(student_id: int) -> Iterable[Happening]:
    """That a class with the child in it was filled in, never what came out of it."""
    passes = (
        Response.objects.filter(student=student_id, class_pass__state=PassState.SUBMITTED)
        .values_list("class_pass__submitted_at", "class_pass__submitted_by")
        .distinct()
    )
    for at, by in passes:
        yield Happening(at, by, Kind.FIRST_PASS, _("filled in the first pass of the class"))
