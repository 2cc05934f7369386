"""Mail: `queue_mail` writes an order for one, and the worker renders and sends it. Nothing of a mail is stored."""

from __future__ import annotations

import json
import smtplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from email.utils import formatdate, parseaddr
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import get_template

from tasks.checks import UnknownCheck, holds, is_check
from tasks.documents import Document, UnknownDocument, is_document, make_document
from tasks.handlers import NoLongerNeeded, Permanent, Transient, handler
from tasks.letters import Letter, render_letter, template_names
from tasks.models import OutboxMessage
from tasks.outbox import Order, enqueue, enqueue_many

if TYPE_CHECKING:
    import datetime

    from xinqiao.accounts.models import User

KIND = "mail"

Named = tuple[str, dict[str, Any]]
"""The registered name of a document or check, with its JSON arguments."""


def queue_mail(
    *,
    template: str,
    to: User,
    key: str,
    context: dict[str, Any],
    attachments: Sequence[Named] = (),
    still_true: Named | None = None,
    not_before: datetime.datetime | None = None,
) -> OutboxMessage:
    """Order one mail in the caller's transaction.

    Args:
        template: `<app>/<name>` for `<app>/mail/<name>.txt` and `.html`, which extend `tasks/mail/base.txt` and
            `.html`; the text one has `{% block subject %}` and `{% block body %}`.
        to: who gets it, at the address they have when it is sent.
        key: unique for ever, such as `course-due:<enrolment>:3d`. A second call gives the first one's row.
        context: JSON for the templates: counts, dates, links. Never a child's name, level or story.
        attachments: documents made at sending, such as `("training.certificate", {"certificate": "<uuid>"})`.
        still_true: a check asked at sending, such as `("training.course_still_due", {"enrolment": "<uuid>"})`.
        not_before: send it then and not at once.
    """
    payload = _order(template, context, attachments, still_true)
    return enqueue(kind=KIND, key=key, payload=payload, recipient=to, not_before=not_before)


def queue_mails(*, template: str, mails: Sequence[tuple[User, str, dict[str, Any], Named | None]]) -> int:
    """Order many mails of one template, each (to, key, context, still_true); how many were new."""
    orders = [
        Order(key=key, payload=_order(template, context, (), still_true), recipient=to)
        for to, key, context, still_true in mails
    ]
    return enqueue_many(kind=KIND, orders=orders)


def _order(
    template: str, context: dict[str, Any], attachments: Sequence[Named], still_true: Named | None
) -> dict[str, Any]:
    """The payload, refused here and not in a worker where a name is wrong."""
    for name in template_names(template):
        get_template(name)
    for named in (*attachments, *([still_true] if still_true else [])):
        if isinstance(named, str) or len(named) != 2 or not isinstance(named[1], dict):
            raise TypeError(f'{named!r} must be a name with its JSON arguments: ("app.name", {{"id": "..."}})')
    for name, _arguments in attachments:
        if not is_document(name):
            raise UnknownDocument(name)
    if still_true is not None and not is_check(still_true[0]):
        raise UnknownCheck(still_true[0])
    payload = {
        "template": template,
        "context": context,
        "attachments": [list(named) for named in attachments],
        "still_true": list(still_true) if still_true else None,
    }
    return json.loads(json.dumps(payload))


@handler(KIND)
def send_mail(message: OutboxMessage) -> None:
    """Render one mail and hand it to the server.

    Raises:
        NoLongerNeeded: its reason has gone, or its reader has left.
        Permanent: there is no address, or the server refuses it.
        Transient: the server is away or busy.
    """
    order = message.payload
    reader = message.recipient
    if order.get("still_true") and not holds(*order["still_true"]):
        raise NoLongerNeeded
    if reader is None or not reader.is_active:
        raise NoLongerNeeded
    if not reader.email:
        raise Permanent("The person has no e-mail address: enter one, then try again")
    letter = render_letter(order["template"], order["context"], reader)
    attachments = [make_document(name, arguments) for name, arguments in order.get("attachments", ())]
    send_letter(letter=letter, to=reader.email, message=message, attachments=attachments)


