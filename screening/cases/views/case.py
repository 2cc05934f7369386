"""One case on the screen, and on paper."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from screening.cases.read import print_story
from screening.cases.views.found import case_for
from screening.cases.views.page import Allowed, case_page, context_of
from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.fresh import Fresh, needs_fresh


@needs(Capability.READ_CASE)
@never_cache
@require_safe
def case(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    return case_page(request, case_for(request.user, case_id))


@needs(Capability.WRITE_CASE, Capability.READ_HIGH_NARRATIVE)
@needs_fresh(Fresh.EXPORT)
@never_cache
@require_safe
def on_paper(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """The whole case as text, for printing. Opening it counts as taking it out."""
    found = case_for(request.user, case_id)
    story = print_story(user=request.user, case=found)
    context = context_of(request.user, found, Allowed.on(request.user, found), story, {})
    return render(request, "screening_cases/case_print.html", {**context, "printed_at": timezone.now()})
