"""The chain's head, noted outside of the database: in files beside it after each seal and each day, and by daily mail.

In the folder XINQIAO_ANCHORS (`var/anchors`): `2026-11-25.json` for a day, `head.json` for the last seal. Files in folders
below are not read: there lies what an administrator has put aside after a restore.
"""

from __future__ import annotations

import datetime
import fcntl
import json
import logging
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tasks.mail import queue_mail
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment, User
from xinqiao.audit.chain import Anchor
from xinqiao.audit.models import AuditLink

_HEAD = "head.json"
_DAY = re.compile(r"^\d{4}-\d\d-\d\d\.json$")
_log = logging.getLogger(__name__)


class AnchorUnreadable(ValueError):
    """A file of the folder, or what was typed, is no anchor; says which."""


def current_head(noted: str) -> Anchor | None:
    """The last link; None where nothing is sealed yet."""
    last = AuditLink.objects.order_by("-position").first()
    return Anchor(last.position, bytes(last.digest), noted) if last else None


def read_anchors() -> list[Anchor]:
    """All that was noted here, the oldest first.

    Raises:
        AnchorUnreadable: a file is no anchor.
    """
    folder = _folder()
    if not folder.is_dir():
        return []
    days = sorted(path for path in folder.iterdir() if _DAY.match(path.name))
    head = folder / _HEAD
    return [_read(path) for path in (*days, *([head] if head.exists() else ()))]


def last_day() -> Anchor | None:
    """The newest daily anchor that can be read."""
    folder = _folder()
    days = sorted((path for path in folder.iterdir() if _DAY.match(path.name)), reverse=True) if folder.is_dir() else []
    return _read(days[0]) if days else None


def parse_anchor(text: str) -> Anchor:
    """`position:digest`, as the mail gives it.

    Raises:
        AnchorUnreadable
    """
    match = re.fullmatch(r"(\d{1,18}):([0-9a-fA-F]{64})", text.strip())
    if not match or not int(match[1]):
        raise AnchorUnreadable(
            f"{text[:100]!r} is no anchor: it is written position:digest, with 64 digits and letters."
        )
    return Anchor(int(match[1]), bytes.fromhex(match[2]), "given by hand")


def note_head() -> None:
    """After a seal: note how far the chain goes. Never backwards, and never over a head that the chain no longer has."""
    with _one_at_a_time():
        path = _folder() / _HEAD
        head = current_head("the last seal")
        before = _read(path) if path.exists() else None
        if head is None or (before and head.position <= before.position):
            return
        if before and not AuditLink.objects.filter(position=before.position, digest=before.digest).exists():
            _log.error(
                "The trail's chain is not the one that was noted at position %s; run verify_audit", before.position
            )
            return
        _write(path, head)


def anchor_day(today: datetime.date | None = None) -> Anchor | None:
    """Note today's head once, and order a mail of it to each principal. Running it again changes nothing."""
    today = today or timezone.localdate()
    path = _folder() / f"{today.isoformat()}.json"
    with _one_at_a_time():
        if not path.exists():
            head = current_head(today.isoformat())
            if head is None:
                return None
            _write(path, head)
        anchor = _read(path)
    with transaction.atomic():
        for principal in _principals(today):
            queue_mail(
                template="audit/anchor",
                to=principal,
                key=f"audit-anchor:{today.isoformat()}:{principal.pk}",
                context={"day": today.isoformat(), "position": anchor.position, "digest": anchor.digest.hex()},
            )
    return anchor


def _principals(today: datetime.date) -> list[User]:
    held = Appointment.objects.on(today).filter(role=Role.PRINCIPAL)
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True).exclude(email="").order_by("pk"))


def _folder() -> Path:
    return Path(settings.XINQIAO_ANCHORS)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _read(path: Path) -> Anchor:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return Anchor(int(held["position"]), bytes.fromhex(held["digest"]), str(held["noted"]))
    except (ValueError, KeyError, TypeError):
        raise AnchorUnreadable(f"{path} is no anchor: it was changed or is not whole.") from None


def _write(path: Path, anchor: Anchor) -> None:
    """Whole or not at all, and on the disk."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    held = {"position": anchor.position, "digest": anchor.digest.hex(), "noted": anchor.noted}
    with draft.open("w", encoding="utf-8") as file:
        json.dump({**held, "at": timezone.now().isoformat(timespec="seconds")}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
