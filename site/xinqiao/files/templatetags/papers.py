"""The papers of one record, for the record's own page: `{% papers_of case "case-paper" %}`."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django import template
from django.db import models
from django.utils import timezone

from xinqiao.files.attach import UNDO_FOR
from xinqiao.files.fields import AttachForm
from xinqiao.files.kinds import kind_called
from xinqiao.files.models import SealedFile

register = template.Library()


@dataclasses.dataclass(frozen=True)
class Row:
    """Attributes:
    until: the day until which a paper that was taken away can be brought back.
    """

    paper: SealedFile
    until: datetime.date | None


@register.simple_tag
def papers_among(owners: Sequence[models.Model], kind: str) -> dict[uuid.UUID, list[SealedFile]]:
    """The papers of several records at once, by record: one query, for `papers_line`."""
    found: dict[uuid.UUID, list[SealedFile]] = defaultdict(list)
    if owners:
        papers = SealedFile.objects.kept().with_content().filter(kind=kind, owner_id__in=[owner.pk for owner in owners])
        for paper in papers.only("owner_id", "made_at", "content_type"):
            found[paper.owner_id].append(paper)
    return dict(found)


@register.inclusion_tag("files/_papers_line.html", takes_context=True)
def papers_line(
    context: template.Context, owner: models.Model, kind: str, papers: dict[uuid.UUID, list[SealedFile]]
) -> dict[str, Any]:
    """Links to the papers of one of several records, and to the form that adds one. Asks the database nothing."""
    user, known = context["request"].user, kind_called(kind)
    return {
        "papers": papers.get(owner.pk, []) if known.may_read(user, owner) else [],
        "writes": known.may_write(user, owner),
        "kind": known,
        "owner_id": owner.pk,
    }


@register.inclusion_tag("files/_papers.html", takes_context=True)
def papers_of(context: template.Context, owner: models.Model, kind: str) -> dict[str, Any]:
    """The list, and the form to add one where the reader may. One query; nothing for who may not read them."""
    user, known = context["request"].user, kind_called(kind)
    shown = known.may_read(user, owner)
    writes = shown and known.may_write(user, owner)
    rows = []
    if shown:
        found = SealedFile.objects.of(owner, kind).with_content().select_related("made_by", "removed_by")
        for paper in found.defer("data_key", "sha256"):
            if paper.removed_at is None or writes:
                until = timezone.localdate(paper.removed_at + UNDO_FOR) if paper.removed_at else None
                rows.append(Row(paper, until))
    return {
        "shown": shown,
        "kind": known,
        "kept": [row for row in rows if row.until is None],
        "removed": [row for row in rows if row.until],
        "writes": writes,
        "form": AttachForm(auto_id=f"{kind}_%s"),
        "owner_id": owner.pk,
        "csrf_token": context.get("csrf_token"),
    }
