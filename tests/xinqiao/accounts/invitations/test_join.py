"""Joining through the pages: new accounts and known ones, who gets in, who does not, and what nobody can smuggle in."""

import datetime

import pytest
from django.contrib.auth import authenticate
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from tests.factories.accounts import PASSWORD, UserFactory, person_with
from tests.factories.invitations import FATHERS_PHONE, MOTHERS_PHONE, family, invitation_for
from tests.factories.school import GuardianFactory, StudentFactory
from xinqiao.accounts.access import may
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.enums import Role
from xinqiao.accounts.invitations.errors import Over
from xinqiao.accounts.invitations.facts import Confirmed
from xinqiao.accounts.invitations.join import NewAccount, join_anew
from xinqiao.accounts.invitations.models import Invitation, Joining
from xinqiao.accounts.models import Appointment, User
from xinqiao.audit.models import AuditEntry
from xinqiao.school.models import Guardian, Guardianship, Student

pytestmark = pytest.mark.django_db
SENTENCE = "春天我们去看海棠花"
ACCOUNT = {
    "display_name": "海棠妈妈",
    "login": "",
    "email": "",
    "password1": SENTENCE + "2031",
    "password2": SENTENCE + "2031",
    "agree": "on",
}


@pytest.fixture
def home():
    return family()


@pytest.fixture
def code(home):
    return invitation_for(home.child, home.homeroom)[1]


def facts(client, code, known_by=MOTHERS_PHONE, born_on="2017-10-01", **others):
    return client.post(reverse("join"), {"code": code, "born_on": born_on, "known_by": known_by, **others})


def make_account(client, **changed):
    return client.post(reverse("join_account"), {**ACCOUNT, **changed})


def test_a_mother_joins_with_code_and_two_facts_and_sees_her_child(client, home, code):
    assert facts(client, code)["Location"] == reverse("join_account")
    page = client.get(reverse("join_account")).content.decode()
    assert home.child.name in page
    assert home.child.name not in page.split("</title>")[0]
    answer = make_account(client)
    assert answer["Location"] == "/family/"
    home.mother.refresh_from_db()
    user = home.mother.user
    assert str(user) == "海棠妈妈"
    duty = Appointment.objects.get(user=user)
    assert (duty.role, duty.school, duty.starts_on) == (Role.GUARDIAN, home.child.school, timezone.localdate())
    assert may(User.objects.get(pk=user.pk), Capability.ANSWER_CONSENT, home.child)
    assert home.child.name in client.get("/family/").content.decode()
    joined = AuditEntry.objects.get(action="invitation.join")
    assert (joined.actor, joined.student_id) == (user, home.child.pk)
    assert home.child.name not in str(joined.details)
    assert "海棠" not in str(joined.details)


def test_both_parents_join_by_one_letter_and_a_third_does_not(client, home, code):
    for number, phone in enumerate((MOTHERS_PHONE, FATHERS_PHONE)):
        client.logout()
        facts(client, code, phone)
        assert make_account(client, display_name=f"家长{number}").status_code == 302
    assert Invitation.objects.get().used == 2
    assert Joining.objects.count() == 2
    GuardianFactory(school=home.child.school, phone="10011112222").guardianships.create(
        student=home.child, relation="grandparent"
    )
    client.logout()
    assert "已经失效" in facts(client, code, "10011112222").content.decode()


def test_a_second_child_comes_to_the_account_by_its_own_letter(client, home, code):
    facts(client, code)
    make_account(client)
    other = StudentFactory(school=home.child.school, current_class=home.school_class, born_on=datetime.date(2018, 5, 2))
    Guardianship.objects.create(student=other, guardian=home.mother, relation="mother")
    _row, second = invitation_for(other, home.homeroom)
    facts(client, second, born_on="2018-05-02")
    assert client.post(reverse("join_account"))["Location"] == "/family/"
    page = client.get("/family/").content.decode()
    assert home.child.name in page
    assert other.name in page
    assert Appointment.objects.filter(role=Role.GUARDIAN).count() == 1


