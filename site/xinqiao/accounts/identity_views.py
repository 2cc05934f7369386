"""Where a leader confirms a colleague, and where an administrator takes away a lost second factor."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.factor_adapter import has_factor
from xinqiao.accounts.factors import reset_factors
from xinqiao.accounts.fresh import Fresh, needs_fresh
from xinqiao.accounts.identity import CONFIRMS, confirm, leaders_for, people_to_confirm
from xinqiao.accounts.reachable import people_within


@needs(CONFIRMS)
@needs_fresh(Fresh.ACCOUNT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_person(request: HttpRequest, user_id: int) -> HttpResponse:
    person = get_object_or_404(people_to_confirm(request.user), pk=user_id)
    if request.method == "POST":
        confirm(by=request.user, user=person)
        messages.success(request, _("%(name)s is confirmed and can go on.") % {"name": person})
        return redirect(f"{reverse('me')}#confirm")
    checks = person.identity_checks.waiting().select_related("opened_by").order_by("opened_at")
    return render(request, "accounts/confirm_person.html", {"person": person, "checks": checks})


@needs(Capability.ADMINISTER)
@needs_fresh(Fresh.ACCOUNT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset_factor(request: HttpRequest, user_id: int) -> HttpResponse:
    person = get_object_or_404(people_within(request.user).exclude(pk=request.user.pk), pk=user_id)
    if request.method == "POST":
        reset_factors(by=request.user, user=person)
        messages.success(
            request,
            _(
                "The second factor of %(name)s is removed. The leaders are told, and confirm that it is really the person."
            )
            % {"name": person},
        )
        return redirect(reverse("wagtailusers_users:edit", args=[person.pk]))
    context = {"person": person, "held": has_factor(person), "leaders": leaders_for(person)}
    return render(request, "accounts/reset_factor.html", context)
