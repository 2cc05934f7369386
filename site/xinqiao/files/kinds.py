"""What a paper may belong to. Each app that has such a record says who may read, add and take away; the rest is refused.

The registry knows no app above it: an app registers its kinds in its `apps.py`.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.http import Http404

if TYPE_CHECKING:
    from xinqiao.accounts.models import User
    from xinqiao.school.models import School, Student


@dataclasses.dataclass(frozen=True)
class Kind:
    """One kind of paper.

    Attributes:
        key: such as `case-paper`; stands in the row, in the address of the form and on the trail.
        owner: the model of the record it belongs to, as `app.Model`.
        name: what a paper of this kind is called.
        hint: which papers belong here, in one sentence.
        within: (user, owner id) to the record within this person's sight, or None.
        may_read: whether this person may open the paper; asked again at each act.
        may_take_out: whether this person may have it as a file.
        may_write: whether this person may add one and take one away.
        of: the school and the child, if any, whose paper it is.
        page: the address of the record's own page, to come back to.
    """

    key: str
    owner: str
    name: Any
    hint: Any
    within: Callable[[User, uuid.UUID], models.Model | None]
    may_read: Callable[[User, Any], bool]
    may_take_out: Callable[[User, Any], bool]
    may_write: Callable[[User, Any], bool]
    of: Callable[[Any], tuple[School, Student | None]]
    page: Callable[[Any], str]

    def owner_for(self, user: User, owner_id: uuid.UUID) -> models.Model:
        """The record within this person's sight.

        Raises:
            Http404: there is none, or it is somebody else's.
        """
        found = self.within(user, owner_id)
        if found is None:
            raise Http404
        return found


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Called from an app's `ready`."""
    if _kinds.get(kind.key, kind).owner != kind.owner:
        raise ValueError(f"two kinds of paper are called {kind.key}")
    _kinds[kind.key] = kind


def kind_called(key: str) -> Kind:
    """Raises Http404 for a kind that nobody registered."""
    try:
        return _kinds[key]
    except KeyError:
        raise Http404 from None


def every_kind() -> list[Kind]:
    return list(_kinds.values())
