"""One referral."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from screening.referrals.models import Referral
from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability


@needs(Capability.READ_REFERRAL)
def referral(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Referral.objects.visible_to(request.user), pk=referral_id)
    return render(request, "screening_referrals/referral.html", {"referral": found})
