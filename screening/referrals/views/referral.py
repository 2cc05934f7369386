"""One referral: its page, and keeping the letter's words."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from screening.errors import Conflict, Refused
from screening.referrals.forms import LetterForm
from screening.referrals.refer import save_letter
from screening.referrals.views.found import referral_for
from screening.referrals.views.page import referral_page
from xinqiao.accounts.access import needs, require
from xinqiao.accounts.capabilities import Capability


@needs(Capability.READ_REFERRAL, Capability.READ_HIGH_NARRATIVE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def referral(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    found = referral_for(request.user, referral_id)
    if request.method != "POST":
        return referral_page(request, found)
    require(request.user, Capability.REFER, found.case)
    form = LetterForm(request.POST, auto_id="letter_%s")
    if not form.is_valid():
        return referral_page(request, found, bound={"letter_form": form}, status=422)
    try:
        save_letter(user=request.user, referral=found, **form.cleaned_data)
    except Conflict as conflict:
        return referral_page(request, found, bound={"letter_form": form}, conflict=conflict, status=409)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Saved. Below you see the letter as it will look."))
    return redirect("screening:referral", found.pk)
