"""Nothing typed is lost when a session ends in the middle of a form.

A form that carries `{% form_owner %}` and is posted without a session (or with one that began since) is kept, encrypted, for half an
hour for the person to whom it was rendered. They log in, and send it on with one button. Passwords and files are not kept.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from xinqiao.accounts.form_owner import FIELD, owner_of
from xinqiao.accounts.models import KeptInput, User
from xinqiao.ui.errors import csrf_failure as plain_csrf_failure

LARGEST_BYTES = 256 * 1024
LASTS = datetime.timedelta(minutes=30)
MOST_FOR_ONE_PERSON = 10
KEPT_FIELD = "_kept"
_OUR_OWN = {FIELD, KEPT_FIELD, "csrfmiddlewaretoken"}
_SECRET_WORDS = ("password", "passwd", "passcode", "secret")


@transaction.atomic
def keep(*, owner_id: int, path: str, fields: list[tuple[str, str]]) -> KeptInput:
    """Keep the fields for half an hour. Of one person's, the newest few stay."""
    # The lock also refuses an owner who is gone or may no longer log in.
    owner = User.objects.select_for_update().get(pk=owner_id, is_active=True)
    kept = KeptInput(owner=owner, path=path, expires_at=timezone.now() + LASTS)
    kept.fields = json.dumps(fields, ensure_ascii=False)
    kept.save(force_insert=True)
    newest = KeptInput.objects.filter(owner=owner).order_by("-expires_at").values("pk")[:MOST_FOR_ONE_PERSON]
    KeptInput.objects.filter(owner=owner).exclude(pk__in=list(newest.values_list("pk", flat=True))).delete()
    return kept


def fields_of(kept: KeptInput) -> list[tuple[str, str]]:
    """Name and value, in the order in which the browser sent them."""
    return [(name, value) for name, value in json.loads(kept.fields)]


def expire(now: datetime.datetime | None = None) -> int:
    """Delete what nobody came back for. Returns how many."""
    return KeptInput.objects.filter(expires_at__lte=now or timezone.now()).delete()[0]


class KeptInputMiddleware:
    """Stands after AuthenticationMiddleware. Works in `process_view`, when the CSRF check has passed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        sent_on = getattr(request, "_sent_on", None)
        if sent_on is not None and response.status_code < 400:
            KeptInput.objects.filter(pk=sent_on, owner=request.user).delete()
        return response

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        if request.method != "POST":
            return None
        owner_id = owner_of(request)
        if owner_id is None:
            return None
        if request.user.is_authenticated:
            if request.user.pk == owner_id:
                request._sent_on = _uuid_or_none(request.POST.get(KEPT_FIELD))
                return None
            return _of_another_person(request, owner_id)
        if is_from_script(request):
            return _log_in_first(request)
        kept = keep_request(request, owner_id)
        return None if kept is None else HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': kept})}")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: a login in another tab has changed the token of every open form; what was typed is kept too.

    Nothing is carried out: the person sees the page with the button, and only their own press sends it on. A script is told
    the new token, which another site could not read.
    """
    owner_id = owner_of(request)
    if owner_id is None:
        return plain_csrf_failure(request, reason=reason)
    if is_from_script(request):
        if not request.user.is_authenticated:
            return _log_in_first(request)
        token = get_token(request)
        return JsonResponse({"csrf": token}, status=403, headers={"X-CSRFToken": token})
    if request.user.is_authenticated and request.user.pk != owner_id:
        return _of_another_person(request, owner_id)
    kept = keep_request(request, owner_id)
    # The page asks for the login itself where there is none.
    return plain_csrf_failure(request, reason=reason) if kept is None else HttpResponseRedirect(kept)


def is_from_script(request: HttpRequest) -> bool:
    """Whether fetch or HTMX asks: a redirect to a login page would be useless to it."""
    return "HX-Request" in request.headers or request.headers.get("Accept", "").startswith("application/json")


def keep_request(request: HttpRequest, owner_id: int) -> str | None:
    """Where the kept input waits; None where it cannot be kept (too large, with files, its owner gone)."""
    if request.FILES or int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BYTES:
        return None
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in _OUR_OWN and not any(word in name.lower() for word in _SECRET_WORDS)
        for value in values
    ]
    path = request.get_full_path()
    if len(path) > KeptInput._meta.get_field("path").max_length:
        path = request.path
    try:
        kept = keep(owner_id=owner_id, path=path, fields=fields)
    except User.DoesNotExist:
        return None
    return reverse("kept_input", args=[kept.pk])


def _log_in_first(request: HttpRequest) -> JsonResponse:
    return ask_script(request, reverse("account_login"))


def ask_script(request: HttpRequest, page: str) -> JsonResponse:
    """401 for a script: the page stands as it is, with all that was typed; it says "please log in again"."""
    here = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    after = urlsplit(here)._replace(scheme="", netloc="", fragment="").geturl()
    if not (after and url_has_allowed_host_and_scheme(here, {request.get_host()}, require_https=request.is_secure())):
        after = reverse("start")
    login = f"{page}?{urlencode({'next': after})}"
    return JsonResponse({"login": login}, status=401, headers={"X-Login": login, "HX-Reswap": "none"})


def _of_another_person(request: HttpRequest, owner_id: int) -> HttpResponse:
    """On a shared computer: the form was opened by someone else. Nothing is sent under the wrong name, nothing is lost."""
    if is_from_script(request):
        return JsonResponse({"reload": True}, status=409, headers={"HX-Reswap": "none"})
    kept = keep_request(request, owner_id)
    after = f"{reverse('account_login')}?{urlencode({'next': kept})}" if kept else reverse("account_login")
    return render(request, "accounts/another_person.html", {"kept": kept, "after": after}, status=409)


def _uuid_or_none(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None
