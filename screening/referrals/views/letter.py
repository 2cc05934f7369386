"""The letter as a file."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse

from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability


@needs(Capability.READ_REFERRAL)
def pdf(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    raise Http404


@needs(Capability.READ_REFERRAL)
def picture(request: HttpRequest, referral_id: uuid.UUID, page: int) -> HttpResponse:
    raise Http404
