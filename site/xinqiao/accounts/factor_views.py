"""allauth's pages for second factors, with our rules around them: a fresh proof before, the trail and a mail behind."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from xinqiao.accounts import factors
from xinqiao.accounts.second_factor import asks_for_factor, is_required

Kind = Authenticator.Type


@login_required
@never_cache
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """What there is to choose from, for whoever is led here after the login."""
    held = list(Authenticator.objects.filter(user=request.user).order_by("pk"))
    context = {
        "apps": [factor for factor in held if factor.type == Kind.TOTP],
        "passkeys": [factor for factor in held if factor.type == Kind.WEBAUTHN],
        "needed": is_required() and asks_for_factor(request.user),
    }
    return render(request, "accounts/second_factor.html", context)


class SetUpApp(ActivateTOTPView):
    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        form.note_used(Authenticator.objects.get(user=self.request.user, type=Kind.TOTP))
        factors.factor_added(self.request, Kind.TOTP.value)
        return response

    def get_success_url(self) -> str:
        return reverse("mfa_view_recovery_codes") if self.did_generate_recovery_codes else reverse("me")


class RemoveApp(DeactivateTOTPView):
    success_url = reverse_lazy("me")

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        factors.factor_removed(self.request, Kind.TOTP.value)
        return response


class AddPasskey(AddWebAuthnView):
    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        factors.factor_added(self.request, Kind.WEBAUTHN.value)
        return response

    def get_success_url(self) -> str:
        return reverse("mfa_view_recovery_codes") if self.did_generate_recovery_codes else reverse("me")


class RemovePasskey(RemoveWebAuthnView):
    success_url = reverse_lazy("me")

    def form_valid(self, form: Any) -> HttpResponse:
        if not get_adapter().can_delete_authenticator(self.object):
            return self.render_to_response(self.get_context_data(form=form, last=True), status=409)
        with transaction.atomic():
            response = super().form_valid(form)
            factors.factor_removed(self.request, Kind.WEBAUTHN.value)
        return response


class NewCodes(GenerateRecoveryCodesView):
    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        factors.codes_renewed(self.request)
        return response


class Codes(ViewRecoveryCodesView):
    """Shown once, when they are new."""
