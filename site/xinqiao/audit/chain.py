"""The hash chain over the trail.

Entries are written without a link, so that writers never queue on one lock; `seal()` links them in small batches
under an advisory lock. An entry that commits late simply gets a later position. `verify()` walks the links.
"""

import dataclasses
import datetime
import hashlib
import json

from django.db import connection, transaction
from django.utils import timezone

from xinqiao.audit.models import AuditEntry, AuditLink

_LOCK = 0x58514155  # "XQAU": one number for the whole database
_GENESIS = b"\0" * 32
_BATCH = 500


def digest(previous: bytes, entry: AuditEntry) -> bytes:
    """SHA-256 over the previous digest and the entry in canonical JSON (sorted keys, UTC, no blanks)."""
    canonical = json.dumps(
        {
            "id": entry.pk,
            "at": entry.at.astimezone(datetime.UTC).isoformat(timespec="microseconds"),
            "actor": entry.actor_id,
            "action": entry.action,
            "target_type": entry.target_type,
            "target_id": entry.target_id,
            "student": entry.student_id,
            "details": entry.details,
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(previous + canonical.encode()).digest()


def seal(*, batch: int = _BATCH) -> int:
    """Link every entry that has no link yet, oldest first. Returns how many were linked."""
    total = 0
    while sealed := _seal_batch(batch):
        total += sealed
    return total


def _seal_batch(batch: int) -> int:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = AuditLink.objects.order_by("-position").first()
        position, head = (last.position, bytes(last.digest)) if last else (0, _GENESIS)
        links = []
        for entry in AuditEntry.objects.filter(link__isnull=True).order_by("pk")[:batch]:
            position += 1
            head = digest(head, entry)
            links.append(AuditLink(position=position, entry=entry, digest=head))
        AuditLink.objects.bulk_create(links)
    return len(links)


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What verification found.

    Attributes:
        entries: entries in the trail, sealed or not.
        unsealed: of these, how many wait for their link.
        first_bad: what is wrong first, in one sentence; None when the chain holds.
    """

    entries: int
    unsealed: int
    oldest_unsealed: datetime.datetime | None
    first_bad: str | None

    @property
    def ok(self) -> bool:
        return self.first_bad is None


def verify() -> Verdict:
    """Walk the chain from its first link and stop at the first that does not hold."""
    first_bad = None
    head, expected = _GENESIS, 0
    with transaction.atomic():
        links = AuditLink.objects.select_related("entry").order_by("position")
        for link in links.iterator(chunk_size=2000):
            expected += 1
            if link.position != expected:
                first_bad = f"position {expected} is missing (next is {link.position})"
                break
            head = digest(head, link.entry)
            if head != bytes(link.digest):
                first_bad = f"entry {link.entry_id} at position {link.position} was changed or moved"
                break
        waiting = AuditEntry.objects.filter(link__isnull=True)
        return Verdict(
            entries=AuditEntry.objects.count(),
            unsealed=waiting.count(),
            oldest_unsealed=waiting.order_by("at").values_list("at", flat=True).first(),
            first_bad=first_bad,
        )


def stale(verdict: Verdict, now: datetime.datetime | None = None) -> bool:
    """Whether the unsealed tail is older than the minute that is promised."""
    now = now or timezone.now()
    return verdict.oldest_unsealed is not None and now - verdict.oldest_unsealed > datetime.timedelta(minutes=1)
