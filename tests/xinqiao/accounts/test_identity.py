"""Whoever runs the system cannot read in somebody else's name: not by a new password, not by a new address, not by taking the factor away."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from tasks.letters import render_letter
from tasks.models import OutboxMessage
from tests.factories.accounts import person_with
from tests.factories.logins import code_now, log_in, waiting, with_app, with_codes
from tests.factories.school import SchoolFactory
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.accounts.factor_models import CheckReason, FactorSecret, IdentityCheck
from xinqiao.accounts.factors import reset_factors
from xinqiao.accounts.groups import ensure_groups, sync_groups
from xinqiao.accounts.identity import confirm, is_waiting
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
BY_ADMIN = "chosen-by-the-admin-77"
OWN = "huangniu-zuotian-chi-caomei"


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def admin(school):
    ensure_groups()
    person = person_with(Role.ADMINISTRATOR, school=school, username="guanli")
    sync_groups(person)
    return person


@pytest.fixture
def counselor(school):
    return person_with(Role.COUNSELOR, school=school, username="xinli")


@pytest.fixture
def principal(school):
    return person_with(Role.PRINCIPAL, school=school, username="xiaozhang")


def edit(client, person, **change):
    form = {
        "username": person.username, "display_name": person.display_name, "email": person.email, "is_active": "on",
        "password1": "", "password2": "", **change,
    }  # fmt: skip
    answer = client.post(reverse("wagtailusers_users:edit", args=[person.pk]), form)
    assert answer.status_code == 302, answer.context["form"].errors


def events_for(person) -> set[str]:
    return {m.payload["context"]["event"] for m in OutboxMessage.objects.filter(recipient=person, kind="mail")}


def as_the_counselor(client, password=OWN):
    """What the administrator would do next: log in with the password they set, and choose another."""
    log_in(client, type("Somebody", (), {"username": "xinli"}), BY_ADMIN)
    client.post("/accounts/password/", {"old_password": BY_ADMIN, "new_password1": password, "new_password2": password})


def test_a_password_set_by_an_administrator_opens_no_story_until_a_leader_confirms(client, admin, counselor, principal):
    client.force_login(admin)
    edit(client, counselor, password1=BY_ADMIN, password2=BY_ADMIN)
    impostor = type(client)()
    as_the_counselor(impostor)
    assert impostor.get("/accounts/me/").status_code == 200
    assert impostor.get("/cases/").status_code == 403
    assert impostor.get("/assessments/").status_code == 403
    # Setting up a factor of their own does not help either.
    secret = impostor.get("/accounts/2fa/app/").context["form"].secret
    assert impostor.post("/accounts/2fa/app/", {"code": code_now(secret)}).status_code == 302
    assert impostor.get("/cases/").status_code == 403
    assert "confirm_somebody" in events_for(principal)
    assert "password" in events_for(counselor)


def test_once_confirmed_the_running_session_opens(client, admin, counselor, principal):
    waiting(counselor, admin)
    log_in(client, counselor)
    assert client.get("/cases/").status_code == 403
    leader = type(client)()
    leader.force_login(principal)
    assert counselor in leader.get("/accounts/me/").context["to_confirm"]
    assert leader.post(f"/accounts/people/{counselor.pk}/confirm/").status_code == 302
    assert client.get("/cases/").status_code == 200
    assert AuditEntry.objects.get(action="person.confirm").actor == principal
    assert "confirmed" in events_for(counselor)


def test_where_a_second_factor_stands_a_new_password_needs_no_confirmation_and_does_not_log_in(
    client, admin, counselor
):
    with_app(counselor)
    client.force_login(admin)
    edit(client, counselor, password1=BY_ADMIN, password2=BY_ADMIN)
    assert not is_waiting(counselor)
    impostor = type(client)()
    assert log_in(impostor, counselor, BY_ADMIN)["Location"] == "/accounts/2fa/authenticate/"


def test_a_new_mail_address_is_confirmed_too_because_it_gets_the_link_to_a_new_password(client, admin, counselor):
    client.force_login(admin)
    edit(client, counselor, email="admin-reads-this@school.example")
    assert is_waiting(counselor)
    assert IdentityCheck.objects.get().reason == CheckReason.MAIL


def test_a_changed_name_needs_no_confirmation(client, admin, counselor):
    client.force_login(admin)
    edit(client, counselor, display_name="新名字")
    assert not is_waiting(counselor)


def test_a_person_whom_an_administrator_invents_and_appoints_reads_nothing(client, admin, school):
    client.force_login(admin)
    form = {"username": "bucunzai", "display_name": "不存在", "email": "", "password1": BY_ADMIN, "password2": BY_ADMIN}
    answer = client.post(reverse("wagtailusers_users:add"), form)
    assert answer.status_code == 302
    invented = type(admin).objects.get(username="bucunzai")
    assert (is_waiting(invented), invented.must_change_password) == (True, True)


def test_taking_the_factor_away_ends_sessions_and_shuts_everything_until_confirmed(client, admin, counselor, principal):
    with_app(counselor)
    with_codes(counselor)
    log_in(client, counselor)
    client.post("/accounts/2fa/authenticate/", {"code": code_now()})
    assert client.get("/cases/").status_code == 200
    desk = type(client)()
    desk.force_login(admin)
    assert desk.get(f"/accounts/people/{counselor.pk}/reset-factor/").status_code == 200
    assert desk.post(f"/accounts/people/{counselor.pk}/reset-factor/").status_code == 302
    assert client.get("/cases/").status_code == 302
    assert not Authenticator.objects.exists()
    assert not FactorSecret.objects.exists()
    log_in(client, counselor)
    assert client.get("/cases/").status_code == 403
    assert events_for(counselor) == {"factor_reset"}
    assert "confirm_somebody" in events_for(principal)
    assert AuditEntry.objects.get(action="factor.reset").actor == admin


def test_an_administrator_does_not_reset_their_own_or_another_schools(admin):
    with pytest.raises(NotPermitted):
        reset_factors(by=admin, user=admin)
    with pytest.raises(NotPermitted):
        reset_factors(by=admin, user=person_with(Role.COUNSELOR, school=SchoolFactory()))


def test_only_a_leader_of_the_school_who_is_neither_person_nor_opener_confirms(admin, counselor, principal, school):
    waiting(counselor, admin)
    for nobody in (admin, counselor, person_with(Role.MORAL_EDUCATION, school=school), person_with(Role.PRINCIPAL)):
        with pytest.raises(NotPermitted):
            confirm(by=nobody, user=counselor)
    assert confirm(by=person_with(Role.DEPUTY, school=school), user=counselor) == 1


def test_a_leader_who_opened_the_check_as_an_administrator_cannot_close_it(counselor, school):
    both = person_with(Role.PRINCIPAL, school=school)
    waiting(counselor, both)
    with pytest.raises(NotPermitted):
        confirm(by=both, user=counselor)


def test_a_leader_who_waits_confirms_nobody(client, admin, counselor, principal):
    waiting(counselor, admin)
    waiting(principal, admin)
    log_in(client, principal)
    assert client.post(f"/accounts/people/{counselor.pk}/confirm/").status_code == 403
    assert is_waiting(counselor)


def test_the_database_itself_knows_that_it_takes_a_third_person(admin, counselor):
    check = waiting(counselor, admin)
    for who in (admin, counselor):
        with pytest.raises(IntegrityError), transaction.atomic():
            IdentityCheck.objects.filter(pk=check.pk).update(confirmed_by=who, confirmed_at=check.opened_at)


def test_the_first_leaders_are_confirmed_at_the_server(admin, principal, capsys):
    waiting(principal, admin)
    call_command("confirm_person", "xiaozhang")
    assert not is_waiting(principal)
    assert AuditEntry.objects.get(action="person.confirm").actor is None
    with pytest.raises(CommandError):
        call_command("confirm_person", "niemand")


@pytest.mark.parametrize(
    "event",
    [
        *CheckReason.values,
        "confirm_somebody",
        "confirmed",
        "factor_added",
        "factor_removed",
        "codes_renewed",
        "password_changed",
        "connected",
        "disconnected",
    ],
)
def test_each_mail_has_words_and_names_nobody_but_its_reader(event, counselor):
    letter = render_letter("accounts/security", {"event": event}, counselor)
    assert len(letter.text.splitlines()) > 6
    assert "/accounts/me/" in letter.html


def test_ones_own_password_is_not_changed_past_the_present_one(client, admin):
    client.force_login(admin)
    edit(client, admin, password1=BY_ADMIN, password2=BY_ADMIN)
    admin.refresh_from_db()
    assert not admin.check_password(BY_ADMIN)
