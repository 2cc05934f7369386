"""The issued letter as a file, and its pages as pictures for WeChat, which shows no PDF."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from screening.referrals.letter import LetterStopped, file_name, give_out, may_leave
from screening.referrals.views.found import referral_for
from tasks.pdf import render_pages
from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability as C
from xinqiao.accounts.fresh import Fresh, needs_fresh


def _file(content: bytes, kind: str, name: str, *, download: bool) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'{"attachment" if download else "inline"}; filename="{name}"'
    patch_cache_control(response, private=True, no_store=True)
    return response


@needs(C.REFER, C.READ_HIGH_NARRATIVE)
@needs_fresh(Fresh.EXPORT)
@require_safe
def letter(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    """The page with the picture, where a long press saves it."""
    referral = referral_for(request.user, referral_id)
    if not may_leave(referral):
        return redirect("screening:referral", referral.pk)
    response = render(request, "screening_referrals/letter.html", {"referral": referral})
    patch_cache_control(response, private=True, no_store=True)
    return response


@needs(C.REFER, C.READ_HIGH_NARRATIVE)
@needs_fresh(Fresh.EXPORT)
@require_safe
def pdf(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    referral = referral_for(request.user, referral_id)
    try:
        content = give_out(user=request.user, referral=referral, form="pdf")
    except LetterStopped as stopped:
        return _stopped(request, stopped)
    return _file(content, "application/pdf", file_name(referral, "pdf"), download=True)


@needs(C.REFER, C.READ_HIGH_NARRATIVE)
@needs_fresh(Fresh.EXPORT)
@require_safe
def picture(request: HttpRequest, referral_id: uuid.UUID, page: int) -> HttpResponse:
    referral = referral_for(request.user, referral_id)
    if page != 1:  # the letter is one page, whatever is written in it
        raise Http404
    try:
        pages = render_pages(give_out(user=request.user, referral=referral, form="picture"))
    except LetterStopped as stopped:
        return _stopped(request, stopped)
    return _file(pages[0], "image/png", file_name(referral, f"{page}.png"), download="download" in request.GET)


def _stopped(request: HttpRequest, stopped: LetterStopped) -> HttpResponse:
    """A plain sentence: nothing of the letter, and no file."""
    return render(request, "screening_referrals/stopped.html", {"sentence": str(stopped)}, status=409)
