"""The demo school's mail in the browser."""

import pytest
from bs4 import BeautifulSoup
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import reverse

from tasks.channels.mailbox import NoSuchMail, envelopes, open_mail

pytestmark = pytest.mark.django_db
HOSTILE = '<head></head><script>document.title = "stolen"</script><form action="/accounts/logout/"></form><p>正文</p>'


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR = tmp_path
    settings.EMAIL_BACKEND = "tasks.channels.mailbox.MailboxBackend"


def put(subject="一封信", to="zhou@school.example", html="<head></head><p>正文</p>", attachment=None) -> str:
    mail = EmailMultiAlternatives(subject, "纯文字", "xinqiao@school.example", [to], connection=get_connection())
    mail.attach_alternative(html, "text/html")
    if attachment:
        mail.attach(*attachment)
    assert mail.send() == 1
    return envelopes()[0].name


def test_an_empty_mailbox_says_what_to_do(client):
    page = client.get(reverse("tasks:mailbox")).content.decode()
    assert "还没有邮件" in page
    assert "学完一门课" in page


def test_the_newest_stands_first_and_pages_follow(client):
    for number in range(23):
        put(subject=f"第{number}封")
    page = BeautifulSoup(client.get(reverse("tasks:mailbox")).content, "html.parser")
    subjects = [link.get_text(strip=True) for link in page.select(".todo p a")]
    assert (len(subjects), subjects[0]) == (20, "第22封")
    assert page.select_one("a[rel=next]")["href"] == "?page=2"


def test_it_can_be_searched_by_subject_and_address(client):
    put(subject="课程提醒", to="zhou@school.example")
    put(subject="证书", to="li@school.example")
    page = client.get(reverse("tasks:mailbox"), {"q": "提醒 zhou"}).content.decode()
    assert "课程提醒" in page
    assert "证书" not in page
    assert "没有找到邮件" in client.get(reverse("tasks:mailbox"), {"q": "不存在"}).content.decode()


def test_one_mail_shows_its_words_its_look_and_its_files(client):
    name = put(attachment=("证书.pdf", b"%PDF-1.7 content", "application/pdf"))
    page = client.get(reverse("tasks:mailbox_mail", args=[name])).content.decode()
    assert "纯文字" in page
    assert "证书.pdf" in page
    response = client.get(reverse("tasks:mailbox_attachment", args=[name, 1]))
    assert response.content == b"%PDF-1.7 content"
    assert response["Content-Disposition"].startswith("attachment")
    for number in (0, 2):
        assert client.get(reverse("tasks:mailbox_attachment", args=[name, number])).status_code == 404


def test_a_hostile_mail_can_neither_run_nor_send_anything(client):
    name = put(html=HOSTILE)
    policy = client.get(reverse("tasks:mailbox_html", args=[name]))["Content-Security-Policy"]
    assert "sandbox allow-popups" in policy
    assert "script-src 'none'" in policy
    assert "form-action 'none'" in policy
    frame = BeautifulSoup(client.get(reverse("tasks:mailbox_mail", args=[name])).content, "html.parser").iframe
    assert "allow-scripts" not in frame["sandbox"]


@pytest.mark.parametrize("name", ["nothing", "20261124T000000000000-00000000", "..", "a-b"])
def test_what_is_no_mail_is_not_there(client, name):
    if "/" not in name and name != "..":
        assert client.get(reverse("tasks:mailbox_mail", args=[name])).status_code == 404
    with pytest.raises(NoSuchMail):
        open_mail(name)


def test_outside_of_the_demo_there_is_no_mailbox(client, settings):
    name = put()
    settings.DEMO = False
    for url in ("tasks:mailbox_mail", "tasks:mailbox_html"):
        assert client.get(reverse(url, args=[name])).status_code == 404
    assert client.get(reverse("tasks:mailbox")).status_code == 404
