"""Records that are seen exactly by whoever sees the record they belong to: `seen_through` names it."""

from __future__ import annotations

from typing import Any

from django.db import models


class SeenThrough(models.QuerySet):
    """For a model whose attribute `seen_through` names its relation to a record with a `visible_to` of its own."""

    def visible_to(self, user: Any) -> SeenThrough:
        relation: str = self.model.seen_through  # type: ignore[attr-defined]
        above = self.model._meta.get_field(relation).related_model
        return self.filter(**{f"{relation}__in": above._default_manager.all().visible_to(user)})
