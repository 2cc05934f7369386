"""`/screening/support/`: the homeroom teacher's part in what is done for the children of the class."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from screening.cases.support import support_for
from xinqiao.accounts.access import NotPermitted, needs, reach
from xinqiao.accounts.capabilities import Capability


@needs(Capability.READ_CLASS_SUPPORT)
@never_cache
@require_safe
def support(request: HttpRequest) -> HttpResponse:
    # Who sees the cases themselves finds it there.
    if not reach(request.user, Capability.READ_CLASS_SUPPORT).classes:
        raise NotPermitted(Capability.READ_CLASS_SUPPORT)
    return render(request, "screening_cases/support.html", {"children": support_for(request.user)})
