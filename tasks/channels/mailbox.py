"""Mail of the demo school: each one a file below `var/mail`, to be read in the browser. Nothing leaves the machine."""

from __future__ import annotations

import datetime
import email.policy
import os
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage as DjangoMail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

_NAME = re.compile(r"[0-9]{8}T[0-9]{12}-[0-9a-f]{8}")


class MailboxBackend(BaseEmailBackend):
    """Writes each mail to a file of its own, which is there whole or not at all."""

    def send_messages(self, email_messages: Sequence[DjangoMail]) -> int:
        folder = mail_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{timezone.now().astimezone(datetime.UTC):%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}"
            draft = folder / f"{name}.{os.getpid()}"
            draft.write_bytes(message.message().as_bytes())
            draft.replace(folder / f"{name}.eml")
        return len(email_messages)


def mail_folder() -> Path:
    return Path(settings.VAR) / "mail"


@dataclass(frozen=True)
class Attachment:
    filename: str
    mimetype: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True)
class Envelope:
    """What the list shows."""

    name: str
    at: datetime.datetime
    to: str
    subject: str
    with_attachment: bool = False


@dataclass(frozen=True)
class Mail:
    """One mail, opened."""

    envelope: Envelope
    sender: str
    text: str
    html: str
    attachments: list[Attachment] = field(default_factory=list)


class NoSuchMail(LookupError):
    """There is no mail of this name."""


def envelopes(search: str = "") -> list[Envelope]:
    """All mail, newest first; with a search, what has all its words in subject or address."""
    folder = mail_folder()
    if not folder.exists():
        return []
    names = sorted((path.stem for path in folder.glob("*.eml") if _NAME.fullmatch(path.stem)), reverse=True)
    words = search.casefold().split()
    found = (_envelope(str(folder), name) for name in names)
    return [one for one in found if all(word in f"{one.subject} {one.to}".casefold() for word in words)]


# A mail never changes once it is there.
@lru_cache(maxsize=2_000)
def _envelope(folder: str, name: str) -> Envelope:
    with (Path(folder) / f"{name}.eml").open("rb") as file:
        head = BytesHeaderParser(policy=email.policy.default).parse(file)
    return _as_envelope(name, head)


def _as_envelope(name: str, head: EmailMessage) -> Envelope:
    at = datetime.datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%S%f").replace(tzinfo=datetime.UTC)
    return Envelope(
        name=name,
        at=at,
        to=str(head.get("To", "")),
        subject=str(head.get("Subject", "")),
        with_attachment=head.get_content_type() == "multipart/mixed",
    )


def open_mail(name: str) -> Mail:
    """Read one mail.

    Raises:
        NoSuchMail: the name is no mail's.
    """
    if not _NAME.fullmatch(name):
        raise NoSuchMail(name)
    try:
        content = (mail_folder() / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        raise NoSuchMail(name) from None
    message = BytesParser(policy=email.policy.default).parsebytes(content)
    return Mail(
        envelope=_as_envelope(name, message),
        sender=str(message.get("From", "")),
        text=_words(message, "plain"),
        html=_words(message, "html"),
        attachments=[
            Attachment(
                filename=part.get_filename() or "attachment",
                mimetype=part.get_content_type(),
                content=part.get_payload(decode=True) or b"",
            )
            for part in message.iter_attachments()
        ],
    )


def _words(message: EmailMessage, kind: str) -> str:
    body = message.get_body(preferencelist=(kind,))
    return body.get_content() if body is not None else ""
