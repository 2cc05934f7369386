"""Everything that is encrypted, renewed under the newest key while people work.

A batch is one transaction: lock rows that nobody holds, open each value, seal it again, open that and compare, write
where the old value still stands, and say so on the trail. A row that is being saved is left to the end and waited for
alone, so nobody is overwritten and nobody waits for more than a batch. What is done stays done: a run that was stopped
or killed goes on where the columns say. How frozen rows are met stands in `columns`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from django.db import DatabaseError, connection, transaction
from psycopg.errors import LockNotAvailable

from xinqiao.audit.trail import record
from xinqiao.crypto.columns import Renewed, Table, encrypted_tables
from xinqiao.crypto.keyring import KeyRing, SealBroken, key_ring

BATCH = 200
_PATIENCE = "15s"


class RotationRefused(Exception):
    """Nothing was, or no more can be, renewed; says why in one sentence, without any value."""


@dataclasses.dataclass
class Rotation:
    """What a run did.

    Attributes:
        rows: rows renewed.
        old: ids of the older keys under which something lay.
        new: the id of the newest key.
        unreadable: places (`table.column.row`) whose value does not open; their rows are left as they are.
        left: other rows still under an older key: somebody held them all the while, or the run was stopped.
    """

    new: str
    old: list[str] = dataclasses.field(default_factory=list)
    rows: int = 0
    left: int = 0
    unreadable: list[str] = dataclasses.field(default_factory=list)
    stopped: bool = False


def rotate(
    *,
    batch: int = BATCH,
    progress: Callable[[str, int, int], None] = lambda table, done, total: None,
    stop: Callable[[], bool] = lambda: False,
    patience: str = _PATIENCE,
) -> Rotation:
    """Renew every value that lies under an older key.

    Args:
        batch: rows of one transaction.
        progress: called after each batch with the table, the rows done and the rows that were to be done.
        stop: asked before each batch.
        patience: how long, at the end, a row is waited for that somebody holds.

    Raises:
        RotationRefused: a value names a key that is not on the ring (nothing was changed), or the database refused.
    """
    ring = key_ring()
    tables = encrypted_tables()
    run = Rotation(new=ring.current, old=_older_keys(tables, ring))
    for table in tables:
        total = table.count_older(ring)
        before = run.rows
        # First in batches past whatever is locked, then what was locked, a row at a time and waiting for it.
        for size, wait in ((batch, ""), (1, patience)) if total else ():
            last: Any = None
            while not run.stopped:
                if stop():
                    run.stopped = True
                    break
                last = _next_batch(table, ring, run, size, last, wait)
                progress(table.name, run.rows - before, max(total, run.rows - before))
                if last is None:
                    break
    broken = {place.split(".", 1)[0] + place.rsplit(".", 1)[1] for place in run.unreadable}
    run.left = sum(table.count_older(ring) for table in tables) - len(broken)
    return run


def _older_keys(tables: list[Table], ring: KeyRing) -> list[str]:
    found = set()
    for table in tables:
        for key_id, count in table.keys_in_use().items():
            if key_id not in ring.ids:
                raise RotationRefused(
                    f"{table.name}: {count} values lie under a key that is not on the ring ({key_id[:12]!r})."
                    " Put it back into the keys file. Nothing was changed."
                )
            found.add(key_id)
    return sorted(found - {ring.current})


def _next_batch(table: Table, ring: KeyRing, run: Rotation, size: int, last: Any, wait: str) -> Any:
    """Renew the next rows after `last`; returns the last key seen, None where there is no more to be had."""
    try:
        with transaction.atomic():
            rows, renewed, unreadable = _renew_batch(table, ring, size, last, wait)
    except DatabaseError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            return None
        # Only its kind: the text of a database's error quotes the row.
        raise RotationRefused(f"{table.name}: the database refused ({type(error.__cause__).__name__}).") from None
    run.rows += renewed
    run.unreadable += [place for place in unreadable if place not in run.unreadable]
    return rows[-1][0] if rows else None


def _renew_batch(
    table: Table, ring: KeyRing, size: int, last: Any, wait: str
) -> tuple[list[tuple[Any, ...]], int, list[str]]:
    if wait:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [wait])
    rows = table.lock_older(ring, size, last, wait=bool(wait))
    renewed: list[Renewed] = []
    unreadable: list[str] = []
    for key, *stored in rows:
        try:
            renewed.append(_renew(table, ring, key, stored))
        except SealBroken:
            unreadable += _broken(table, ring, key, stored)
    if renewed:
        if (written := table.write(renewed)) != len(renewed):
            raise RotationRefused(f"{table.name}: {len(renewed) - written} rows changed under their lock.")
        record(
            actor=None,
            action="keys.rotate",
            details={"table": table.name, "rows": len(renewed), "to": ring.current},
        )
    return rows, len(renewed), unreadable


def _renew(table: Table, ring: KeyRing, key: Any, stored: list[str | None]) -> Renewed:
    pairs: list[tuple[str | None, str | None]] = []
    plain: dict[str, str] = {}
    for column, old in zip(table.columns, stored, strict=True):
        place = f"{column.place}.{key}"
        text = plain[column.name] = ring.decrypt(old, bound_to=place) if old else ""
        new = ring.encrypt(text, bound_to=place) if old else old
        if new and ring.decrypt(new, bound_to=place) != text:
            raise RotationRefused(f"{place}: the renewed value does not say the same.")
        pairs.append((old, new))
    return Renewed(key, pairs, [index.made_from(plain[index.of], ring) for index in table.indexes])


def _broken(table: Table, ring: KeyRing, key: Any, stored: list[str | None]) -> Iterator[str]:
    for column, value in zip(table.columns, stored, strict=True):
        try:
            if value:
                ring.decrypt(value, bound_to=f"{column.place}.{key}")
        except SealBroken:
            yield f"{table.name}.{column.column}.{key}"
