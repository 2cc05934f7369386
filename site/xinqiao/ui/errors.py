"""Plain pages for what cannot be shown.

A forbidden page and a missing one say the same words: whether a record exists is nobody's business without the right.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from xinqiao.accounts.second_factor import why_shut


def _not_for_you(request: HttpRequest, status: int) -> HttpResponse:
    return render(
        request,
        "ui/plain.html",
        {
            "heading": _("There is no page here that you can open"),
            "lead": _("The address may have changed, or the page belongs to somebody else's duties."),
            "lines": [
                _("If your work needs it, ask your school's administrator to look at your duties."),
                _("For a question about a child, speak to the counselor in person."),
            ],
        },
        status=status,
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    # A session that has yet to show more: the page says how.
    why = why_shut(request.user) if getattr(request, "user", None) is not None else ""
    return render(request, "accounts/shut.html", {"why": why}, status=403) if why else _not_for_you(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _not_for_you(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token does not fit: the page was open for long, or cookies are switched off."""
    return render(
        request,
        "ui/plain.html",
        {
            "heading": _("This form could not be sent"),
            "lead": _("The page had been open for a long time, or the browser refuses cookies."),
            "lines": [_("Go back, load the page again, and send it once more.")],
        },
        status=403,
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither database nor session: those may be what is broken."""
    return render(None, "500.html", status=500)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Not readable, too long, or for a host that is not ours: nothing that the request says of itself is used."""
    return render(None, "400.html", status=400)
