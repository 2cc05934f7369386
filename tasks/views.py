"""The demo school's mail in the browser. Outside of the demo these pages do not exist."""

from __future__ import annotations

import functools
from collections.abc import Callable

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from tasks.channels.mailbox import Mail, NoSuchMail, envelopes, open_mail

PER_PAGE = 20


def _demo_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @functools.wraps(view)
    def shown(request: HttpRequest, **kwargs: object) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, **kwargs)

    return shown


def _mail(name: str) -> Mail:
    try:
        return open_mail(name)
    except NoSuchMail as error:
        raise Http404 from error


@require_safe
@never_cache
@_demo_only
def mailbox(request: HttpRequest) -> HttpResponse:
    """All mail, newest first."""
    search = request.GET.get("q", "").strip()[:100]
    page = Paginator(envelopes(search), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "tasks/mailbox.html", {"page_obj": page, "search": search})


@require_safe
@never_cache
@csp_update({"frame-src": [SELF]})
@_demo_only
def mailbox_mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: its words, its look in a frame, and its files."""
    return render(request, "tasks/mailbox_mail.html", {"mail": _mail(name)})


@require_safe
@never_cache
@xframe_options_sameorigin
@csp_replace(
    {
        "default-src": [NONE],
        "script-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": ["data:"],
        "frame-ancestors": [SELF],
        "form-action": [NONE],
        "connect-src": [NONE],
        "font-src": [NONE],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
@_demo_only
def mailbox_html(request: HttpRequest, name: str) -> HttpResponse:
    """The mail as its sender wrote it: no script, no form, nothing from elsewhere, in a sandbox."""
    # Links open beside the mail and not inside of its frame.
    return HttpResponse(_mail(name).html.replace("<head>", '<head><base target="_blank">', 1))


@require_safe
@never_cache
@_demo_only
def mailbox_attachment(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """One file of a mail, always as a download."""
    try:
        attachment = _mail(name).attachments[number - 1] if number else None
    except IndexError:
        attachment = None
    if attachment is None:
        raise Http404
    return HttpResponse(
        attachment.content,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": content_disposition_header(True, attachment.filename),
            "X-Content-Type-Options": "nosniff",
        },
    )
