"""Sessions: short for whoever may open a story, listed and ended by their owner, a new key where they may do more, kept input at their end."""

import datetime

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.factories.accounts import PASSWORD, AppointmentFactory, UserFactory, person_with
from tests.factories.cases import SchoolWithPeople, a_case
from tests.factories.logins import log_in, waiting
from xinqiao.accounts import sessions
from xinqiao.accounts.enums import Role
from xinqiao.accounts.form_owner import owner_token
from xinqiao.accounts.models import Appointment, KeptInput
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
ME = "/accounts/me/"


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now()) as clock:
        yield clock


@pytest.fixture
def counselor():
    return person_with(Role.COUNSELOR, username="xinli")


@pytest.fixture
def teacher():
    return person_with(Role.MORAL_EDUCATION, username="deyu")


def is_in(client) -> bool:
    return client.get(ME).status_code == 200


# Limits


def test_half_an_hour_without_use_ends_the_session_of_whoever_may_open_a_story(client, counselor, clock):
    client.force_login(counselor)
    clock.shift(29 * MINUTE)
    assert is_in(client)
    clock.shift(31 * MINUTE)
    answer = client.get(ME)
    assert answer["Location"] == f"/accounts/login/?next={ME}"
    assert not Session.objects.exists()


def test_with_use_it_lasts_eight_hours_and_no_longer(client, counselor, clock):
    client.force_login(counselor)
    for _ in range(23):
        clock.shift(20 * MINUTE)
        assert is_in(client)
    clock.shift(21 * MINUTE)
    assert not is_in(client)


def test_everybody_else_has_eight_hours_without_use_and_a_week_altogether(client, teacher, clock):
    client.force_login(teacher)
    for _ in range(23):
        clock.shift(7 * HOUR)
        assert is_in(client)
    clock.shift(7.5 * HOUR)
    assert not is_in(client)


def test_use_is_noted_once_in_five_minutes_and_costs_nothing_between(client, teacher, clock, django_assert_num_queries):
    client.force_login(teacher)
    client.get("/accounts/password/")
    clock.shift(2 * MINUTE)
    with django_assert_num_queries(3):  # session, person, duties
        client.get("/accounts/password/")
    clock.shift(4 * MINUTE)
    with django_assert_num_queries(7):  # and the session's row, inside its savepoint, and the list's
        client.get("/accounts/password/")
    with django_assert_num_queries(3):
        client.get("/accounts/password/")


def test_a_session_without_stamps_is_over(client, counselor):
    client.force_login(counselor)
    session = client.session
    del session["xinqiao_began"]
    session.save()
    assert not is_in(client)


def test_what_was_typed_is_kept_when_the_half_hour_is_over(client, clock):
    people = SchoolWithPeople()
    case = a_case(people)
    client.force_login(people.counselor)
    clock.shift(40 * MINUTE)
    typed = {"plan": "每周谈一次", "version": "1", "_owner": owner_token(people.counselor)}
    answer = client.post(f"/cases/{case.pk}/notes/", typed)
    kept = KeptInput.objects.get()
    assert f"/accounts/kept/{kept.pk}/".replace("/", "%2F") in answer["Location"]
    log_in(client, people.counselor)
    assert "每周谈一次" in client.get(f"/accounts/kept/{kept.pk}/").content.decode()


# A new key


def test_a_duty_that_opens_stories_gives_the_running_session_a_new_key_and_the_short_limits(client, teacher, clock):
    client.force_login(teacher)
    before = client.session.session_key
    school = Appointment.objects.get(user=teacher).school
    AppointmentFactory(user=teacher, role=Role.COUNSELOR, school=school)
    assert is_in(client)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    clock.shift(31 * MINUTE)
    assert not is_in(client)


def test_the_login_itself_gives_a_new_key(client, counselor):
    client.get("/accounts/login/")
    session = client.session
    session["put there by somebody"] = True
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    log_in(client, counselor)
    assert client.session.session_key != before


