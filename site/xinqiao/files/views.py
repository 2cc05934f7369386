"""Pages of papers: add one, look at it, have it as a file, take it away, bring it back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.fresh import Fresh, needs_fresh
from xinqiao.audit.break_glass import emergency_of, leave_when_over
from xinqiao.files.attach import attach, bring_back, take_away
from xinqiao.files.errors import PaperRefused
from xinqiao.files.fields import AttachForm, TakeAwayForm
from xinqiao.files.kinds import kind_called
from xinqiao.files.models import SealedFile
from xinqiao.files.pages import page_picture
from xinqiao.files.reading import paper_for, read_paper, take_out, whose


def _closed(response: HttpResponseBase) -> HttpResponseBase:
    """A content of somebody else's: no browser guesses what it is, runs anything in it, or keeps it."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    patch_cache_control(response, private=True, no_store=True)
    return response


def _private(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, private=True, no_store=True)
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, kind: str, owner_id: uuid.UUID) -> HttpResponse:
    """Attach a photo or a PDF to a record."""
    known = kind_called(kind)
    owner = known.owner_for(request.user, owner_id)
    if not known.may_write(request.user, owner):
        raise NotPermitted(Capability.WRITE_CASE)
    form = AttachForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        try:
            attach(form.cleaned_data["paper"], to=owner, kind=kind, by=request.user)
        except PaperRefused as refused:
            form.add_error("paper", str(refused))
        else:
            messages.success(request, _("The paper is kept, sealed. Only those who may read this record can open it."))
            return redirect(known.page(owner) + "#papers")
    context = {"form": form, "kind": known, "owner_id": owner_id, "back": known.page(owner)}
    return _private(render(request, "files/add.html", context, status=422 if form.errors else 200))


@login_required
@needs_fresh(Fresh.NARRATIVE)
@require_safe
def paper(request: HttpRequest, paper_id: uuid.UUID) -> HttpResponse:
    """The page on which a paper is looked at."""
    return _paper_page(request, paper_for(request.user, paper_id))


def _paper_page(
    request: HttpRequest, found: SealedFile, form: TakeAwayForm | None = None, status: int = 200
) -> HttpResponse:
    kind, owner = whose(request.user, found)
    emergency = emergency_of(request.user, found.student_id)
    context = {
        "paper": found,
        "kind": kind,
        "back": kind.page(owner),
        "pages": range(1, found.pages + 1),
        "may_take_out": kind.may_take_out(request.user, owner),
        "form": (form or TakeAwayForm()) if kind.may_write(request.user, owner) else None,
        "emergency": emergency,
    }
    return leave_when_over(_private(render(request, "files/paper.html", context, status=status)), emergency)


@login_required
@needs_fresh(Fresh.NARRATIVE)
@require_safe
def page(request: HttpRequest, paper_id: uuid.UUID, page: int) -> HttpResponseBase:
    """One page as a picture."""
    found = paper_for(request.user, paper_id)
    if not 1 <= page <= found.pages:
        raise Http404
    picture, kind = page_picture(read_paper(user=request.user, paper=found, page=page), found.content_type, page)
    response = HttpResponse(picture, content_type=kind)
    response["Content-Disposition"] = f'inline; filename="page-{page}.{kind.rpartition("/")[2]}"'
    return _closed(response)


@login_required
@needs_fresh(Fresh.EXPORT)
@require_safe
def download(request: HttpRequest, paper_id: uuid.UUID) -> HttpResponseBase:
    """The paper as a file, under a name that says nothing."""
    found = paper_for(request.user, paper_id)
    response = StreamingHttpResponse(take_out(user=request.user, paper=found), content_type=found.content_type)
    response["Content-Disposition"] = f'attachment; filename="{found.neutral_name}"'
    response["Content-Length"] = str(found.size)
    return _closed(response)


@login_required
@require_POST
def remove(request: HttpRequest, paper_id: uuid.UUID) -> HttpResponse:
    """Out of sight, with a reason, and with a way back."""
    found = paper_for(request.user, paper_id)
    kind, owner = whose(request.user, found)
    if not kind.may_write(request.user, owner):
        raise NotPermitted(Capability.WRITE_CASE)
    form = TakeAwayForm(request.POST)
    if not form.is_valid():
        return _paper_page(request, found, form, status=422)
    try:
        take_away(paper=found, by=request.user, **form.cleaned_data)
    except PaperRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("The paper is taken away. It can be brought back for 30 days, then it is destroyed.")
        )
    return redirect(kind.page(owner) + "#papers")


@login_required
@require_POST
def restore(request: HttpRequest, paper_id: uuid.UUID) -> HttpResponse:
    found = paper_for(request.user, paper_id, removed=True)
    kind, owner = whose(request.user, found)
    try:
        bring_back(paper=found, by=request.user)
    except PaperRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The paper is back."))
    return redirect(kind.page(owner) + "#papers")
