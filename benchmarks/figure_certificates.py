"""Certificates as PDF, warm, on one core, beside a page with one line from the same typesetter."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.measure import Figure, beside
from tasks.typeset import typeset
from training.certificate_document import certificate_pdf
from training.models import Certificate

AT_LEAST, LIMIT_KB = 50, 30
_ONE_LINE = "<!doctype html><html lang='zh-Hans'><title>证书</title><p>心桥</p></html>"


def measure() -> Iterator[Figure]:
    certificate = Certificate.objects.first()
    with _one_core():
        value, floor = beside(
            lambda: certificate_pdf(certificate), lambda: typeset(_ONE_LINE, title="", whole_font=False)
        )
    yield Figure("certificates, warm, one core", value, "/s", floor, f">= {AT_LEAST}/s", value >= AT_LEAST)
    size = max(len(certificate_pdf(each)) for each in Certificate.objects.all()[:10]) / 1024
    yield Figure("largest of ten certificates", size, "KB", None, f"<= {LIMIT_KB} KB", size <= LIMIT_KB)


@contextmanager
def _one_core() -> Iterator[None]:
    """Where the system can, this process keeps to one core."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
