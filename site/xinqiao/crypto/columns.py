"""The tables that have encrypted columns, and the few statements by which their values are renewed in place.

Frozen rows (a completed assessment, an issued letter) are renewed too: for the one UPDATE of a batch, inside of its
transaction, the freezing triggers of that one table are passed over by name. The statement names no column but the
encrypted ones and their indexes, and writes only where the value that was read still stands.
"""

from __future__ import annotations

import contextlib
import dataclasses
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection, models

from xinqiao.crypto.fields import EncryptedTextField
from xinqiao.crypto.index import BlindIndexField, indexes_of
from xinqiao.crypto.keyring import KeyRing


@dataclasses.dataclass(frozen=True)
class Table:
    """A table that has encrypted columns."""

    model: type[models.Model]
    columns: tuple[EncryptedTextField, ...]
    indexes: tuple[BlindIndexField, ...]

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        """The column of the primary key, quoted."""
        return _quoted(self.model._meta.pk)

    def freezing(self) -> list[str]:
        """The triggers that may refuse a change of what this table holds; those that guard states stay in force."""
        return [
            f"{self.model._meta.label}:{trigger.name}"
            for trigger in getattr(self.model._meta, "triggers", [])
            if isinstance(trigger, pgtrigger.Protect) and "UPDATE" in str(trigger.operation)
        ]

    def keys_in_use(self) -> dict[str, int]:
        """The ids of the keys under which values lie, and how many under each."""
        found: dict[str, int] = {}
        with connection.cursor() as cursor:
            for column in map(_quoted, self.columns):
                cursor.execute(
                    f"SELECT split_part({column}, '.', 2), count(*) FROM {_named(self.name)}"  # noqa: S608 - our own names
                    f" WHERE {column} <> '' GROUP BY 1"
                )
                for key_id, count in cursor.fetchall():
                    found[key_id] = found.get(key_id, 0) + count
        return found

    def count_older(self, ring: KeyRing) -> int:
        """The rows that have a value under an older key."""
        older, values = self._older(ring)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {_named(self.name)} WHERE {older}", values)  # noqa: S608
            return cursor.fetchone()[0]

    def lock_older(self, ring: KeyRing, size: int, last: Any, *, wait: bool) -> list[tuple[Any, ...]]:
        """Lock the next rows after the key `last` that have a value under an older key: key and columns of each.

        Without `wait`, rows that somebody holds are passed over.
        """
        older, values = self._older(ring)
        after = ""
        if last is not None:
            after, values = f" AND {self.key} > %s", [*values, last]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {', '.join([self.key, *map(_quoted, self.columns)])} FROM {_named(self.name)}"  # noqa: S608
                f" WHERE ({older}){after} ORDER BY {self.key} LIMIT {size}"
                f" FOR NO KEY UPDATE{'' if wait else ' SKIP LOCKED'}",
                values,
            )
            return cursor.fetchall()

    def write(self, rows: list[Renewed]) -> int:
        """Write renewed values where the old ones still stand; the only statement past a freeze. How many rows it met."""
        count = len(self.columns)
        names = ["k", *(f"{kind}{n}" for n in range(count) for kind in ("o", "n"))]
        names += [f"i{n}" for n in range(len(self.indexes))]
        sets = [f"{_quoted(column)} = v.n{n}" for n, column in enumerate(self.columns)]
        sets += [f"{_quoted(index)} = v.i{n}" for n, index in enumerate(self.indexes)]
        same = [f"t.{_quoted(column)} IS NOT DISTINCT FROM v.o{n}" for n, column in enumerate(self.columns)]
        line = "(%s, " + ", ".join(["%s::text"] * (len(names) - 1)) + ")"
        statement = (
            f"UPDATE {_named(self.name)} t SET {', '.join(sets)}"  # noqa: S608
            f" FROM (VALUES {', '.join([line] * len(rows))}) v({', '.join(names)})"
            f" WHERE t.{self.key} = v.k AND {' AND '.join(same)}"
        )
        freezing = self.freezing()
        with pgtrigger.ignore(*freezing) if freezing else contextlib.nullcontext(), connection.cursor() as cursor:
            cursor.execute(statement, [value for row in rows for value in row.values()])
            return cursor.rowcount

    def _older(self, ring: KeyRing) -> tuple[str, list[Any]]:
        older = " OR ".join(f"({c} <> '' AND NOT starts_with({c}, %s))" for c in map(_quoted, self.columns))
        return older, [ring.mark(ring.current)] * len(self.columns)


@dataclasses.dataclass(frozen=True)
class Renewed:
    """One row: its key, old and new of each encrypted column, and its indexes."""

    key: Any
    pairs: list[tuple[str | None, str | None]]
    indexes: list[str]

    def values(self) -> list[Any]:
        return [self.key, *(value for pair in self.pairs for value in pair), *self.indexes]


def encrypted_tables() -> list[Table]:
    """Every table with encrypted columns, found from the models."""
    tables = []
    for model in apps.get_models(include_auto_created=True):
        fields = model._meta.local_concrete_fields
        columns = tuple(field for field in fields if isinstance(field, EncryptedTextField))
        if columns and model._meta.managed and not model._meta.proxy:
            tables.append(Table(model, columns, tuple(indexes_of(model))))
    return sorted(tables, key=lambda table: table.name)


def _quoted(field: models.Field) -> str:
    return _named(str(field.column))


def _named(name: str) -> str:
    return connection.ops.quote_name(name)
