"""Anybody may ask whether a certificate is real. The answer shows the frozen facts, with the name masked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from training.certify import is_genuine
from training.codes import normal_code
from training.enums import CertificateState
from training.forms import LookupForm
from training.masking import masked_name
from training.models import Certificate
from training.throttle import too_many

LIMIT, WINDOW = 30, 60


def _answer(request: HttpRequest, template: str, context: dict, status: int = 200) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    patch_cache_control(response, private=True, no_store=True)
    return response


def _slow_down(request: HttpRequest) -> HttpResponse | None:
    if not too_many(request, what="certificate_verify", limit=LIMIT, seconds=WINDOW):
        return None
    response = _answer(request, "training/verify_slow.html", {}, status=429)
    response["Retry-After"] = str(WINDOW)
    return response


@require_safe
def certificate_lookup(request: HttpRequest) -> HttpResponse:
    """A field for the code, for those who hold paper and no camera."""
    form = LookupForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        code = normal_code(form.cleaned_data["code"])
        if code:
            return redirect("training:certificate_verify", code)
        return _answer(request, "training/verify.html", {"form": form, "standing": "malformed"})
    return _answer(request, "training/verify.html", {"form": form, "standing": ""})


def standing_of(certificate: Certificate, today) -> str:
    """valid, renewed, expired, revoked, or altered where the row no longer says what was issued."""
    if not is_genuine(certificate):
        return "altered"
    if certificate.state == CertificateState.REVOKED:
        return "revoked"
    if certificate.valid_until < today:
        return "expired"
    return "renewed" if certificate.state == CertificateState.RENEWED else "valid"


@require_safe
def certificate_verify(request: HttpRequest, code: str) -> HttpResponse:
    slow = _slow_down(request)
    if slow is not None:
        return slow
    asked = normal_code(code)
    if asked and asked != code:
        return redirect("training:certificate_verify", asked)
    certificate = Certificate.objects.filter(code=asked).first() if asked else None
    form = LookupForm(initial={"code": "" if certificate else code[:40]})
    if certificate is None:
        return _answer(request, "training/verify.html", {"form": form, "standing": "unknown"}, status=404)
    context = {
        "form": form,
        "standing": standing_of(certificate, timezone.localdate()),
        "certificate": certificate,
        "masked": masked_name(certificate.holder_name),
        "revoked_on": timezone.localdate(certificate.revoked_at) if certificate.revoked_at else None,
    }
    return _answer(request, "training/verify.html", context)
