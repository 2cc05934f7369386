"""Browsers tell here when a page asked for something that its policy forbids: an attack, or a mistake of ours.

Nothing of a report is kept but which rule it was and which page of ours, by the name of its view: addresses hold ids, and
a stranger can post here whatever they like. So many a minute from one address, and not more.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

log = structlog.get_logger(__name__)

MOST = 20
SECONDS = 60
MAX_BYTES = 16 * 1024
_DIRECTIVES = frozenset(
    f"{what}-src{part}"
    for what in ("default", "script", "style", "img", "font", "connect", "media", "object", "frame", "child", "worker", "manifest")
    for part in ("", "-elem", "-attr")
) | {"form-action", "frame-ancestors", "base-uri", "sandbox"}  # fmt: skip


@csrf_exempt
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Always the same empty answer, whatever came."""
    try:
        if _may_report(request) and len(body := request.read(MAX_BYTES + 1)) <= MAX_BYTES:
            for directive, page in _violations(body):
                log.warning("csp.violation", directive=directive, page=page)
    except (ValueError, TypeError, AttributeError, RecursionError):
        pass  # not a report; nobody is waiting for an answer
    return HttpResponse(status=204)


def _may_report(request: HttpRequest) -> bool:
    try:
        key = f"csp-reports:{get_adapter().get_client_ip(request)}"
    except PermissionDenied:  # no address to count by
        key = "csp-reports:unknown"
    cache.add(key, 0, SECONDS)
    try:
        return cache.incr(key) <= MOST
    except ValueError:  # the minute ended between the two
        return True


def _violations(body: bytes) -> list[tuple[str, str]]:
    """Which rule, on which page: from both forms in which browsers report."""
    given = json.loads(body)
    reports = given if isinstance(given, list) else [given]
    found = []
    for each in reports[:MOST]:
        facts: dict[str, Any] = each.get("csp-report") or each.get("body") or {}
        directive = (
            facts.get("effective-directive") or facts.get("effectiveDirective") or facts.get("violated-directive")
        )
        address = facts.get("document-uri") or facts.get("documentURL") or ""
        name = str(directive).partition(" ")[0]
        found.append((name if name in _DIRECTIVES else "other", _page(str(address))))
    return found


def _page(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).view_name or "unnamed"
    except (Resolver404, ValueError):
        return "unknown"