def test_a_mother_whom_the_roster_has_twice_keeps_one_account(client, home, code):
    facts(client, code)
    make_account(client)
    other = StudentFactory(school=home.child.school, current_class=home.school_class)
    double = GuardianFactory(school=home.child.school, phone="10033334444")
    Guardianship.objects.create(student=other, guardian=double, relation="mother")
    _row, second = invitation_for(other, home.homeroom)
    facts(client, second, "10033334444")
    client.post(reverse("join_account"))
    assert other.name in client.get("/family/").content.decode()
    assert not Guardian.objects.filter(pk=double.pk).exists()
    home.mother.refresh_from_db()
    assert Guardianship.objects.get(student=other).guardian == home.mother


def test_a_teacher_who_is_a_mother_adds_her_child_to_the_account_she_has(client, home, code):
    teacher = person_with(Role.COUNSELOR, school=home.child.school)
    client.force_login(teacher)
    facts(client, code)
    client.post(reverse("join_account"))
    home.mother.refresh_from_db()
    assert home.mother.user == teacher
    assert {each.role for each in teacher.appointments.all()} == {Role.COUNSELOR, Role.GUARDIAN}


def test_who_has_this_child_already_uses_up_no_place(client, home, code):
    facts(client, code)
    make_account(client)
    facts(client, code)
    client.post(reverse("join_account"))
    assert Invitation.objects.get().used == 1


def test_without_a_telephone_on_file_the_roster_s_mother_is_taken_or_a_guardian_is_entered(client, home, code):
    Guardian.objects.update(phone="", phone_index="")
    facts(client, code, home.child.number)
    assert make_account(client, relation="mother", phone="", login="").status_code == 422
    make_account(client, relation="mother", phone="100 5555 6666")
    home.mother.refresh_from_db()
    assert home.mother.user is not None
    assert home.mother.phone == "10055556666"
    client.logout()
    Guardian.objects.filter(pk=home.mother.pk).update(phone="", phone_index="")
    facts(client, code, home.child.number)
    make_account(client, relation="grandparent", phone="", login="外婆")
    grandmother = User.objects.get(username="外婆").guardian
    assert home.child.guardianships.get(guardian=grandmother).relation == "grandparent"


def test_a_restricted_guardian_gets_the_neutral_answer_and_sees_nothing(client, home, code):
    home.child.guardianships.filter(guardian=home.father).update(restricted=True)
    restricted = facts(client, code, FATHERS_PHONE)
    stranger = facts(client, code, "10000000000")
    assert restricted.status_code == stranger.status_code == 422
    assert _error(restricted) == _error(stranger)
    assert "与学校联系" in _error(restricted)
    assert client.get(reverse("join_account"))["Location"] == reverse("join")


def _error(answer):
    return answer.content.decode().split('class="errors"')[1].split("</div>")[0]


def test_a_restriction_between_the_facts_and_the_account_stops_it(client, home, code):
    facts(client, code, FATHERS_PHONE)
    home.child.guardianships.filter(guardian=home.father).update(restricted=True)
    answer = make_account(client)
    assert answer["Location"] == reverse("join")
    assert not User.objects.filter(display_name="海棠妈妈").exists()
    home.father.refresh_from_db()
    assert home.father.user is None


def test_a_restriction_ends_the_view_at_once_and_lifting_it_gives_it_back(client, home, code):
    facts(client, code)
    make_account(client)
    assert home.child.name in client.get("/family/").content.decode()
    home.child.guardianships.filter(guardian=home.mother).update(restricted=True)
    page = client.get("/family/").content.decode()
    assert home.child.name not in page
    assert "与学校联系" in page
    assert not may(home_user(home), Capability.READ_FACTS, home.child)
    home.child.guardianships.filter(guardian=home.mother).update(restricted=False)
    assert home.child.name in client.get("/family/").content.decode()


def home_user(home):
    return User.objects.get(guardian=home.mother)


def test_after_the_child_has_left_own_answers_stay_in_sight(client, home, code):
    facts(client, code)
    make_account(client)
    Student.objects.filter(pk=home.child.pk).update(current_class=None)
    page = client.get("/family/").content.decode()
    assert home.child.name in page
    assert "已离校" in page


def test_the_session_gets_a_new_name_at_the_facts_and_again_at_the_login(client, home, code):
    client.get(reverse("join_by_code", args=[code]))
    fixed = client.session.session_key
    facts(client, code)
    after_facts = client.session.session_key
    make_account(client)
    assert len({fixed, after_facts, client.session.session_key}) == 3


