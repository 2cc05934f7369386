"""A person's own certificate: the page, the PDF, and the picture beside it for WeChat."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from training.certificate_document import certificate_pdf, certificate_picture, document_context, file_name, qr_svg
from training.enums import CertificateState
from training.models import Certificate
from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability


def _own(request: HttpRequest, certificate_id: uuid.UUID) -> Certificate:
    return get_object_or_404(Certificate.objects.visible_to(request.user).select_related("course"), pk=certificate_id)


@require_safe
@needs(Capability.LEARN)
def certificate(request: HttpRequest, certificate_id: uuid.UUID) -> HttpResponse:
    mine = _own(request, certificate_id)
    context = {
        **document_context(mine),
        "qr": qr_svg(mine),
        "course_url": mine.course.get_url(request),
        "expired": mine.valid_until < timezone.localdate(),
        "revoked": mine.state == CertificateState.REVOKED,
        "renewed": mine.state == CertificateState.RENEWED,
    }
    response = render(request, "training/certificate.html", context)
    patch_cache_control(response, private=True, no_store=True)
    return response


def _file(content: bytes, kind: str, name: str, *, download: bool) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    disposition = "attachment" if download else "inline"
    response["Content-Disposition"] = f'{disposition}; filename="{name}"'
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_safe
@needs(Capability.LEARN)
def certificate_pdf_file(request: HttpRequest, certificate_id: uuid.UUID) -> HttpResponse:
    mine = _own(request, certificate_id)
    return _file(certificate_pdf(mine), "application/pdf", file_name(mine, "pdf"), download=True)


@require_safe
@needs(Capability.LEARN)
def certificate_picture_file(request: HttpRequest, certificate_id: uuid.UUID) -> HttpResponse:
    """Shown in the page, where a long press saves it."""
    mine = _own(request, certificate_id)
    download = "download" in request.GET
    return _file(certificate_picture(mine), "image/png", file_name(mine, "png"), download=download)
