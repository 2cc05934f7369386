"""One case."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from screening.cases.models import Case
from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability


@needs(Capability.READ_CASE)
def case(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Case.objects.visible_to(request.user), pk=case_id)
    return render(request, "screening_cases/case.html", {"case": found})
