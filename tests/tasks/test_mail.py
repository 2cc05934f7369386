"""Mail over a real SMTP server: what arrives, and what each refusal leads to."""

import datetime
import logging

import pytest
from django.db import transaction
from django.utils import timezone

from tasks.checks import UnknownCheck, still_true
from tasks.deliver import claim, deliver, sweep
from tasks.documents import UnknownDocument, document
from tasks.enums import OutboxState
from tasks.letters import NoSubject
from tasks.mail import one_connection, queue_mail, queue_mails
from tasks.models import OutboxMessage
from tests.factories.accounts import UserFactory, person_with
from tests.factories.school import SchoolFactory
from tests.tasks.smtp import MailServer
from xinqiao.accounts.enums import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("probe_templates")]
CANARY = "王小明0721"
_wanted = {"true": True}


@document("test.letter")
def a_letter(words: str) -> tuple[str, str, bytes]:
    return "证书.pdf", "application/pdf", words.encode()


@still_true("test.still_wanted")
def still_wanted(thing: str) -> bool:
    return _wanted.get(thing, False)


@pytest.fixture
def server(settings):
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = 5
        settings.DEFAULT_FROM_EMAIL = "心桥 <xinqiao@school.example>"
        settings.BASE_URL = "https://xinqiao.school.example"
        yield server


@pytest.fixture
def reader():
    return person_with(
        Role.TEACHER, school=SchoolFactory(name="青禾小学"), display_name="周老师", email="zhou@school.example"
    )


def order(reader, key="course-due:1:3d", **more) -> OutboxMessage:
    context = {"days": 3, "path": "/training/"}
    return queue_mail(template="probe/hello", to=reader, key=key, context=context, **more)


# -- what arrives ------------------------------------------------------------------------------------------------------


def test_it_arrives_with_a_text_and_an_html_part_in_chinese(server, reader):
    assert deliver(order(reader).pk) == OutboxState.SENT
    [mail] = server.mails
    assert mail["Subject"] == "还有 3 天 到期 & 提醒"
    assert (mail["To"], mail["From"]) == ("zhou@school.example", "心桥 <xinqiao@school.example>")
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    for words in (text, html):
        assert "周老师，您好" in words
        assert "青禾小学" in words
        assert "12356" in words
        assert "https://xinqiao.school.example/training/" in words
    assert '<html lang="zh-hans">' in html
    assert "{{" not in text + html
    assert "&amp;" not in text


def test_machines_are_told_that_a_machine_wrote_it(server, reader):
    deliver(order(reader).pk)
    assert server.mails[0]["Auto-Submitted"] == "auto-generated"


def test_the_message_id_is_the_rows_and_the_same_at_each_try(server, reader):
    message = order(reader)
    server.answers["DATA"] = ["451 try later"]
    assert deliver(message.pk) == OutboxState.PENDING
    OutboxMessage.objects.filter(pk=message.pk).update(next_try_at=timezone.now())
    assert deliver(message.pk) == OutboxState.SENT
    assert server.mails[0]["Message-ID"] == f"<{message.pk}@school.example>"


def test_a_document_is_made_at_sending_and_attached(server, reader):
    deliver(order(reader, attachments=[("test.letter", {"words": "内容"})]).pk)
    [attachment] = server.mails[0].iter_attachments()
    assert (attachment.get_filename(), attachment.get_content_type()) == ("证书.pdf", "application/pdf")
    assert attachment.get_content() == "内容".encode()


def test_it_goes_to_the_address_held_when_it_is_sent(server, reader):
    message = order(reader)
    reader.email = "new@school.example"
    reader.save()
    deliver(message.pk)
    assert server.mails[0]["To"] == "new@school.example"


def test_a_line_break_in_a_name_cannot_add_a_header(server, reader):
    reader.display_name = "周\r\nBcc: thief@else.example"
    reader.save()
    deliver(order(reader).pk)
    assert server.mails[0]["Bcc"] is None
    assert server.mails[0]["To"] == "zhou@school.example"


def test_a_sweep_greets_the_server_once(server, reader):
    for number in range(5):
        order(reader, key=f"course-due:{number}")
    with one_connection():
        assert sweep() == 5
    assert (len(server.mails), server.greetings) == (5, 1)


def test_after_the_server_has_hung_up_the_next_mail_gets_a_line_of_its_own(server, reader):
    first, second = order(reader, key="a:1"), order(reader, key="a:2")
    with one_connection():
        deliver(first.pk)
        server.answers["MAIL"] = ["421 closing"]
        assert deliver(second.pk) == OutboxState.PENDING
        OutboxMessage.objects.filter(pk=second.pk).update(next_try_at=timezone.now())
        assert deliver(second.pk) == OutboxState.SENT
    assert len(server.mails) == 2


