"""The two facts: what opens, what does not, and that one answer and one way fit all that is wrong."""

import datetime

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories.accounts import UserFactory
from tests.factories.invitations import BIRTHDAY, FATHERS_PHONE, MOTHERS_PHONE, family, invitation_for
from tests.factories.school import GuardianFactory, GuardianshipFactory
from xinqiao.accounts.invitations.codes import shown
from xinqiao.accounts.invitations.errors import HasJoined, NotConfirmed, Over, TooManyTries
from xinqiao.accounts.invitations.facts import TRIES_OF_AN_ADDRESS, check_facts
from xinqiao.accounts.invitations.models import InvitationState
from xinqiao.audit.models import AuditEntry
from xinqiao.school.models import Guardian

pytestmark = pytest.mark.django_db


def ask(code, *, born_on=BIRTHDAY, known_by=MOTHERS_PHONE, address="10.0.0.1", user=None):
    return check_facts(code=code, born_on=born_on, known_by=known_by, address=address, user=user)


@pytest.fixture
def home():
    return family()


@pytest.fixture
def letter(home):
    return invitation_for(home.child, home.homeroom)


def test_birthday_and_telephone_say_which_guardian_it_is(home, letter):
    assert ask(letter[1]).guardian == home.mother
    assert ask(letter[1], known_by=FATHERS_PHONE).guardian == home.father


@pytest.mark.parametrize("typed", ["100 1234 5678", "+86 100-1234-5678", "１００１２３４５６７８", "0086 10012345678"])
def test_a_telephone_is_read_as_people_write_it(home, letter, typed):
    assert ask(shown(letter[1]).lower(), known_by=typed).guardian == home.mother


@pytest.mark.parametrize(
    "wrong",
    [
        {"born_on": datetime.date(2017, 1, 10)},
        {"known_by": "10000000000"},
        {"known_by": ""},
        {"known_by": "\0"},
        {"known_by": "某家长"},
    ],
)
def test_a_wrong_fact_is_not_confirmed_and_counts(letter, wrong):
    with pytest.raises(NotConfirmed):
        ask(letter[1], **wrong)
    letter[0].refresh_from_db()
    assert letter[0].wrong_tries == 1


@pytest.mark.parametrize("code", ["", "nonsense", "ABCD-EFGH-JKLM", "x" * 5000, "\0" * 12])
def test_a_wrong_code_has_the_same_answer(home, letter, code):
    with pytest.raises(NotConfirmed) as of_code:
        ask(code)
    with pytest.raises(NotConfirmed) as of_facts:
        ask(letter[1], known_by="1")
    assert str(of_code.value) == str(of_facts.value)


def test_a_wrong_code_and_a_wrong_fact_take_the_same_steps(letter):
    taken = []
    for code, known_by in (("ABCD-EFGH-JKLM", MOTHERS_PHONE), (letter[1], "10000000000")):
        with (
            CaptureQueriesContext(
                connection,
            ) as queries,
            pytest.raises(NotConfirmed),
        ):
            ask(code, known_by=known_by)
        taken.append(
            [query["sql"].split(" WHERE ")[0] for query in queries.captured_queries if "audit" not in query["sql"]]
        )
    shapes = [[sql.split()[0] for sql in each] for each in taken]
    assert shapes[0] == shapes[1]
    assert len(shapes[0]) == len(shapes[1])


def test_the_fifth_wrong_answer_closes_the_letter_even_for_the_right_one(home, letter):
    for _each in range(5):
        with pytest.raises(NotConfirmed):
            ask(letter[1], known_by="10000000000")
    letter[0].refresh_from_db()
    assert letter[0].state == InvitationState.DEAD
    with pytest.raises(NotConfirmed):
        ask(letter[1])
    letter[0].refresh_from_db()
    assert letter[0].wrong_tries == 5
    tries = [
        entry.details.get("tries") for entry in AuditEntry.objects.filter(action="invitation.wrong").order_by("pk")
    ]
    assert tries[:5] == [1, 2, 3, 4, 5]


