"""Where a person lands after logging in, and what was typed before the session ended."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from xinqiao.accounts.enums import Role
from xinqiao.accounts.kept_input import KEPT_FIELD, fields_of
from xinqiao.accounts.models import KeptInput
from xinqiao.accounts.second_factor import why_shut

# In order: a person with several duties lands at the one that is most urgent.
_HOMES = [
    ({Role.COUNSELOR, Role.PRINCIPAL, Role.DEPUTY, Role.MORAL_EDUCATION}, "/workspace/"),
    ({Role.HOMEROOM, Role.GRADE_LEADER}, "/screening/"),
    ({Role.EDITOR, Role.TRAINER, Role.ADMINISTRATOR}, "/admin/"),
    ({Role.TEACHER}, "/training/"),
    ({Role.DISTRICT}, "/workspace/"),
    ({Role.GUARDIAN}, "/family/"),
]


@login_required
def start(request: HttpRequest) -> HttpResponse:
    if why_shut(request.user) == "factor":
        return redirect("second_factor")
    roles = request.user.roles()
    for holders, address in _HOMES:
        if roles & holders:
            return redirect(address)
    return redirect("/")


def _kept_for(request: HttpRequest, kept_id: uuid.UUID) -> KeptInput:
    """Another person's does not exist for this one, nor does what is past its half hour."""
    return get_object_or_404(KeptInput, pk=kept_id, owner=request.user, expires_at__gt=timezone.now())


@login_required
@never_cache
def kept_input(request: HttpRequest, kept_id: uuid.UUID) -> HttpResponse:
    kept = _kept_for(request, kept_id)
    context = {"kept": kept, "fields": fields_of(kept), "kept_field": KEPT_FIELD}
    return render(request, "accounts/kept_input.html", context)


@login_required
@require_POST
def drop_kept_input(request: HttpRequest, kept_id: uuid.UUID) -> HttpResponse:
    _kept_for(request, kept_id).delete()
    messages.info(request, _("What you had typed was thrown away."))
    return redirect("start")
