"""One assessment: what the teacher saw beside what the counselor writes."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from screening.assessments.models import Assessment
from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability


@needs(Capability.ASSESS)
def assessment(request: HttpRequest, assessment_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Assessment.objects.visible_to(request.user), pk=assessment_id)
    return render(request, "screening_assessments/assessment.html", {"assessment": found})
