"""The hash chain over the trail: made by `seal`, walked by `verify`.

Entries are written without a link, so that writers never queue on one lock; `seal()` links them in small batches
under an advisory lock. An entry that commits late simply gets a later position. `verify()` walks the links.
"""

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from xinqiao.audit.models import AuditEntry, AuditLink

_LOCK = 0x58514155  # "XQAU": one number for the whole database
_GENESIS = b"\0" * 32
_BATCH = 500
_CHUNK = 2000
SEAL_WINDOW = 100_000
"""How far back the seal of every half minute looks; the daily one looks at all."""


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
# The entry's columns, in the order in which `canonical` takes them.
_COLUMNS = ("id", "at", "actor_id", "action", "target_type", "target_id", "student_id", "details")


def canonical(
    key: int,
    at: datetime.datetime,
    actor: int | None,
    action: str,
    target_type: str,
    target_id: str,
    student: int | None,
    details: Any,
) -> bytes:
    """The entry as canonical JSON: sorted keys, UTC, no blanks."""
    return _encode(
        {
            "id": key,
            "at": at.astimezone(datetime.UTC).isoformat(timespec="microseconds"),
            "actor": actor,
            "action": action,
            "target_type": target_type,
            "target_id": target_id,
            "student": student,
            "details": details,
        }
    ).encode()


def digest(previous: bytes, entry: AuditEntry) -> bytes:
    """SHA-256 over the previous digest and the entry."""
    return hashlib.sha256(previous + canonical(*(getattr(entry, name) for name in _COLUMNS))).digest()


def seal(*, batch: int = _BATCH, window: int | None = None) -> int:
    """Link every entry that has no link yet, oldest first. Returns how many were linked.

    Args:
        batch: entries of one transaction.
        window: look back only so many keys from the last linked one, which does not grow dearer with the trail. An
            entry that commits later than that is found by the next call without it.
    """
    total = 0
    while sealed := _seal_batch(batch, window):
        total += sealed
    return total


def waiting(window: int | None = None) -> QuerySet[AuditEntry]:
    """The entries without a link."""
    found = AuditEntry.objects.filter(link__isnull=True)
    if window is None:
        return found
    newest = AuditLink.objects.aggregate(newest=Max("entry_id"))["newest"] or 0
    return found.filter(pk__gt=newest - window)


def _seal_batch(batch: int, window: int | None) -> int:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = AuditLink.objects.order_by("-position").first()
        position, head = (last.position, bytes(last.digest)) if last else (0, _GENESIS)
        links = []
        for entry in waiting(window).order_by("pk")[:batch]:
            position += 1
            head = digest(head, entry)
            links.append(AuditLink(position=position, entry=entry, digest=head))
        AuditLink.objects.bulk_create(links)
    return len(links)


@dataclasses.dataclass(frozen=True)
class Anchor:
    """The head of the chain as it was noted outside of the database.

    Attributes:
        noted: when or where, in a word for people: a day, or "the last seal".
    """

    position: int
    digest: bytes
    noted: str


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


def verify(anchors: Iterable[Anchor] = (), progress: Callable[[int], None] = lambda position: None) -> Verdict:
    """Walk the chain from its first link and stop at the first that does not hold.

    Args:
        anchors: heads noted outside. Whoever has power over the database can write a whole chain anew or cut off its
            end, and it holds in itself; against these it does not.
        progress: called now and then with the position reached.
    """
    noted: dict[int, list[Anchor]] = {}
    for anchor in anchors:
        noted.setdefault(anchor.position, []).append(anchor)
    with transaction.atomic():
        first_bad = _first_bad(noted, progress)
        unlinked = waiting()
        return Verdict(
            entries=AuditEntry.objects.count(),
            unsealed=unlinked.count(),
            oldest_unsealed=unlinked.order_by("at").values_list("at", flat=True).first(),
            first_bad=first_bad,
        )


def _first_bad(noted: dict[int, list[Anchor]], progress: Callable[[int], None]) -> str | None:
    head, expected = _GENESIS, 0
    columns = ", ".join(f"e.{name}" for name in _COLUMNS)
    # A cursor of the server's: memory stays the same however long the trail is.
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT l.position, l.digest, l.entry_id, {columns} FROM audit_auditlink l"  # noqa: S608 - our own columns
            " LEFT JOIN audit_auditentry e ON e.id = l.entry_id ORDER BY l.position"
        )
        while rows := cursor.fetchmany(_CHUNK):
            for position, stored, entry_id, key, at, actor, action, kind, target, student, details in rows:
                expected += 1
                if position != expected:
                    return f"position {expected} is missing (next is {position})"
                if key is None:
                    return f"entry {entry_id} at position {position} was removed"
                facts = json.loads(details) if isinstance(details, str) else details
                said = canonical(key, at, actor, action, kind, target, student, facts)
                head = hashlib.sha256(head + said).digest()
                if head != bytes(stored):
                    return f"entry {entry_id} at position {position} was changed or moved"
                for anchor in noted.get(position, ()):
                    if anchor.digest != head:
                        return f"the chain up to position {position} is another than was noted ({anchor.noted})"
            progress(expected)
    cut = [anchor for position in sorted(noted) if position > expected for anchor in noted[position]]
    if cut:
        return f"the end was cut off after position {expected}: position {cut[0].position} was noted ({cut[0].noted})"
    return None


def stale(oldest_unsealed: datetime.datetime | None, now: datetime.datetime | None = None) -> bool:
    """Whether the unsealed tail is older than the minute that is promised."""
    now = now or timezone.now()
    return oldest_unsealed is not None and now - oldest_unsealed > datetime.timedelta(minutes=1)
