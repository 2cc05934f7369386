"""A second factor: asked for at the login once it is set up, used once, sealed, and required by what one may do."""

import json

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from tasks.models import OutboxMessage
from tests.factories.accounts import PASSWORD, person_with
from tests.factories.cases import SchoolWithPeople, a_case
from tests.factories.logins import code_now, log_in, with_app, with_codes
from tests.factories.school import SchoolFactory
from xinqiao.accounts.access import may, reach
from xinqiao.accounts.capabilities import GRANTS, Capability
from xinqiao.accounts.enums import Role
from xinqiao.accounts.factor_models import FactorSecret
from xinqiao.accounts.second_factor import ASKS, ROLES_ASKED, is_shut
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
SECOND_STEP = "/accounts/2fa/authenticate/"
SET_UP_APP = "/accounts/2fa/app/"


@pytest.fixture
def required(settings) -> None:
    settings.XINQIAO_SECOND_FACTOR = "required"


@pytest.fixture
def counselor():
    return person_with(Role.COUNSELOR, username="xinli")


def is_logged_in(client) -> bool:
    return "_auth_user_id" in client.session


def events(user) -> list[str]:
    return [
        m.payload["context"]["event"] for m in OutboxMessage.objects.filter(recipient=user, kind="mail").order_by("pk")
    ]


def set_up_app(client) -> str:
    page = client.get(SET_UP_APP)
    secret = page.context["form"].secret
    answer = client.post(SET_UP_APP, {"code": code_now(secret)})
    assert answer.status_code == 302, answer.context["form"].errors
    return secret


# At the login


def test_a_password_alone_logs_nobody_in_who_has_set_one_up(client, counselor):
    with_app(counselor)
    assert log_in(client, counselor)["Location"] == SECOND_STEP
    assert not is_logged_in(client)
    assert client.get("/workspace/").status_code == 302


def test_the_code_of_the_app_logs_in_and_is_on_the_trail(client, counselor):
    with_app(counselor)
    log_in(client, counselor)
    assert client.post(SECOND_STEP, {"code": code_now()})["Location"] == "/accounts/start/"
    assert is_logged_in(client)
    assert AuditEntry.objects.get(action="login.done").details["method"] == ["password", "totp"]


def test_whoever_wanted_to_go_somewhere_gets_there_after_both_steps(client, counselor):
    with_app(counselor)
    client.post("/accounts/login/", {"login": "xinli", "password": PASSWORD, "next": "/cases/?level=high"})
    assert client.post(SECOND_STEP, {"code": code_now()})["Location"] == "/cases/?level=high"


def test_a_wrong_code_is_refused_in_words_and_on_the_trail(client, counselor):
    with_app(counselor)
    log_in(client, counselor)
    answer = client.post(SECOND_STEP, {"code": "000000"})
    assert not is_logged_in(client)
    assert "code" in answer.context["form"].errors
    assert AuditEntry.objects.get(action="login.code_failed").target_id == str(counselor.pk)


def test_a_used_code_opens_nothing_again_even_if_the_cache_was_emptied(client, counselor):
    with_app(counselor)
    with time_machine.travel(timezone.now(), tick=False):
        code = code_now()
        log_in(client, counselor)
        client.post(SECOND_STEP, {"code": code})
        client.post("/accounts/logout/")
        cache.clear()
        log_in(client, counselor)
        client.post(SECOND_STEP, {"code": code})
        assert not is_logged_in(client)
        client.post(SECOND_STEP, {"code": code_now(steps=1)})
        assert is_logged_in(client)


def test_a_telephone_whose_clock_is_half_a_minute_off_still_opens(client, counselor):
    with_app(counselor)
    log_in(client, counselor)
    client.post(SECOND_STEP, {"code": code_now(steps=-1)})
    assert is_logged_in(client)


def test_an_older_code_is_not_taken_after_a_newer_one(client, counselor):
    with_app(counselor)
    with time_machine.travel(timezone.now(), tick=False):
        log_in(client, counselor)
        client.post(SECOND_STEP, {"code": code_now(steps=1)})
        client.post("/accounts/logout/")
        log_in(client, counselor)
        client.post(SECOND_STEP, {"code": code_now(steps=0)})
        assert not is_logged_in(client)


def test_a_recovery_code_opens_once(client, counselor):
    with_app(counselor)
    code = with_codes(counselor)[3]
    log_in(client, counselor)
    client.post(SECOND_STEP, {"code": code})
    assert is_logged_in(client)
    client.post("/accounts/logout/")
    log_in(client, counselor)
    client.post(SECOND_STEP, {"code": code})
    assert not is_logged_in(client)


