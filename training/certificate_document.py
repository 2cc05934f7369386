"""A certificate as PDF and as picture, from its frozen facts alone, so that it looks the same in ten years."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import segno
from django.conf import settings
from django.urls import reverse

from tasks.documents import document
from tasks.pdf import render_pages, render_pdf
from training.models.certificates import Certificate

_TEMPLATES = {"2026-1": "training/pdf/certificate_2026_1.html"}


_PICTURE_WIDTH = 1754  # A4 across at 150 dpi


def verify_url(certificate: Certificate) -> str:
    """The public address that the QR code opens."""
    return settings.BASE_URL.rstrip("/") + reverse("training:certificate_verify", args=[certificate.code])


def _qr(certificate: Certificate) -> segno.QRCode:
    # One mask for all: weighing the eight against each other takes most of the time, and every reader knows each.
    return segno.make(verify_url(certificate), error="m", micro=False, mask=3)


def qr_svg(certificate: Certificate) -> str:
    """The code as an inline SVG without style attributes; always dark on light, or cameras fail in dark mode."""
    return _qr(certificate).svg_inline(
        border=2, dark="#14302f", light="#ffffff", omitsize=True, svgclass="qr", lineclass=None
    )


def document_context(certificate: Certificate) -> dict[str, Any]:
    """What the page and the paper both say."""
    return {
        "certificate": certificate,
        "verify_address": verify_url(certificate),
        "verify_host": settings.BASE_URL.rstrip("/") + reverse("training:certificate_lookup"),
        "fingerprint": " ".join(certificate.digest[i : i + 8] for i in range(0, 32, 8)),
    }


def certificate_pdf(certificate: Certificate) -> bytes:
    # A small picture with sharp edges: as a drawing its outlines would take a fifth of the whole document's time.
    picture = _qr(certificate).png_data_uri(scale=4, border=2, dark="#14302f", light="#ffffff")
    return render_pdf(
        _TEMPLATES[certificate.template_revision], {**document_context(certificate), "qr_picture": picture}
    )


def certificate_picture(certificate: Certificate) -> bytes:
    """The first page as PNG, for WeChat, which shows no PDF."""
    return render_pages(certificate_pdf(certificate), width=_PICTURE_WIDTH)[0]


def file_name(certificate: Certificate, ending: str) -> str:
    """Named by its code: a person's name does not belong into download lists."""
    return str(PurePosixPath(f"{certificate.code}.{ending}"))


@document("training.certificate")
def attached_certificate(certificate: str) -> tuple[str, str, bytes]:
    """The file that goes with the mail, made when the mail is sent."""
    found = Certificate.objects.get(pk=certificate)
    return file_name(found, "pdf"), "application/pdf", certificate_pdf(found)
