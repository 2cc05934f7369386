"""A fresh proof: asked for before a story after two hours, before an export after ten minutes, and nothing typed is lost."""

import pytest
import time_machine
from django.utils import timezone

from tests.factories.accounts import PASSWORD
from tests.factories.cases import INTERVIEW, SchoolWithPeople, a_case, an_assessment
from tests.factories.logins import code_now, with_app
from xinqiao.accounts.form_owner import owner_token
from xinqiao.accounts.models import KeptInput

pytestmark = pytest.mark.django_db
AGAIN = "/accounts/reauthenticate/"


@pytest.fixture
def people():
    return SchoolWithPeople()


@pytest.fixture
def case(people):
    return a_case(people)


@pytest.fixture
def at_work(client, people, settings):
    """The counselor, in a session that nothing else ends."""
    settings.XINQIAO_SESSION_MINUTES = dict.fromkeys(["short", "long"], (480, 480))
    with time_machine.travel(timezone.now()) as clock:
        client.force_login(people.counselor)
        yield clock


def test_within_two_hours_a_story_opens_and_later_it_asks_first(client, case, at_work):
    at_work.shift(119 * 60)
    assert INTERVIEW in client.get(f"/cases/{case.pk}/").content.decode()
    at_work.shift(2 * 60)
    answer = client.get(f"/cases/{case.pk}/")
    assert answer["Location"] == f"{AGAIN}?next=%2Fcases%2F{case.pk}%2F"


def test_the_password_leads_back_and_is_good_for_two_hours_more(client, case, at_work):
    at_work.shift(121 * 60)
    client.get(f"/cases/{case.pk}/")
    answer = client.post(AGAIN, {"password": PASSWORD, "next": f"/cases/{case.pk}/"})
    assert answer["Location"] == f"/cases/{case.pk}/"
    at_work.shift(119 * 60)
    assert client.get(f"/cases/{case.pk}/").status_code == 200


def test_a_code_of_the_app_is_a_proof_too(client, people, case, at_work):
    with_app(people.counselor)
    at_work.shift(121 * 60)
    client.post("/accounts/2fa/reauthenticate/", {"code": code_now(), "next": f"/cases/{case.pk}/"})
    assert client.get(f"/cases/{case.pk}/").status_code == 200


def test_a_wrong_password_opens_nothing(client, case, at_work):
    at_work.shift(121 * 60)
    assert client.post(AGAIN, {"password": "wrong", "next": "/"}).status_code == 200
    assert client.get(f"/cases/{case.pk}/").status_code == 302


def test_a_proof_never_leads_to_another_site(client, at_work):
    answer = client.post(AGAIN, {"password": PASSWORD, "next": "https://evil.example/"})
    assert answer["Location"] == "/accounts/start/"


def test_paper_and_spreadsheets_ask_after_ten_minutes(client, case, at_work):
    at_work.shift(9 * 60)
    assert client.get(f"/cases/{case.pk}/print/").status_code == 200
    at_work.shift(2 * 60)
    assert client.get(f"/cases/{case.pk}/print/")["Location"].startswith(AGAIN)
    assert client.get("/cases/export/")["Location"].startswith(AGAIN)


def test_a_post_that_comes_too_late_is_kept_and_offered_after_the_proof(client, people, at_work):
    assessment = an_assessment(people)
    at_work.shift(121 * 60)
    typed = {"interview": "今天谈了二十分钟", "version": "1", "act": "save", "_owner": owner_token(people.counselor)}
    answer = client.post(f"/assessments/{assessment.pk}/", typed)
    kept = KeptInput.objects.get(owner=people.counselor)
    assert f"kept%2F{kept.pk}" in answer["Location"]
    back = client.post(AGAIN, {"password": PASSWORD, "next": f"/accounts/kept/{kept.pk}/"})
    assert "今天谈了二十分钟" in client.get(back["Location"]).content.decode()
    sent = client.post(f"/assessments/{assessment.pk}/", {**typed, "_kept": str(kept.pk)})
    assert sent.status_code == 302
    assert not KeptInput.objects.exists()
    assessment.refresh_from_db()
    assert assessment.interview == "今天谈了二十分钟"


def test_a_partial_is_answered_with_401_and_the_way(client, people, case, at_work):
    at_work.shift(121 * 60)
    answer = client.get(f"/cases/{case.pk}/", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer["X-Login"].startswith(AGAIN)
    assert INTERVIEW not in answer.content.decode()


def test_whoever_may_not_read_the_story_is_not_asked_for_its_sake(client, people, case, settings):
    settings.XINQIAO_SESSION_MINUTES = dict.fromkeys(["short", "long"], (480, 480))
    with time_machine.travel(timezone.now()) as clock:
        client.force_login(people.moral)
        clock.shift(121 * 60)
        assert client.get(f"/cases/{case.pk}/").status_code == 200


def test_wrong_passwords_there_are_counted_as_at_the_login(client, case, at_work):
    for _ in range(6):
        client.post(AGAIN, {"password": "wrong", "next": "/"})
    client.post(AGAIN, {"password": PASSWORD, "next": "/"})
    at_work.shift(121 * 60 - 60)
    assert client.get("/cases/export/")["Location"].startswith(AGAIN)
