"""Emptying rows that the database keeps for ever: the words go, the row stays, and counts remain true.

Most records of a child are frozen by triggers that refuse a change, rightly. As the renewal of keys does, the freezing triggers of
one model are passed over by name, for the UPDATE of these rows alone; triggers that guard states stay in force. Each use stands
within `records.erase` or a retention run, which writes it on the trail.
"""

from __future__ import annotations

import contextlib
from typing import Any

import pgtrigger
from django.db import connection, models

from xinqiao.crypto.fields import EncryptedTextField, Sealed, sealer
from xinqiao.crypto.index import indexes_of

GONE = "（已依法删除）"
"""What an emptied text says. It is sealed like any other, so that the rules which ask for a reason go on holding."""


class NotInTransaction(RuntimeError):
    """Rows are emptied together or not at all."""


def empty(rows: models.QuerySet, *, texts: tuple[str, ...] | None = None, **values: Any) -> int:
    """Overwrite every encrypted text of these rows and set the other columns as given; how many rows.

    Args:
        rows: of one model.
        texts: the encrypted columns; None means all that the model has.
        values: other columns, such as the child to whom the emptied row belongs from now on.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction
    model = rows.model
    names = [f.name for f in model._meta.local_concrete_fields if isinstance(f, EncryptedTextField)]
    names = [name for name in names if texts is None or name in texts]
    seal = {name: sealer(model, name) for name in names}
    blank = {index.name: "" for index in indexes_of(model) if index.of in names}
    count = 0
    with past_the_freeze(model):
        for pk, *stored in list(rows.order_by("pk").values_list("pk", *names)):
            gone = {name: Sealed(seal[name](pk, GONE)) for name, old in zip(names, stored, strict=True) if old}
            changed = {**gone, **blank, **values}
            if changed:
                model._base_manager.filter(pk=pk).update(**changed)
            count += 1
    return count


@contextlib.contextmanager
def past_the_freeze(model: type[models.Model]) -> Any:
    """Let changes of this model pass its freezing triggers, and no others."""
    freezing = [
        f"{model._meta.label}:{trigger.name}"
        for trigger in getattr(model._meta, "triggers", [])
        if isinstance(trigger, pgtrigger.Protect) and "UPDATE" in str(trigger.operation)
    ]
    with pgtrigger.ignore(*freezing) if freezing else contextlib.nullcontext():
        yield
