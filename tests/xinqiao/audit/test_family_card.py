"""The guardian's page leads to the question who has seen the records."""

import pytest

from tests.factories.accounts import person_with
from tests.factories.cases import SchoolWithPeople, login
from tests.factories.school import GuardianFactory, GuardianshipFactory
from xinqiao.accounts.enums import Role
from xinqiao.audit.access_requests import ask_who_has_seen, decline

pytestmark = pytest.mark.django_db


@pytest.fixture
def child():
    return SchoolWithPeople().child()


def guardian_of(child, **tie):
    person = person_with(Role.GUARDIAN, school=child.school)
    GuardianshipFactory(student=child, guardian=GuardianFactory(school=child.school, user=person), **tie)
    return person


def test_the_card_leads_to_the_question_and_says_how_far_it_is(client, child):
    guardian = guardian_of(child)
    link = f"/audit/ask/{child.pk}/"
    assert link in login(client, guardian).get("/family/").content.decode()
    asked = ask_who_has_seen(by=guardian, student=child)
    assert "学校会在 15 个工作日内答复" in client.get("/family/").content.decode()
    principal = person_with(Role.PRINCIPAL, school=child.school)
    decline(by=principal, request=asked, words="为保护孩子，请与校长当面谈。")
    assert "学校已经答复" in client.get("/family/").content.decode()


def test_a_guardian_whom_a_court_keeps_away_finds_no_card(client, child):
    page = login(client, guardian_of(child, restricted=True)).get("/family/").content.decode()
    assert f"/audit/ask/{child.pk}/" not in page
