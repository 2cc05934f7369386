"""`/accounts/me/`: who one is here, how one logs in, and where one is logged in."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import LoginView
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinqiao.accounts import sessions
from xinqiao.accounts.account_forms import ChangePasswordForm, ForgottenForm, NewPasswordForm
from xinqiao.accounts.connected import NAMES, disconnect, houses_on
from xinqiao.accounts.fresh import Fresh, needs_fresh
from xinqiao.accounts.identity import people_to_confirm
from xinqiao.accounts.last_login import recent_logins
from xinqiao.accounts.own_password import change_password, password_forgotten, reset_password
from xinqiao.accounts.second_factor import asks_for_factor, is_required, why_shut
from xinqiao.accounts.user_agents import in_words


class Login(LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "houses": houses_on(self.request)}


@login_required
@never_cache
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    factors = list(Authenticator.objects.filter(user=request.user).order_by("pk"))
    own = sessions.own_sessions(request)
    connected = set(SocialAccount.objects.filter(user=request.user).values_list("provider", flat=True))
    context = {
        "apps": [factor for factor in factors if factor.type == Authenticator.Type.TOTP],
        "passkeys": [factor for factor in factors if factor.type == Authenticator.Type.WEBAUTHN],
        "codes_left": _codes_left(factors),
        "asks": asks_for_factor(request.user),
        "needed": is_required() and asks_for_factor(request.user),
        "why": why_shut(request.user),
        "sessions": [(row, in_words(row.user_agent), row.session_key == request.session.session_key) for row in own],
        "logins": recent_logins(request.user),
        "houses": [{**house, "connected": house["key"] in connected} for house in houses_on(request)],
        "to_confirm": list(people_to_confirm(request.user)),
    }
    return render(request, "accounts/me.html", context)


def _codes_left(factors: list[Authenticator]) -> int | None:
    found = [factor for factor in factors if factor.type == Authenticator.Type.RECOVERY_CODES]
    # Counted by the marks of used ones: the codes themselves stay sealed.
    return 10 - found[0].data.get("used_mask", 0).bit_count() if found else None


@login_required
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    if not sessions.end_one(user=request.user, session_id=session_id):
        raise Http404
    messages.success(request, _("That device is logged out."))
    return redirect(f"{reverse('me')}#sessions")


@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    sessions.end_others(request)
    messages.success(request, _("You are logged out everywhere but here."))
    return redirect(f"{reverse('me')}#sessions")


@login_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    form = ChangePasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_own_password(request, form):
        change_password(request=request, password=form.cleaned_data["new_password1"])
        messages.success(request, _("Your new password is in force. Everywhere but here you are logged out."))
        return redirect("start" if why_shut(request.user) else "me")
    return render(request, "accounts/password.html", {"form": form}, status=422 if form.errors else 200)


def _is_own_password(request: HttpRequest, form: ChangePasswordForm) -> bool:
    """Wrong ones are counted as at the login: an open session must not be a place to guess at."""
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        form.add_error("old_password", get_adapter().error_messages["rate_limited"])
    elif not request.user.check_password(form.cleaned_data["old_password"]):
        form.add_error("old_password", get_adapter().error_messages["incorrect_password"])
    return not form.errors


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        login = form.cleaned_data["login"]
        # Beyond the limit nothing is sent, and the page says the same.
        if ratelimit.consume(request, action="reset_password", key=login.lower()):
            password_forgotten(login=login)
        return redirect("password_forgotten_sent")
    return render(request, "accounts/forgotten.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def forgotten_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/forgotten_sent.html")


class PasswordByMail(PasswordResetConfirmView):
    """Django's: the token leaves the address for the session at once, is good for an hour, and for one change."""

    form_class = NewPasswordForm
    template_name = "accounts/password_by_mail.html"
    success_url = reverse_lazy("account_login")

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        reset_password(user=self.user, password=form.cleaned_data["new_password1"])
        self.request.session.pop("_password_reset_token", None)
        messages.success(self.request, _("Your new password is in force. Please log in with it."))
        return redirect(self.success_url)


@needs_fresh(Fresh.ACCOUNT)
@require_POST
def disconnect_house(request: HttpRequest, house: str) -> HttpResponse:
    if house not in NAMES or not disconnect(user=request.user, house=house):
        raise Http404
    messages.success(request, _("%(house)s is no longer connected.") % {"house": NAMES[house]})
    return redirect(f"{reverse('me')}#connected")
