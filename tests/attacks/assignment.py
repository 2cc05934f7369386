"""Fields that no form has, posted to every form: whatever they name must stay as it is. The matrix posts them everywhere."""

from __future__ import annotations

import re
from typing import Any

from django.apps import apps
from django.db import connection, models

EXTRA = {
    "is_superuser": "on",
    "is_staff": "on",
    "is_active": "",
    "password": "pbkdf2_sha256$1$x$x",
    "user_permissions": "1",
    "school_id": "999999",
    "student_id": "999999",
    "made_by": "1",
    "made_by_id": "1",
    "created_by": "1",
    "author": "1",
    "requested_by": "1",
    "recorded_by": "1",
    "written_by": "1",
    "uploaded_by_user": "1",
    "id": "00000000-0000-0000-0000-000000000000",
    "pk": "1",
    "sha256": "x",
    "path": "/etc/passwd",
    "data_key": "00",
    "digest": "00",
    "code": "00000000",
}

_WATCHED = re.compile(
    r"is_superuser|is_staff|school_id|student_id|sha256|data_key|digest"
    r"|(made|created|requested|recorded|written|started|asked|declared|uploaded)_by(_id|_user_id)?|author_id"
)


def watched() -> dict[str, dict[Any, tuple[Any, ...]]]:
    """Of each row there is, the columns that no form may set: by table and key."""
    found: dict[str, dict[Any, tuple[Any, ...]]] = {}
    with connection.cursor() as cursor:
        for table, key, columns in _tables():
            cursor.execute(f"SELECT {key}, {', '.join(columns)} FROM {table}")
            found[table] = {row[0]: row[1:] for row in cursor.fetchall()}
    return found


def changed(before: dict[str, dict[Any, tuple[Any, ...]]]) -> list[str]:
    """Which of them are different now, in words. New rows are somebody's right; changed owners are not."""
    now = watched()
    return [
        f"{table} {key}: {values} became {now[table][key]}"
        for table, rows in before.items()
        for key, values in rows.items()
        if key in now[table] and now[table][key] != values
    ]


def _tables() -> list[tuple[str, str, list[str]]]:
    if not _found:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy and model.__module__.split(".")[0] != "wagtail":
                _found.extend(_of(model))
    return _found


_found: list[tuple[str, str, list[str]]] = []


def _of(model: type[models.Model]) -> list[tuple[str, str, list[str]]]:
    quote = connection.ops.quote_name
    columns = [
        quote(field.column) for field in model._meta.local_concrete_fields if _WATCHED.fullmatch(str(field.column))
    ]
    return [(quote(model._meta.db_table), quote(str(model._meta.pk.column)), columns)] if columns else []
