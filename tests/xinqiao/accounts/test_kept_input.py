"""A session ends in the middle of a form: nothing typed is lost, and nobody else sees it."""

import datetime
import re
import uuid

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.factories.accounts import PASSWORD, UserFactory
from xinqiao.accounts.form_owner import owner_token
from xinqiao.accounts.jobs import expire_kept_input
from xinqiao.accounts.kept_input import LARGEST_BYTES, MOST_FOR_ONE_PERSON
from xinqiao.accounts.models import KeptInput

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.xinqiao.accounts.form_urls")]
STORY = "第一行\n第二行：她说“没事”。<b>&amp;</b>"


@pytest.fixture
def writer():
    return UserFactory(username="writer")


@pytest.fixture
def browser() -> Client:
    """One that keeps the rules of CSRF, as a real one must."""
    return Client(enforce_csrf_checks=True)


def open_form(browser: Client, user) -> dict[str, str]:
    """What the form's hidden fields hold after the person has opened it."""
    browser.force_login(user)
    return hidden_fields(browser.get("/a-form/"))


def hidden_fields(response, index: int = 0) -> dict[str, str]:
    form = BeautifulSoup(response.content, "html.parser").find("main") or BeautifulSoup(response.content, "html.parser")
    form = form.find_all("form")[index]
    return {tag["name"]: tag["value"] for tag in form.find_all("input", type="hidden")}


def end_session(browser: Client) -> None:
    """As after eight hours: the session is gone, the browser's other cookies are not."""
    del browser.cookies["sessionid"]


def log_in(browser: Client, address: str, user, password: str = PASSWORD):
    token = hidden_fields(browser.get(address))["csrfmiddlewaretoken"]
    data = {"login": user.username, "password": password, "csrfmiddlewaretoken": token}
    return browser.post(address, {**data, "next": re.search(r"next=([^&]+)", address)[1].replace("%2F", "/")})


def send(browser: Client, user, **fields):
    hidden = open_form(browser, user)
    end_session(browser)
    return browser.post("/a-form/?step=2", {**hidden, "story": STORY, **fields})


def test_the_input_comes_back_after_the_login_and_arrives_whole(browser, writer):
    sent = send(browser, writer, signs=["a", "b"])
    kept = KeptInput.objects.get()
    assert sent["Location"] == f"/accounts/login/?next=%2Faccounts%2Fkept%2F{kept.pk}%2F"

    logged_in = log_in(browser, sent["Location"], writer)
    assert logged_in["Location"] == f"/accounts/kept/{kept.pk}/"
    page = browser.get(logged_in["Location"])
    form = BeautifulSoup(page.content, "html.parser").find("main").find("form")
    assert form["action"] == "/a-form/?step=2"

    fields: dict[str, list[str]] = {name: [value] for name, value in hidden_fields(page).items()}
    for area in form.find_all("textarea"):
        # A browser drops the first line break of a textarea and sends the others as CR LF.
        fields.setdefault(area["name"], []).append(area.text.removeprefix("\n").replace("\n", "\r\n"))
    arrived = browser.post(form["action"], fields).json()
    assert arrived["story"] == [STORY.replace("\n", "\r\n")]
    assert arrived["signs"] == ["a", "b"]


def test_it_is_gone_once_it_has_arrived(browser, writer):
    log_in(browser, send(browser, writer)["Location"], writer)
    kept = KeptInput.objects.get()
    fields = hidden_fields(browser.get(f"/accounts/kept/{kept.pk}/"))
    assert browser.post("/a-form/", {**fields, "story": STORY}).status_code == 200
    assert not KeptInput.objects.exists()


def test_it_stays_when_the_form_is_refused(browser, writer):
    log_in(browser, send(browser, writer)["Location"], writer)
    kept = KeptInput.objects.get()
    fields = hidden_fields(browser.get(f"/accounts/kept/{kept.pk}/"))
    assert browser.post("/a-form/", {**fields, "break": "1"}).status_code == 422
    assert KeptInput.objects.filter(pk=kept.pk).exists()


def test_it_can_be_thrown_away(browser, writer):
    log_in(browser, send(browser, writer)["Location"], writer)
    kept = KeptInput.objects.get()
    fields = hidden_fields(browser.get(f"/accounts/kept/{kept.pk}/"), index=1)
    assert browser.post(f"/accounts/kept/{kept.pk}/drop/", fields)["Location"] == "/accounts/start/"
    assert not KeptInput.objects.exists()


def test_for_another_person_it_does_not_exist(browser, writer, client):
    send(browser, writer)
    kept = KeptInput.objects.get()
    client.force_login(UserFactory())
    assert client.get(f"/accounts/kept/{kept.pk}/").status_code == 404
    assert client.post(f"/accounts/kept/{kept.pk}/drop/").status_code == 404
    assert client.get(f"/accounts/kept/{uuid.uuid4()}/").status_code == 404
    assert KeptInput.objects.filter(pk=kept.pk).exists()


def test_after_half_an_hour_it_is_gone_even_before_the_job_ran(browser, writer, client):
    send(browser, writer)
    kept = KeptInput.objects.get()
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=31)):
        client.force_login(writer)
        assert client.get(f"/accounts/kept/{kept.pk}/").status_code == 404
        expire_kept_input()
    assert not KeptInput.objects.exists()


def test_the_job_leaves_what_is_not_over(browser, writer):
    send(browser, writer)
    expire_kept_input()
    assert KeptInput.objects.count() == 1


def test_it_lies_encrypted_and_never_holds_a_password(browser, writer):
    send(browser, writer, password="geheim-123", new_password1="geheim-123")
    with connection.cursor() as cursor:
        cursor.execute("SELECT fields FROM accounts_keptinput")
        assert "第一行" not in cursor.fetchone()[0]
    held = KeptInput.objects.get().fields
    assert "第一行" in held
    assert "geheim-123" not in held
    assert "csrf" not in held


