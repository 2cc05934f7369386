"""Logging in: the same answer for everybody, few tries, everything on the record, and no way out to another site."""

import datetime
import re

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.utils import timezone

from tests.factories.accounts import PASSWORD, AppointmentFactory, UserFactory, person_with
from tests.factories.school import SchoolFactory
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture
def teacher():
    return UserFactory(username="teacher1", email="teacher1@school.example")


def attempt(client, login="teacher1", password="wrong-password", address="10.0.0.1", **more):
    return client.post(LOGIN, {"login": login, "password": password, **more}, REMOTE_ADDR=address)


def errors_of(answer) -> list[str]:
    assert answer.status_code == 200
    return [str(error) for error in answer.context["form"].non_field_errors()]


def text_of(answer, login: str) -> str:
    """The page without what differs in every page: the CSRF token, and what was typed."""
    return re.sub(r'(name="csrfmiddlewaretoken" value|nonce)="[^"]+"', "", answer.content.decode()).replace(login, "X")


class CountingHasher(MD5PasswordHasher):
    algorithm = "md5"
    runs = 0

    def encode(self, password, salt):
        type(self).runs += 1
        return super().encode(password, salt)


@pytest.mark.parametrize("login", ["teacher1", "teacher1@school.example", "TEACHER1@school.example"])
def test_the_right_password_lets_in_by_name_or_mail(client, teacher, login):
    assert attempt(client, login=login, password=PASSWORD)["Location"] == "/accounts/start/"


def test_an_unknown_name_gets_the_same_answer_as_a_wrong_password(client, teacher):
    wrong, unknown = attempt(client), attempt(client, login="nobody")
    assert errors_of(wrong) == errors_of(unknown) != []
    assert text_of(wrong, "teacher1") == text_of(unknown, "nobody")


def test_an_inactive_person_gets_that_answer_too(client, teacher):
    teacher.is_active = False
    teacher.save()
    assert errors_of(attempt(client, password=PASSWORD)) == errors_of(attempt(client, login="nobody"))


def test_an_unknown_name_costs_as_many_hashes_as_a_wrong_password(client, settings, teacher):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    teacher.set_password(PASSWORD)
    teacher.save()

    def cost(login: str) -> int:
        before = CountingHasher.runs
        attempt(client, login=login)
        return CountingHasher.runs - before

    assert cost("teacher1") == cost("nobody") > 0


def test_five_wrong_tries_stop_the_sixth_even_with_the_right_password(client, teacher):
    for _ in range(5):
        attempt(client)
    assert "_auth_user_id" not in client.session
    stopped = attempt(client, password=PASSWORD)
    assert errors_of(stopped) != errors_of(attempt(client, login="nobody"))
    assert "_auth_user_id" not in client.session


def test_it_opens_again_after_five_minutes(client, teacher):
    with time_machine.travel(timezone.now()) as clock:
        for _ in range(6):
            attempt(client)
        clock.shift(datetime.timedelta(minutes=5, seconds=1))
        assert attempt(client, password=PASSWORD).status_code == 302


def test_twenty_tries_from_one_address_stop_it_for_all_names(client, teacher):
    for number in range(20):
        attempt(client, login=f"guess{number}")
    attempt(client, password=PASSWORD)
    assert "_auth_user_id" not in client.session
    attempt(client, password=PASSWORD, address="10.0.0.2")
    assert "_auth_user_id" in client.session


