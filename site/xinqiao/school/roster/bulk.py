"""Writing many rows: COPY in the database's own text form, one table after the other, while the next one is being put together.

A second thread hands the rows over, so that the database works on one table while Python prepares the next. Foreign keys are
checked at the end of each COPY and not all together at the commit: that, too, happens beside Python's work.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any

from django.db import connection, models

_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
NOTHING = "\\N"


def table(model: type[models.Model]) -> str:
    """The model's table, quoted."""
    return connection.ops.quote_name(model._meta.db_table)


def text(value: str) -> str:
    """Text as COPY takes it."""
    return value.translate(_ESCAPED) if not value.isalnum() else value


def cell(value: Any) -> str:
    """Anything else as COPY takes it."""
    if value is None:
        return NOTHING
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, str):
        return text(value)
    if isinstance(value, int | datetime.date | uuid.UUID):
        return str(value)
    raise TypeError(f"COPY of {type(value).__name__}")


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """So many new keys."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [model._meta.db_table, model._meta.pk.column])
        sequence = cursor.fetchone()[0]
        cursor.execute("SELECT array_agg(nextval(%s::regclass)) FROM generate_series(1, %s)", [sequence, count])
        return cursor.fetchone()[0]


class Writer:
    """Copies tables in the order in which they are handed in; whoever leaves the block finds all of them written.

    Between `copy` and `wait` nobody else may use the connection.
    """

    def __enter__(self) -> Writer:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="roster-copy")
        self._handed_in: list[Future[None]] = []
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.wait()
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        finally:
            self._thread.shutdown()

    def copy(self, model: type[models.Model], fields: Iterable[str], lines: Iterable[str]) -> None:
        """Have these rows written, each as COPY takes it and without its line's end."""
        columns = ", ".join(connection.ops.quote_name(model._meta.get_field(name).column) for name in fields)
        data = "\n".join(lines)
        if data:
            statement = f"COPY {table(model)} ({columns}) FROM STDIN"
            self._handed_in.append(self._thread.submit(_copy, connection.connection, statement, data))

    def wait(self) -> None:
        """Until all that was handed in is written."""
        for each in self._handed_in:
            each.result()
        self._handed_in.clear()


def _copy(raw: Any, statement: str, data: str) -> None:
    with raw.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(data)
