"""How long a session lasts, asked at each request without a query: who may open a story is away for half an hour at most."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject, empty

from xinqiao.accounts import sessions
from xinqiao.accounts.identity import is_waiting
from xinqiao.accounts.kept_input import ask_script, is_from_script
from xinqiao.accounts.second_factor import Proof, asks_for_factor
from xinqiao.accounts.session_stamps import BEGAN, SEEN, SHORT, STRONG, WAITS

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_TOUCH_SECONDS = 300
# What is open to somebody whose password an administrator chose, until it is their own.
_BEFORE_OWN_PASSWORD = frozenset(
    {"account_change_password", "account_logout", "account_login", "choose_language", "help_now"}
)


class SessionLimitsMiddleware:
    """Stands after AuthenticationMiddleware, before all that asks who is there.

    The person stays unasked for until somebody asks: a page for everybody reads no session because of this.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.user
        within = SimpleLazyObject(lambda: _within_limits(request, asked))
        request.user = within
        response = self.get_response(request)
        # A login or logout has put another person there; their session is new.
        if request.user is within and within._wrapped is not empty and within.is_authenticated:
            _keep_alive(request, within._wrapped)
        return response

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        """Whoever has a password that an administrator chose takes their own before anything else."""
        # Without a session's cookie nobody is there: the page stays as it is for everybody.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return None
        if not request.user.must_change_password or request.resolver_match.view_name in _BEFORE_OWN_PASSWORD:
            return None
        page = reverse("account_change_password")
        return ask_script(request, page) if is_from_script(request) else HttpResponseRedirect(page)


def _within_limits(request: HttpRequest, user: Any) -> Any:
    if not user.is_authenticated:
        return user
    if is_over(request):
        request.session.flush()
        request._cached_user = AnonymousUser()
        return request._cached_user
    # The person itself and not Django's wrapper of it: what is remembered on it is asked for often.
    person = user._wrapped if isinstance(user, SimpleLazyObject) else user
    vars(person)["session_proof"] = Proof(
        strong=bool(request.session.get(STRONG)),
        still_waits=(lambda: _still_waits(request, person)) if request.session.get(WAITS) else None,
    )
    return person


def _still_waits(request: HttpRequest, person: Any) -> bool:
    waits = is_waiting(person)
    if not waits:
        request.session[WAITS] = False
    return waits


def is_over(request: HttpRequest) -> bool:
    """Whether the session was left unused, or has lasted, for too long. One without stamps is over."""
    began, seen = request.session.get(BEGAN), request.session.get(SEEN)
    if not isinstance(began, int) or not isinstance(seen, int):
        return True
    idle, whole = settings.XINQIAO_SESSION_MINUTES["short" if request.session.get(SHORT) else "long"]
    now = time.time()
    return now - seen > idle * 60 or now - began > whole * 60


def _keep_alive(request: HttpRequest, user: Any) -> None:
    """Note that it was used, once in some minutes; and meet a duty that opens stories and has begun since the login."""
    now = int(time.time())
    # Only where the page has asked for the duties anyway.
    if not request.session.get(SHORT) and user.__dict__.get("_appointments_by_day") and asks_for_factor(user):
        request.session[SHORT] = True
        sessions.rotate(request)
    if now - request.session.get(SEEN, now) >= _TOUCH_SECONDS:
        request.session[SEEN] = now
        sessions.seen(request)