def test_behind_the_schools_proxy_a_strangers_tries_stop_only_the_stranger(client, teacher, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def by_way_of(chain: str, login: str, password: str = "wrong-password") -> int:
        data = {"login": login, "password": password}
        return client.post(LOGIN, data, REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": chain}).status_code

    for number in range(20):
        by_way_of(f"192.0.2.{number}, 203.0.113.9", f"nobody{number}")
    # What the stranger writes into the header before the proxy does counts for nothing.
    assert by_way_of("192.0.2.77, 203.0.113.9", "teacher1", PASSWORD) == 200
    assert by_way_of("198.51.100.4", "teacher1", PASSWORD) == 302


def test_a_colleague_on_their_own_computer_is_not_locked_out_by_a_stranger(client, teacher, django_user_model):
    """A browser in which the person has logged in before has tries of its own."""
    attempt(client, password=PASSWORD)
    client.post("/accounts/logout/")
    stranger = type(client)()
    for _ in range(6):
        attempt(stranger, address="10.9.9.9")
    attempt(stranger, password=PASSWORD, address="10.9.9.9")
    assert "_auth_user_id" not in stranger.session
    attempt(client, password=PASSWORD)
    assert "_auth_user_id" in client.session


def test_that_browser_too_has_only_five_tries(client, teacher):
    attempt(client, password=PASSWORD)
    client.post("/accounts/logout/")
    for _ in range(5):
        attempt(client)
    attempt(client, password=PASSWORD)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "https:evil.example"],
)
def test_a_login_never_leads_to_another_site(client, teacher, address):
    answer = client.post(f"{LOGIN}?next={address}", {"login": "teacher1", "password": PASSWORD, "next": address})
    assert answer["Location"] == "/accounts/start/"


def test_a_login_leads_back_to_where_the_person_wanted_to_go(client, teacher):
    assert attempt(client, password=PASSWORD, next="/training/x/?page=2")["Location"] == "/training/x/?page=2"


def test_the_session_changes_its_key_at_login(client, teacher):
    client.get(LOGIN)
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    attempt(client, password=PASSWORD)
    assert client.session.session_key != before


def test_logins_and_logouts_are_on_the_record(client, teacher):
    attempt(client, password=PASSWORD)
    client.post("/accounts/logout/")
    assert list(AuditEntry.objects.order_by("pk").values_list("actor", "action", "details")) == [
        (teacher.pk, "login.done", {"address": "10.0.0.1", "method": ["password"]}),
        (teacher.pk, "login.ended", {}),
    ]


def test_a_failed_login_names_the_account_and_never_what_was_typed(client, teacher):
    attempt(client)
    attempt(client, login="my-secret-typed-in-the-wrong-box")
    known, unknown = AuditEntry.objects.filter(action="login.failed").order_by("pk")
    assert (known.actor, known.target_id) == (None, str(teacher.pk))
    assert (unknown.actor, unknown.target_id) == (None, "")
    assert "secret" not in str(unknown.details) + str(known.details)
    assert "wrong-password" not in str(known.details)


def test_many_failures_leave_few_entries(client, teacher):
    for _ in range(30):
        attempt(client)
    assert AuditEntry.objects.filter(action="login.failed").count() == 1
    assert AuditEntry.objects.filter(action="login.too_many_tries").count() == 1


def test_a_login_moves_the_person_into_the_groups_of_today(client):
    school = SchoolFactory()
    editor = person_with(Role.EDITOR, school=school, username="teacher1")
    attempt(client, password=PASSWORD)
    assert list(editor.groups.values_list("name", flat=True)) == ["editors"]


@pytest.mark.parametrize(
    ("roles", "place"),
    [
        ([Role.COUNSELOR], "/workspace/"),
        ([Role.ADMINISTRATOR], "/admin/"),
        ([Role.EDITOR, Role.DEPUTY], "/workspace/"),
        ([Role.DISTRICT], "/workspace/"),
        ([Role.GUARDIAN], "/family/"),
        ([], "/"),
    ],
)
def test_a_person_lands_at_the_place_of_the_most_urgent_duty(client, teacher, roles, place):
    for role in roles:
        AppointmentFactory(user=teacher, role=role)
    client.force_login(teacher)
    assert client.get("/accounts/start/")["Location"] == place


def test_nobody_can_sign_up(client):
    assert client.get("/accounts/signup/").status_code == 404