# -- what is no longer needed ------------------------------------------------------------------------------------------


def test_the_reason_is_asked_again_at_sending(server, reader):
    kept = order(reader, key="a:1", still_true=("test.still_wanted", {"thing": "true"}))
    gone = order(reader, key="a:2", still_true=("test.still_wanted", {"thing": "other"}))
    assert (deliver(kept.pk), deliver(gone.pk)) == (OutboxState.SENT, OutboxState.DROPPED)
    assert len(server.mails) == 1


def test_who_may_no_longer_log_in_gets_nothing(server, reader):
    message = order(reader)
    reader.is_active = False
    reader.save()
    assert deliver(message.pk) == OutboxState.DROPPED
    assert server.mails == []


def test_a_mail_for_later_waits(server, reader):
    message = order(reader, not_before=timezone.now() + datetime.timedelta(days=1))
    assert claim(message.pk) is None


# -- refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "answer", "state", "said"),
    [
        (
            "RCPT",
            "550 no such user zhou@school.example",
            OutboxState.DEAD,
            "Permanent: The mail server refuses the recipient (550)",
        ),
        ("RCPT", "452 mailbox full", OutboxState.PENDING, "Transient: The mail server puts off the recipient (452)"),
        ("MAIL", "553 sender not allowed", OutboxState.DEAD, "Permanent: The mail server refuses the sender (553)"),
        ("MAIL", "421 too busy", OutboxState.PENDING, "Transient: The mail server closes (421)"),
        ("DATA", "554 spam: 周老师", OutboxState.DEAD, "Permanent: The mail server refuses the mail (554)"),
        ("DATA", "451 greylisted", OutboxState.PENDING, "Transient: The mail server puts off the mail (451)"),
    ],
)
def test_what_the_server_answers_decides_and_only_its_code_is_kept(server, reader, command, answer, state, said):
    message = order(reader)
    server.answers[command] = [answer]
    assert deliver(message.pk) == state
    message.refresh_from_db()
    assert message.last_error == said


def test_a_server_that_is_away_is_tried_again(server, reader):
    message = order(reader)
    server.stop()
    assert deliver(message.pk) == OutboxState.PENDING
    message.refresh_from_db()
    assert message.last_error == "Transient: No connection to the mail server (ConnectionRefusedError)"


def test_a_sweep_gives_up_early_when_the_server_is_away(server, reader):
    for number in range(8):
        order(reader, key=f"a:{number}")
    server.stop()
    assert sweep() == 3
    assert OutboxMessage.objects.filter(tries=0).count() == 5


def test_without_an_address_it_waits_for_a_person(server):
    message = order(UserFactory(email=""))
    assert deliver(message.pk) == OutboxState.DEAD
    message.refresh_from_db()
    assert message.last_error.startswith("Permanent: The person has no e-mail address")


# -- mistakes are found where they are made ----------------------------------------------------------------------------


def test_wrong_names_are_refused_when_the_mail_is_ordered(reader):
    with pytest.raises(UnknownDocument):
        order(reader, attachments=[("test.nothing", {})])
    with pytest.raises(UnknownCheck):
        order(reader, still_true=("test.nothing", {}))
    with pytest.raises(TypeError):
        order(reader, attachments=["test.letter"])
    assert not OutboxMessage.objects.exists()


def test_a_template_without_a_subject_never_reaches_the_server(server, reader):
    message = queue_mail(template="probe/mute", to=reader, key="mute:1", context={})
    assert deliver(message.pk) == OutboxState.PENDING
    message.refresh_from_db()
    assert message.last_error.startswith(NoSubject.__name__)
    assert server.mails == []


def test_many_mails_are_ordered_once_each(server, reader):
    others = [UserFactory() for _number in range(3)]
    mails = [(person, f"due:{person.pk}", {"days": 3, "path": "/"}, None) for person in [reader, *others]]
    with transaction.atomic():
        assert queue_mails(template="probe/hello", mails=mails) == 4
        assert queue_mails(template="probe/hello", mails=mails) == 0
    sweep()
    assert sorted(mail["To"] for mail in server.mails) == sorted(person.email for person in [reader, *others])


def test_a_failing_mail_leaves_no_name_in_log_or_row(server, reader, caplog):
    reader.display_name = CANARY
    reader.email = "canary0721@school.example"
    reader.save()
    message = order(reader)
    server.answers["RCPT"] = [f"550 {CANARY.encode().hex()} canary0721@school.example unknown"]
    with caplog.at_level(logging.DEBUG):
        deliver(message.pk)
    message.refresh_from_db()
    # The server's own log, in this process, is not ours.
    ours = " ".join(entry.getMessage() for entry in caplog.records if entry.name != "mail.log")
    said = ours + message.last_error + str(message.payload) + message.key
    assert CANARY not in said
    assert "canary0721" not in said