def test_five_wrong_codes_stop_the_right_one_for_a_while(client, counselor):
    with_app(counselor)
    log_in(client, counselor)
    for _ in range(5):
        client.post(SECOND_STEP, {"code": "000000"})
    client.post(SECOND_STEP, {"code": code_now()})
    assert not is_logged_in(client)


def test_nobody_reaches_the_second_step_without_the_first(client, counselor):
    with_app(counselor)
    assert client.get(SECOND_STEP)["Location"] == "/accounts/login/"
    assert client.post(SECOND_STEP, {"code": code_now()})["Location"] == "/accounts/login/"


def test_somebody_elses_code_does_not_fit(client, counselor):
    with_app(counselor)
    with_app(person_with(Role.PRINCIPAL), secret="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    log_in(client, counselor)
    client.post(SECOND_STEP, {"code": code_now("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")})
    assert not is_logged_in(client)


def test_a_secret_moved_to_another_persons_row_opens_nothing(client, counselor):
    """Whoever can write to the database could otherwise put their own telephone's secret beside a colleague's name."""
    theirs = with_app(person_with(Role.ADMINISTRATOR))
    mine = with_app(counselor, secret="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    mine.data = theirs.data
    mine.save()
    log_in(client, counselor)
    client.post(SECOND_STEP, {"code": code_now()})
    assert not is_logged_in(client)


# At rest


def test_neither_secret_nor_codes_lie_in_any_table(client, counselor):
    client.force_login(counselor)
    secret = set_up_app(client)
    codes = client.get("/accounts/2fa/codes/").context["unused_codes"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator UNION ALL SELECT text FROM accounts_factorsecret")
        stored = " ".join(row[0] for row in cursor.fetchall())
    assert secret not in stored
    assert not any(code in stored for code in codes)
    assert "mfa.totp.secret" not in client.session


# Setting up and removing


def test_an_app_is_set_up_with_its_first_code_and_gives_ten_recovery_codes_shown_once(client, counselor):
    client.force_login(counselor)
    key_before = client.session.session_key
    set_up_app(client)
    codes = client.get("/accounts/2fa/codes/").context["unused_codes"]
    assert len(set(codes)) == 10
    assert client.get("/accounts/2fa/codes/").context["unused_codes"] == ["****"] * 10
    assert client.session.session_key != key_before
    assert AuditEntry.objects.filter(action="factor.add", details={"kind": "totp"}).count() == 1
    assert events(counselor) == ["factor_added"]


def test_the_code_that_set_it_up_does_not_log_in_afterwards(client, counselor):
    client.force_login(counselor)
    with time_machine.travel(timezone.now(), tick=False):
        secret = set_up_app(client)
        client.post("/accounts/logout/")
        log_in(client, counselor)
        client.post(SECOND_STEP, {"code": code_now(secret)})
        assert not is_logged_in(client)


def test_other_sessions_end_when_a_factor_is_set_up(client, counselor):
    other = type(client)()
    other.force_login(counselor)
    client.force_login(counselor)
    set_up_app(client)
    assert other.get("/accounts/me/").status_code == 302
    assert client.get("/accounts/me/").status_code == 200


def test_removing_the_app_takes_codes_and_secrets_with_it(client, counselor):
    client.force_login(counselor)
    set_up_app(client)
    assert FactorSecret.objects.count() == 2
    assert client.post("/accounts/2fa/app/remove/").status_code == 302
    assert not Authenticator.objects.exists()
    assert not FactorSecret.objects.exists()
    assert sorted(events(counselor)) == ["factor_added", "factor_removed"]
    assert AuditEntry.objects.filter(action="factor.remove").count() == 1


def test_the_last_factor_of_somebody_who_needs_one_stays(client, counselor, required):
    client.force_login(counselor)
    set_up_app(client)
    answer = client.post("/accounts/2fa/app/remove/")
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert Authenticator.objects.filter(type="totp").exists()


def test_new_recovery_codes_make_the_old_ones_useless(client, counselor):
    with_app(counselor)
    old = with_codes(counselor)
    client.force_login(counselor)
    client.post("/accounts/2fa/codes/new/")
    new = client.get("/accounts/2fa/codes/").context["unused_codes"]
    assert not set(old) & set(new)
    assert AuditEntry.objects.filter(action="factor.codes").count() == 1
    assert FactorSecret.objects.filter(user=counselor).count() == 2


@pytest.mark.parametrize("page", ["mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes"])
def test_the_pages_about_factors_ask_for_a_fresh_proof(client, counselor, page):
    with time_machine.travel(timezone.now()) as clock:
        client.force_login(counselor)
        clock.shift(11 * 60)
        assert client.get(reverse(page))["Location"].startswith("/accounts/reauthenticate/?next=")


# Required by what one may do


def test_the_roles_asked_are_those_who_could_open_a_story_or_a_door_to_one():
    assert {Role.PRINCIPAL, Role.DEPUTY, Role.COUNSELOR, Role.ADMINISTRATOR} == ROLES_ASKED
    assert {role for role in Role if ASKS & GRANTS[role].keys()} == ROLES_ASKED


def test_without_it_whoever_needs_one_is_led_to_set_it_up(client, counselor, required):
    log_in(client, counselor)
    assert client.get("/accounts/start/")["Location"] == "/accounts/me/second-factor/"
    assert client.get("/accounts/me/second-factor/").status_code == 200


@pytest.mark.parametrize("path", ["/workspace/", "/cases/", "/assessments/", "/admin/"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_until_then_every_workplace_is_shut_and_the_page_says_how_to_open_it(
    client, counselor, required, path, headers
):
    client.force_login(counselor)
    answer = client.get(path, headers=headers)
    assert answer.status_code == 403
    if path != "/admin/":
        assert "/accounts/me/second-factor/" in answer.content.decode()


def test_a_case_known_by_its_address_is_shut_too(client, required):
    school = SchoolFactory()
    counselor = person_with(Role.COUNSELOR, school=school)
    case = a_case(SchoolWithPeople(school))
    client.force_login(counselor)
    assert client.get(f"/cases/{case.pk}/").status_code == 403
    assert client.get(f"/cases/{case.pk}/print/").status_code == 403
    assert client.post(f"/cases/{case.pk}/notes/", {}).status_code == 403
    assert not AuditEntry.objects.filter(action="case.read_narrative").exists()


def test_setting_it_up_opens_the_workplace_in_the_same_session(client, counselor, required):
    client.force_login(counselor)
    set_up_app(client)
    assert client.get("/workspace/").status_code == 200


def test_a_login_with_both_steps_opens_it(client, counselor, required):
    with_app(counselor)
    log_in(client, counselor)
    client.post(SECOND_STEP, {"code": code_now()})
    assert client.get("/accounts/start/")["Location"] == "/workspace/"
    assert client.get("/workspace/").status_code == 200


def test_a_code_given_when_asked_again_counts_as_the_second_factor(client, counselor, required):
    client.force_login(counselor)
    with_app(counselor)
    assert client.get("/workspace/").status_code == 403
    client.post("/accounts/2fa/reauthenticate/", {"code": code_now(), "next": "/workspace/"})
    assert client.get("/workspace/").status_code == 200


def test_whoever_sees_lists_and_no_stories_is_not_asked(client, required):
    client.force_login(person_with(Role.MORAL_EDUCATION))
    assert client.get("/accounts/start/")["Location"] == "/workspace/"
    assert client.get("/workspace/").status_code == 200


def test_the_shut_session_may_still_learn(client, counselor, required):
    client.force_login(counselor)
    person = client.get("/accounts/me/").wsgi_request.user
    assert may(person, Capability.LEARN)
    assert not any(may(person, capability) for capability in set(Capability) - {Capability.LEARN})


def test_jobs_and_commands_ask_about_people_without_a_session(counselor, required):
    assert may(counselor, Capability.READ_NARRATIVE)
    assert reach(counselor, Capability.READ_NARRATIVE).schools
    assert not is_shut(counselor, Capability.READ_NARRATIVE)


def test_where_it_is_only_offered_the_account_page_says_so_kindly_and_all_is_open(client, counselor):
    client.force_login(counselor)
    assert client.get("/workspace/").status_code == 200
    assert "/accounts/me/second-factor/" in client.get("/accounts/me/").content.decode()


def test_a_script_that_logs_in_by_passkey_gets_a_challenge_that_asks_for_verification(client):
    answer = client.get("/accounts/2fa/passkeys/login/", headers={"Accept": "application/json"})
    key = json.loads(answer.content)["request_options"]["publicKey"]
    assert key["userVerification"] == "required"
    assert "allowCredentials" not in key or key["allowCredentials"] == []


def test_an_invented_passkey_is_refused(client, counselor):
    client.get("/accounts/2fa/passkeys/login/", headers={"Accept": "application/json"})
    for credential in ["{}", "[]", '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}', "not json"]:
        assert (
            client.post("/accounts/2fa/passkeys/login/", {"credential": credential})["Location"] == "/accounts/login/"
        )
    assert not is_logged_in(client)