@pytest.mark.parametrize("note", ["", "1", "1:abc:def", "not a note"])
def test_a_form_without_a_true_note_goes_the_usual_way(client, note):
    answer = client.post("/a-form/", {"_owner": note, "story": STORY})
    assert answer["Location"] == "/accounts/login/?next=/a-form/"
    assert not KeptInput.objects.exists()


def test_a_note_is_worth_nothing_after_twelve_hours(client, writer):
    note = owner_token(writer)
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=12, minutes=1)):
        client.post("/a-form/", {"_owner": note, "story": STORY})
    assert not KeptInput.objects.exists()


def test_a_note_of_somebody_who_may_no_longer_log_in_keeps_nothing(client, writer):
    note = owner_token(writer)
    writer.is_active = False
    writer.save()
    assert client.post("/a-form/", {"_owner": note, "story": STORY}).status_code == 302
    assert not KeptInput.objects.exists()


def test_what_is_too_large_or_has_files_is_not_kept(client, writer):
    note = owner_token(writer)
    client.post("/a-form/", {"_owner": note, "story": "长" * LARGEST_BYTES})
    client.post("/a-form/", {"_owner": note, "story": STORY, "file": SimpleUploadedFile("a.txt", b"x")})
    assert not KeptInput.objects.exists()


def test_one_person_can_fill_only_so_much(client, writer):
    note = owner_token(writer)
    for number in range(MOST_FOR_ONE_PERSON + 3):
        client.post("/a-form/", {"_owner": note, "story": f"第{number}次"})
    held = [kept.fields for kept in KeptInput.objects.order_by("expires_at")]
    assert len(held) == MOST_FOR_ONE_PERSON
    assert "第3次" in held[0]


@pytest.mark.parametrize("header", [{"HX-Request": "true"}, {"Accept": "application/json"}])
def test_a_script_is_told_where_to_log_in_and_the_page_stays(client, writer, header):
    page = "http://testserver/screening/class/3/?sign=2#row"
    answer = client.post(
        "/a-form/", {"story": STORY}, headers={**header, "X-Form-Owner": owner_token(writer), "Referer": page}
    )
    assert answer.status_code == 401
    assert answer.json() == {"login": "/accounts/login/?next=%2Fscreening%2Fclass%2F3%2F%3Fsign%3D2"}
    assert answer["X-Login"] == answer.json()["login"]
    assert not KeptInput.objects.exists()


def test_a_script_on_another_site_gets_no_way_back_to_it(client, writer):
    headers = {"HX-Request": "true", "X-Form-Owner": owner_token(writer), "HX-Current-URL": "https://evil.example/x"}
    assert client.post("/a-form/", headers=headers).json()["login"] == "/accounts/login/?next=%2Faccounts%2Fstart%2F"


def test_a_login_in_another_tab_loses_nothing_either(browser, writer):
    """That login changes the CSRF token of every open form; the form is kept and needs one more press."""
    hidden = open_form(browser, writer)
    end_session(browser)
    browser.cookies.pop("csrftoken")
    log_in(browser, "/accounts/login/?next=%2Fa-form%2F", writer)
    answer = browser.post("/a-form/", {**hidden, "story": STORY})
    kept = KeptInput.objects.get()
    assert answer["Location"] == f"/accounts/kept/{kept.pk}/"
    fields = hidden_fields(browser.get(answer["Location"]))
    assert browser.post("/a-form/", {**fields, "story": STORY}).json()["story"] == [STORY]


def test_without_a_true_note_a_wrong_csrf_token_is_refused_as_ever(browser, writer):
    open_form(browser, writer)
    assert browser.post("/a-form/", {"story": STORY}).status_code == 403
    assert not KeptInput.objects.exists()


def test_another_site_can_make_nobody_send_anything(browser, writer):
    """Even with a note of the victim's own: what comes of it is a page that asks, not an act."""
    browser.force_login(writer)
    answer = browser.post("/a-form/", {"_owner": owner_token(writer), "story": "forged"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/kept/")


def test_a_script_with_an_old_csrf_token_is_told_the_new_one(browser, writer):
    browser.force_login(writer)
    browser.get("/a-form/")
    note = {"X-Form-Owner": owner_token(writer), "Accept": "application/json"}
    refused = browser.post("/a-form/", {"story": STORY}, headers=note)
    assert refused.status_code == 403
    again = browser.post("/a-form/", {"story": STORY}, headers={**note, "X-CSRFToken": refused.json()["csrf"]})
    assert again.json() == {"story": [STORY]}


def test_on_a_shared_computer_nothing_is_sent_under_the_wrong_name(browser, writer):
    hidden = open_form(browser, writer)
    other = UserFactory()
    browser.force_login(other)
    answer = browser.post("/a-form/", {**hidden, "story": STORY})
    assert answer.status_code == 409
    assert KeptInput.objects.get().owner == writer
    assert STORY.splitlines()[0] not in answer.content.decode()


def test_the_pages_title_and_address_say_nothing_of_what_was_typed(browser, writer):
    log_in(browser, send(browser, writer)["Location"], writer)
    page = browser.get(f"/accounts/kept/{KeptInput.objects.get().pk}/")
    assert "第一行" not in BeautifulSoup(page.content, "html.parser").title.text
    assert "no-store" in page["Cache-Control"]


def test_a_form_shown_without_a_login_carries_no_note(client, rf):
    from django.contrib.auth.models import AnonymousUser
    from django.template import RequestContext, Template

    request = rf.get("/")
    request.user = AnonymousUser()
    assert Template("{% load accounts %}{% form_owner %}{% form_owner_token %}").render(RequestContext(request)) == ""
