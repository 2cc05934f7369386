"""Stories and what leaves the house ask for a fresh proof: `@needs_fresh(Fresh.NARRATIVE)` under or above `@needs`.

Who was away from the desk is asked once for password, code or passkey, and goes on where they were. A post that comes too late is
kept as `kept_input` keeps one, and is sent on by the person's own press; a script gets 401 and the address to go to.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from enum import Enum
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from xinqiao.accounts.kept_input import ask_script, is_from_script, keep_request
from xinqiao.accounts.session_stamps import seconds_since_proof


class Fresh(Enum):
    """For what a proof is asked; how old it may be stands in the setting XINQIAO_FRESH_MINUTES."""

    NARRATIVE = "narrative"  # opening a child's story
    EXPORT = "export"  # taking children's data out: files, prints
    ACCOUNT = "account"  # one's own password, factors and sessions


def is_fresh(request: HttpRequest, kind: Fresh) -> bool:
    """Whether the person of this session has shown who they are recently enough."""
    return seconds_since_proof(request) <= settings.XINQIAO_FRESH_MINUTES[kind.value] * 60


def needs_fresh(kind: Fresh = Fresh.NARRATIVE) -> Callable:
    """Decorate a view: login first, then a proof that is fresh enough for this kind."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @login_required
        @functools.wraps(view)
        def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            return view(request, *args, **kwargs) if is_fresh(request, kind) else ask_again(request)

        vars(checked)["fresh"] = kind  # read by whoever lists the views' demands
        return checked

    return wrap


def ask_again(request: HttpRequest) -> HttpResponse:
    """To the page that asks for a proof, and from there back here; nothing typed is lost."""
    page = reverse("account_reauthenticate")
    if is_from_script(request):
        return ask_script(request, page)
    if request.method in {"GET", "HEAD"}:
        after = request.get_full_path()
    else:
        # Too large to keep, or with files: the form's own page asks again.
        after = keep_request(request, request.user.pk) or reverse("start")
    return HttpResponseRedirect(f"{page}?{urlencode({'next': after})}")
