"""The certificate of an erasure, for the guardian: a PDF and the same as a picture. It names no child, but the reference."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from tasks.pdf import render_pages, render_pdf
from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability as C
from xinqiao.audit.trail import record
from xinqiao.records.assemble import LANGUAGE
from xinqiao.records.enums import ErasureState
from xinqiao.records.erase import erased_in_words, kept_in_words
from xinqiao.records.models import Erasure
from xinqiao.records.views.common import as_file

TEMPLATE = "records/pdf/certificate.html"


@require_safe
@needs(C.ERASE_FILE)
def pdf(request: HttpRequest, erasure_id: uuid.UUID) -> HttpResponse:
    found = _found(request, erasure_id)
    return as_file(_made(request, found, "pdf"), "application/pdf", f"erased-{found.reference}.pdf", download=True)


@require_safe
@needs(C.ERASE_FILE)
def picture(request: HttpRequest, erasure_id: uuid.UUID) -> HttpResponse:
    found = _found(request, erasure_id)
    pages = render_pages(_made(request, found, "picture"), max_pages=1)
    return as_file(pages[0], "image/png", f"erased-{found.reference}.png", download=False)


def certificate(erasure: Erasure) -> bytes:
    """The document; Chinese, whatever language the page is read in."""
    with translation.override(LANGUAGE):
        context = {
            "erasure": erasure,
            "school": erasure.school,
            "day": timezone.localdate(erasure.answered_at),
            "erased": erased_in_words(erasure),
            "kept": kept_in_words(erasure),
            "apart": any(each["class"] != "directory" for each in erasure.kept),
        }
        return render_pdf(TEMPLATE, context)


def _made(request: HttpRequest, found: Erasure, form: str) -> bytes:
    made = certificate(found)
    record(
        actor=request.user,
        action="records.certificate",
        target=found,
        student_id=found.student_id,
        details={"form": form},
    )
    return made


def _found(request: HttpRequest, erasure_id: uuid.UUID) -> Erasure:
    found = get_object_or_404(Erasure.objects.visible_to(request.user).select_related("school"), pk=erasure_id)
    if found.state != ErasureState.DONE:
        raise Http404
    return found