def test_what_an_attacker_s_session_knew_before_opens_nothing(client, home, code):
    client.get(reverse("join_by_code", args=[code]))
    stolen = client.cookies["sessionid"].value
    facts(client, code)
    client.cookies["sessionid"] = stolen
    assert client.get(reverse("join_account"))["Location"] == reverse("join")


def test_the_code_leaves_the_address_and_lies_sealed_in_the_session(client, home, code):
    answer = client.get(reverse("join_by_code", args=[code]))
    assert answer["Location"] == reverse("join")
    assert code not in str(dict(client.session.items()))
    page = client.get(reverse("join")).content.decode()
    assert f"{code[:4]}-{code[4:8]}-{code[8:]}" in page
    assert client.get(reverse("join_by_code", args=["nonsense"]))["Location"] == reverse("join")


def test_the_facts_are_good_for_half_an_hour(client, home, code):
    facts(client, code)
    session = client.session
    session["join_confirmed"] = {**session["join_confirmed"], "at": session["join_confirmed"]["at"] - 1801}
    session.save()
    assert make_account(client)["Location"] == reverse("join")
    assert not User.objects.filter(display_name="海棠妈妈").exists()


def test_a_letter_taken_back_between_the_facts_and_the_account_makes_none(client, home, code):
    facts(client, code)
    Invitation.objects.update(revoked_at=timezone.now(), revoked_by=home.homeroom)
    assert make_account(client)["Location"] == reverse("join")
    assert not User.objects.filter(display_name="海棠妈妈").exists()


def test_the_form_sent_twice_makes_one_account(client, home, code):
    facts(client, code)
    make_account(client)
    again = make_account(client)
    assert again["Location"] == reverse("join")
    assert User.objects.filter(display_name="海棠妈妈").count() == 1


def test_one_place_left_and_two_who_want_it(home):
    row, _code = invitation_for(home.child, home.homeroom, places=1)
    join_anew(confirmed=Confirmed(row, home.mother), relation="mother", account=NewAccount("母", "x" * 12))
    with pytest.raises(Over):
        join_anew(confirmed=Confirmed(row, home.father), relation="father", account=NewAccount("父", "x" * 12))
    assert not User.objects.filter(display_name="父").exists()


def test_nothing_smuggled_into_the_forms_is_taken(client, home, code):
    other = StudentFactory(school=home.child.school, current_class=home.school_class)
    smuggled = {
        "student": other.pk, "student_id": other.pk, "guardian": str(home.father.pk), "invitation": "x", "role": "principal",
        "school": 99, "is_superuser": "on", "is_staff": "on", "username": "admin2", "relation": "father", "restricted": "",
    }  # fmt: skip
    facts(client, code, **smuggled)
    make_account(client, **smuggled)
    user = User.objects.get(display_name="海棠妈妈")
    assert user.guardian == home.mother
    assert not user.is_superuser
    assert not user.is_staff
    assert user.username != "admin2"
    assert [tie.student for tie in user.guardian.guardianships.all()] == [home.child]
    assert user.guardian.guardianships.get().relation == "mother"
    assert [each.role for each in user.appointments.all()] == [Role.GUARDIAN]


def test_no_other_address_is_gone_to_afterwards(client, home, code):
    facts(client, code, next="https://evil.example/")
    answer = client.post(
        reverse("join_account") + "?next=https://evil.example/", {**ACCOUNT, "next": "https://evil.example/"}
    )
    assert answer["Location"] == "/family/"


@pytest.mark.parametrize(
    "wrong",
    [
        {"password1": "kurz", "password2": "kurz"},
        {"password2": "anders"},
        {"password1": "12345678900", "password2": "12345678900"},
        {"agree": ""},
        {"display_name": ""},
        {"login": "10012345678"},
        {"login": "a b"},
        {"login": "ADMIN"},
        {"email": "nobody"},
        {"email": "taken@school.example"},
    ],
)
def test_an_account_that_does_not_go_says_why_and_makes_nothing(client, home, code, wrong):
    UserFactory(username="admin", email="taken@school.example")
    facts(client, code)
    answer = make_account(client, **wrong)
    assert answer.status_code == 422
    assert 'class="errors"' in answer.content.decode()
    assert SENTENCE not in answer.content.decode()
    assert Invitation.objects.get().used == 0