# What ends them all


def test_a_closed_account_is_out_at_once(client, counselor):
    client.force_login(counselor)
    counselor.is_active = False
    counselor.save()
    assert not is_in(client)


def test_a_changed_password_ends_every_other_session(client, counselor):
    other = type(client)()
    log_in(other, counselor)
    log_in(client, counselor)
    new = "huangniu-zuotian-chi-caomei"
    answer = client.post("/accounts/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert answer["Location"] == ME
    assert is_in(client)
    assert not is_in(other)
    assert AuditEntry.objects.filter(action="password.change").count() == 1


def test_a_key_that_was_copied_is_worth_nothing_after_the_logout(client, counselor):
    log_in(client, counselor)
    stolen = client.cookies["sessionid"].value
    client.post("/accounts/logout/")
    thief = type(client)()
    thief.cookies["sessionid"] = stolen
    assert not is_in(thief)


def test_nor_after_its_owner_logged_out_everywhere(client, counselor):
    log_in(client, counselor)
    stolen = client.cookies["sessionid"].value
    client.post("/accounts/me/sessions/end-others/")
    thief = type(client)()
    thief.cookies["sessionid"] = stolen
    assert not is_in(thief)
    assert is_in(client)


# The list


def test_the_account_page_lists_ones_devices_in_words_and_ends_one(client, counselor):
    phone = type(client)(headers={"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) MicroMessenger/8.0"})
    log_in(phone, counselor)
    log_in(client, counselor)
    listed = client.get(ME).context["sessions"]
    assert [(words, here) for _row, words, here in listed][1] == ("微信 · iPhone", False)
    assert listed[0][2]
    assert client.post(f"/accounts/me/sessions/{listed[1][0].pk}/end/").status_code == 302
    assert not is_in(phone)
    assert is_in(client)
    assert AuditEntry.objects.filter(action="session.end").count() == 1


def test_somebody_elses_session_does_not_exist(client, counselor, teacher):
    other = type(client)()
    log_in(other, teacher)
    log_in(client, counselor)
    theirs = UserSession.objects.get(user=teacher)
    assert client.post(f"/accounts/me/sessions/{theirs.pk}/end/").status_code == 404
    assert is_in(other)


def test_the_last_login_is_said_with_its_time_and_address(client, counselor, clock):
    log_in(client, counselor, REMOTE_ADDR="203.0.113.9")
    client.post("/accounts/logout/")
    clock.shift(DAY)
    log_in(client, counselor, REMOTE_ADDR="203.0.113.10")
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    said = client.session["xinqiao_last_login"]
    assert said["address"] == "203.0.113.9"
    assert f"{yesterday:%Y-%m-%d}" in client.get(ME).content.decode()


def test_the_account_page_costs_a_known_number_of_queries(client, counselor, django_assert_num_queries):
    for _ in range(3):
        log_in(type(client)(), counselor)
    log_in(client, counselor)
    client.get(ME)
    with django_assert_num_queries(8):
        client.get(ME)


def test_the_login_page_asks_the_database_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/accounts/login/")


def test_a_person_without_duties_has_an_account_page_too(client):
    client.force_login(UserFactory())
    assert is_in(client)


def test_sessions_past_their_time_are_cleared_each_night(client, counselor, clock):
    log_in(client, counselor)
    clock.shift(9 * HOUR)
    fresh = type(client)()
    log_in(fresh, person_with(Role.COUNSELOR))
    assert sessions.clear_over() == 1
    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)


def test_a_teacher_whom_an_administrator_entered_pays_no_query_for_a_check_that_shuts_nothing(
    client, teacher, django_assert_num_queries
):
    waiting(teacher, person_with(Role.ADMINISTRATOR))
    log_in(client, teacher)
    with django_assert_num_queries(3):
        client.get("/accounts/password/")
