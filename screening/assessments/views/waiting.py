"""`/assessments/`: the children to talk with, in order of danger."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from screening.assessments.models import Assessment
from screening.assessments.schedule import pick_for_assessment
from screening.rounds.models import Response
from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability


@needs(Capability.ASSESS)
@require_GET
def assessments(request: HttpRequest) -> HttpResponse:
    waiting = Assessment.objects.visible_to(request.user).still_open().select_related("student").by_danger()
    return render(request, "screening_assessments/assessments.html", {"waiting": waiting})


@needs(Capability.ASSESS)
@require_POST
def pick(request: HttpRequest, response_id: uuid.UUID) -> HttpResponse:
    response = get_object_or_404(Response.objects.visible_to(request.user).current(), pk=response_id)
    return redirect("screening:assessment", pick_for_assessment(user=request.user, response=response).pk)