def test_a_guardian_whom_a_court_keeps_away_gets_the_strangers_answer(home, letter):
    tie = home.tie(home.father)
    tie.restricted = True
    tie.save()
    with pytest.raises(NotConfirmed):
        ask(letter[1], known_by=FATHERS_PHONE)
    assert ask(letter[1]).guardian == home.mother


def test_without_any_telephone_on_file_the_school_number_stands_in(home, letter):
    Guardian.objects.update(phone="", phone_index="")
    found = ask(letter[1], known_by=f" {home.child.number.lower()} ")
    assert found.guardian is None


def test_with_a_telephone_on_file_the_school_number_opens_nothing(home, letter):
    with pytest.raises(NotConfirmed):
        ask(letter[1], known_by=home.child.number)


def test_where_a_court_keeps_somebody_away_the_school_number_opens_nothing(home, letter):
    Guardian.objects.update(phone="", phone_index="")
    home.child.guardianships.filter(guardian=home.father).update(restricted=True)
    with pytest.raises(NotConfirmed):
        ask(letter[1], known_by=home.child.number)


def test_another_childs_letter_does_not_open_with_ones_own_facts(home, letter):
    other = family(school_class=home.school_class)
    Guardian.objects.filter(pk=other.mother.pk).update(phone="", phone_index="")
    other.child.guardianships.filter(guardian=other.father).delete()
    _row, others_code = invitation_for(other.child, home.homeroom)
    with pytest.raises(NotConfirmed):
        ask(others_code)


@pytest.mark.parametrize("change", ["revoked", "used", "left"])
def test_who_knows_the_facts_hears_that_the_letter_is_over(home, letter, change):
    row, code = letter
    if change == "revoked":
        row.revoked_at, row.revoked_by = timezone.now(), home.homeroom
    elif change == "used":
        row.used = row.places
    else:
        home.child.current_class = None
        home.child.save()
    row.save()
    with pytest.raises(Over):
        ask(code)
    with pytest.raises(NotConfirmed):
        ask(code, known_by="10000000000")


def test_a_letter_is_over_after_its_last_day(letter):
    with time_machine.travel(letter[0].expires_at - datetime.timedelta(seconds=1)):
        assert ask(letter[1])
    with time_machine.travel(letter[0].expires_at + datetime.timedelta(seconds=1)), pytest.raises(Over):
        ask(letter[1])


def test_whose_telephone_has_joined_logs_in_instead(home, letter):
    home.mother.user = UserFactory()
    home.mother.save()
    with pytest.raises(HasJoined):
        ask(letter[1])
    assert ask(letter[1], user=home.mother.user).guardian == home.mother


def test_two_guardians_of_one_telephone_join_one_after_the_other(home, letter):
    home.father.phone = MOTHERS_PHONE
    home.father.save()
    home.mother.user = UserFactory()
    home.mother.save()
    assert ask(letter[1]).guardian == home.father


def test_many_wrong_tries_from_one_network_wait(home, letter):
    for _each in range(TRIES_OF_AN_ADDRESS):
        with pytest.raises(NotConfirmed):
            ask("ABCD-EFGH-JKLM")
    with pytest.raises(TooManyTries):
        ask(letter[1])
    assert ask(letter[1], address="10.0.0.2").guardian == home.mother
    cache.clear()
    assert ask(letter[1]).guardian == home.mother


def test_nothing_typed_stands_on_the_trail(home, letter):
    with pytest.raises(NotConfirmed):
        ask(letter[1], known_by="10000000000")
    entry = AuditEntry.objects.get(action="invitation.wrong")
    assert entry.details == {"tries": 1}
    assert entry.student_id == home.child.pk


def test_a_guardian_of_another_child_with_this_telephone_is_nobody_here(home, letter):
    other = family(school_class=home.school_class)
    stranger = GuardianFactory(school=home.child.school, phone="10055555555")
    GuardianshipFactory(student=other.child, guardian=stranger)
    with pytest.raises(NotConfirmed):
        ask(letter[1], known_by="10055555555")