def send_letter(*, letter: Letter, to: str, message: OutboxMessage, attachments: Sequence[Document] = ()) -> None:
    """Hand one letter to the server, for this message of the outbox.

    Raises:
        Permanent, Transient: as the server says.
    """
    mail = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        to=[to],
        headers={
            # The same at each try, so that a mail server or reader can tell a repetition.
            "Message-ID": f"<{message.pk}@{_domain()}>",
            "Date": formatdate(localtime=False),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    mail.attach_alternative(letter.html, "text/html")
    for made in attachments:
        mail.attach(made.filename, made.content, made.mimetype)
    _hand_over(mail)


def _domain() -> str:
    """Right of the @ in a Message-ID: the sender's, or the site's where the sender has none worth the name."""
    address = parseaddr(str(settings.DEFAULT_FROM_EMAIL))[1]
    domain = address.rpartition("@")[2]
    return domain if "." in domain else (urlsplit(settings.BASE_URL).hostname or "localhost")


_open_connection: ContextVar[BaseEmailBackend | None] = ContextVar("open_mail_connection", default=None)


@contextmanager
def one_connection() -> Iterator[None]:
    """Keep one connection for all mails of the block: a sweep greets the server once, not ten thousand times."""
    connection = get_connection()
    token = _open_connection.set(connection)
    try:
        yield
    finally:
        _open_connection.reset(token)
        _close(connection)


def _hand_over(mail: EmailMultiAlternatives) -> None:
    kept = _open_connection.get()
    connection = kept or get_connection()
    mail.connection = connection
    try:
        _open(connection)
        # A backend of ours may count; Django's own say 1. Anything else means that nothing was sent.
        if mail.send() != 1:
            raise Transient("The mail server took nothing", place_is_down=True)
    except BaseException as error:
        # After a failure half of a conversation may be left on the line: the next mail gets a fresh one.
        _close(connection)
        if isinstance(error, smtplib.SMTPException | OSError):
            raise classified(error) from error
        raise
    if kept is None:
        _close(connection)


def _open(connection: BaseEmailBackend) -> None:
    """Connect, or see that the kept connection still answers: servers hang up on idle ones."""
    line = getattr(connection, "connection", None)
    if isinstance(line, smtplib.SMTP):
        try:
            if line.noop()[0] == 250:
                return
        except (smtplib.SMTPException, OSError):
            pass
        _close(connection)
    connection.open()


def _close(connection: BaseEmailBackend) -> None:
    """Hang up. What has been sent is sent, so a server that does not say goodbye changes nothing."""
    try:
        connection.close()
    except (smtplib.SMTPException, OSError):
        connection.connection = None


def classified(error: smtplib.SMTPException | OSError) -> Transient | Permanent:
    """What a failure of the mail server means. Server texts may hold addresses, so only codes are kept."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [int(code) for code, _text in error.recipients.values()]
        return _by_code(max(codes, default=451), "the recipient")
    if isinstance(error, smtplib.SMTPSenderRefused):
        return _by_code(error.smtp_code, "the sender")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        # Wrong for every mail alike until somebody mends EMAIL_URL: the mails must wait for that, not die.
        return Transient(f"The mail server refuses our login ({error.smtp_code})", place_is_down=True)
    if isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPHeloError):
        return Transient(f"The mail server does not receive now ({error.smtp_code})", place_is_down=True)
    if isinstance(error, smtplib.SMTPResponseException):
        return _by_code(error.smtp_code, "the mail")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Permanent("The mail server lacks something that this mail needs")
    if isinstance(error, ssl.SSLError):
        return Transient("No safe connection to the mail server", place_is_down=True)
    if isinstance(error, TimeoutError | socket.timeout):
        return Transient("The mail server did not answer in time", place_is_down=True)
    return Transient(f"No connection to the mail server ({type(error).__name__})", place_is_down=True)


def _by_code(code: int, what: str) -> Transient | Permanent:
    if code == 421:
        return Transient("The mail server closes (421)", place_is_down=True)
    if 500 <= code < 600:
        return Permanent(f"The mail server refuses {what} ({code})")
    return Transient(f"The mail server puts off {what} ({code})")