def test_a_guardian_logs_in_with_the_telephone_however_it_is_written(client, home, code):
    facts(client, code)
    make_account(client)
    user = home_user(home)
    for typed in (MOTHERS_PHONE, "+86 100 1234 5678", "１００１２３４５６７８"):
        assert authenticate(username=typed, password=ACCOUNT["password1"]) == user
    assert authenticate(username=MOTHERS_PHONE, password="falsch") is None
    client.logout()
    answer = client.post(
        reverse("account_login"), {"login": MOTHERS_PHONE, "password": ACCOUNT["password1"]}, follow=True
    )
    assert answer.redirect_chain[-1][0] == "/family/"


def test_two_guardians_of_one_telephone_are_told_apart_by_their_passwords(home):
    first, second = UserFactory(), UserFactory()
    first.set_password("die erste von beiden")
    first.save()
    home.mother.user, home.father.user, home.father.phone = first, second, MOTHERS_PHONE
    home.mother.save()
    home.father.save()
    assert authenticate(username=MOTHERS_PHONE, password="die erste von beiden") == first
    assert authenticate(username=MOTHERS_PHONE, password=PASSWORD) == second


def test_no_telephone_is_readable_in_the_database_after_joining(client, home, code):
    facts(client, code)
    make_account(client)
    with connection.cursor() as cursor:
        stored = ""
        for table in (
            "accounts_user",
            "school_guardian",
            "accounts_invitation",
            "accounts_joining",
            "django_session",
            "audit_auditentry",
        ):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
            stored += cursor.fetchone()[0]
    assert MOTHERS_PHONE not in stored


def test_the_place_of_a_guardian_costs_the_same_for_one_child_and_for_three(
    client, home, code, django_assert_num_queries
):
    facts(client, code)
    make_account(client)
    client.get("/family/")
    with django_assert_num_queries(FAMILY_PAGE):
        client.get("/family/")
    for _each in range(2):
        other = StudentFactory(school=home.child.school, current_class=home.school_class)
        Guardianship.objects.create(student=other, guardian=home.mother, relation="mother")
    with django_assert_num_queries(FAMILY_PAGE):
        client.get("/family/")


FAMILY_PAGE = 8


def test_others_with_access_stand_on_the_child_s_card_by_relation_alone(client, home, code):
    facts(client, code)
    make_account(client)
    home.father.user = UserFactory()
    home.father.save()
    page = client.get("/family/").content.decode()
    assert "母亲（您）" in page
    assert "父亲" in page
    assert home.father.name not in page


def test_wrong_tries_of_a_telephone_are_counted_together_however_it_is_written(client, home, code):
    facts(client, code)
    make_account(client)
    ways = ["10012345678", "100 1234 5678", "100-1234-5678", "+86 10012345678", "１００１２３４５６７８"]
    for number, typed in enumerate(ways):
        wrong = {"login": typed, "password": "falsch falsch"}
        other = type(client)(REMOTE_ADDR=f"10.0.1.{number}")
        other.post(reverse("account_login"), wrong)
    answer = type(client)(REMOTE_ADDR="10.0.1.99").post(
        reverse("account_login"), {"login": MOTHERS_PHONE, "password": ACCOUNT["password1"]}
    )
    assert "分钟" in answer.content.decode()
    assert AuditEntry.objects.filter(action="login.failed", target_id=str(home_user(home).pk)).exists()


def test_a_forgotten_password_is_asked_for_by_telephone_too(client, home, code):
    facts(client, code)
    make_account(client, email="mother@family.example")
    client.logout()
    client.post(reverse("account_reset_password"), {"login": "100 1234 5678"})
    assert AuditEntry.objects.filter(action="password.forgotten", target_id=str(home_user(home).pk)).exists()


@pytest.mark.parametrize(
    "change",
    ["used = 3", "places = 5", "used = 1, revoked_at = NULL", "wrong_tries = 0", "student_id = student_id + 1"],
)
def test_the_database_refuses_what_the_code_must_not_do(home, change):
    row, _code = invitation_for(home.child, home.homeroom, wrong_tries=3)
    Invitation.objects.filter(pk=row.pk).update(revoked_at=timezone.now(), revoked_by=home.homeroom)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_invitation SET {change} WHERE id = %s", [row.pk])
