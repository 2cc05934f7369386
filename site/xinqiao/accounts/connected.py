"""Logins of other houses (DingTalk, Feishu, WeChat Work, WeChat): connected to an account that exists, never a way to get one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinqiao.accounts.fresh import Fresh, ask_again, is_fresh
from xinqiao.accounts.models import User
from xinqiao.accounts.tell import tell
from xinqiao.audit.trail import record

NAMES = {
    "dingtalk": gettext_lazy("DingTalk"),
    "feishu": gettext_lazy("Feishu"),
    "wecom": gettext_lazy("WeChat Work"),
    "weixin": gettext_lazy("WeChat"),
}


class ConnectedLoginAdapter(DefaultSocialAccountAdapter):
    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """From the settings alone: secrets of other houses lie in no table, and the login page asks none."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Nothing of what the other house says about the person is taken over."""
        return sociallogin.user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Whoever is known goes on. A name, a picture or a telephone that the other house sends along is not kept."""
        sociallogin.account.extra_data = {}
        house = NAMES.get(sociallogin.account.provider, sociallogin.account.provider)
        if sociallogin.state.get("process") == "connect":
            return
        if sociallogin.is_existing:
            if not sociallogin.user.is_active:
                self._back_to_login(request, house)
            return
        self._back_to_login(request, house)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        messages.error(
            request,
            _("%(house)s did not confirm who you are. Try once more, or log in with your password.")
            % {"house": NAMES.get(provider.id, provider.id)},
        )
        raise ImmediateHttpResponse(redirect("me" if request.user.is_authenticated else "account_login"))

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        return f"{reverse('me')}#connected"

    def _back_to_login(self, request: HttpRequest, house: Any) -> None:
        """The same words for whoever is not connected and whoever may no longer log in."""
        messages.warning(
            request,
            _(
                "This %(house)s login belongs to no account here. Log in with your password and connect it under My account."
            )
            % {"house": house},
        )
        raise ImmediateHttpResponse(redirect("account_login"))


def houses_on(request: HttpRequest) -> list[dict[str, Any]]:
    """The other houses whose logins are switched on: key, name, and where their login begins."""
    on = {app.provider for app in ConnectedLoginAdapter(request).list_apps(request)}
    return [{"key": key, "name": name, "url": reverse(f"{key}_login")} for key, name in NAMES.items() if key in on]


def only_if_on(house: str, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A house that is not switched on has no pages."""

    @functools.wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not ConnectedLoginAdapter(request).list_apps(request, provider=house):
            raise Http404
        return view(request, *args, **kwargs)

    return checked


def begins(house: str, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The way to another house; to connect it, from an account whose person has just shown who they are."""

    @functools.wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        wants_to_connect = "connect" in {request.GET.get("process"), request.POST.get("process")}
        if wants_to_connect and not (request.user.is_authenticated and is_fresh(request, Fresh.ACCOUNT)):
            return redirect_to_login(reverse("me")) if not request.user.is_authenticated else ask_again(request)
        return view(request, *args, **kwargs)

    return only_if_on(house, checked)


def on_connected(sender: Any, request: HttpRequest, sociallogin: SocialLogin, **kwargs: Any) -> None:
    """allauth has connected another house's login to the account of this session."""
    house = sociallogin.account.provider
    record(actor=request.user, action="login.connect", target=request.user, details={"house": house})
    tell(request.user, "connected", house=house)


@transaction.atomic
def disconnect(*, user: User, house: str) -> bool:
    """End a connection; the password remains as the way in. Returns whether there was one."""
    deleted, _rows = SocialAccount.objects.filter(user=user, provider=house).delete()
    if deleted:
        record(actor=user, action="login.disconnect", target=user, details={"house": house})
        tell(user, "disconnected", house=house)
    return bool(deleted)
