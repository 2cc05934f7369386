"""A million entries of the trail verified, against plain SHA-256 over the same bytes."""

import datetime
import hashlib
import json
import re
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from django.db import connection, transaction

from benchmarks.measure import Figure
from xinqiao.audit.anchors import current_head
from xinqiao.audit.chain import canonical, seal, verify
from xinqiao.audit.models import AuditEntry
from xinqiao.audit.trail import record

ENTRIES, SECONDS, MEMORY_MB = 1_000_000, 60, 64
_COLUMNS = "id, at, action, target_type, target_id, student_id, details"


def measure() -> Iterator[Figure]:
    _fill()
    before = _peak_mb(afresh=True)
    began = time.perf_counter()
    verdict = verify()
    spent = time.perf_counter() - began
    grown = _peak_mb() - before
    yield Figure(
        f"verify_audit, {verdict.entries:,} entries", spent, "s", _plain(), f"< {SECONDS} s, floor plain SHA-256",
        verdict.ok and verdict.unsealed == 0 and spent < SECONDS,
    )  # fmt: skip
    yield Figure("verify_audit, memory above the start", grown, "MB", None, f"<= {MEMORY_MB} MB", grown <= MEMORY_MB)


def _fill() -> None:
    """Entries and links as the product makes them, by COPY, after what the demo school's trail holds."""
    record(actor=None, action="login.failed")
    seal()
    head = current_head("")
    position, digest = head.position, head.digest
    first = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
    begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    facts = {"level": "priority", "overruled": False, "version": 3}
    with transaction.atomic(), connection.cursor() as cursor:
        with cursor.copy(f"COPY audit_auditentry ({_COLUMNS}) FROM STDIN") as copy:
            for key in range(first, first + ENTRIES):
                copy.write_row(_row(key, begin, facts))
        with cursor.copy("COPY audit_auditlink (position, entry_id, digest) FROM STDIN") as copy:
            for key in range(first, first + ENTRIES):
                _key, at, action, kind, target, student, _facts = _row(key, begin, facts)
                digest = hashlib.sha256(
                    digest + canonical(key, at, None, action, kind, target, student, facts)
                ).digest()
                position += 1
                copy.write_row((position, key, digest))
        cursor.execute("SELECT setval(pg_get_serial_sequence('audit_auditentry', 'id'), %s)", [first + ENTRIES])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audit_auditentry, audit_auditlink")


def _row(key: int, begin: datetime.datetime, facts: dict) -> tuple:
    at = begin + datetime.timedelta(milliseconds=key)
    target = f"0190a1b2-3c4d-7e5f-8a9b-{key:012x}"
    return key, at, "case.read_narrative", "screening_cases.case", target, key % 50_000, json.dumps(facts)


def _plain() -> float:
    """Seconds of SHA-256 alone over the bytes of all entries, each together with the digest before."""
    spent, digest = 0.0, bytes(32)
    entries = AuditEntry.objects.order_by("pk").values_list(
        "pk", "at", "actor", "action", "target_type", "target_id", "student_id", "details"
    )
    waiting: list[bytes] = []
    for row in entries.iterator(chunk_size=2000):
        waiting.append(canonical(*row))
        if len(waiting) == 20_000:
            began = time.perf_counter()
            for text in waiting:
                digest = hashlib.sha256(digest + text).digest()
            spent += time.perf_counter() - began
            waiting.clear()
    return spent


def _peak_mb(*, afresh: bool = False) -> float:
    """This process's highest memory; on Linux it can be counted afresh from now on."""
    if Path("/proc/self/clear_refs").exists():
        if afresh:
            Path("/proc/self/clear_refs").write_text("5")
        status = Path("/proc/self/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
