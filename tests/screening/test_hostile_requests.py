"""What a hostile or a clumsy hand sends: odd characters, other schools' classes, two presses at once, consent taken back meanwhile."""

import datetime
import threading
import time

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from screening.assessments.models import Assessment
from screening.assessments.schedule import pick_for_assessment
from screening.cases.follow_ups import plan_follow_up
from screening.cases.models import FollowUp
from screening.errors import ConsentMissing
from screening.referrals.letter import give_out
from screening.referrals.models import Referral
from screening.referrals.refer import issue_letter
from screening.rounds.filling import save_child
from screening.rounds.manage import NotOfThisSchool, open_round
from screening.rounds.models import ClassPass, Round
from tests.factories.accounts import AppointmentFactory
from tests.factories.cases import SchoolWithPeople, a_case, a_referral, login
from tests.factories.screening import (
    A_SIGN,
    ClassPassFactory,
    InstrumentVersionFactory,
    ResponseFactory,
    answers_of,
    pass_of_a_class,
)
from tests.screening.rounds.test_two_at_once import together
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.consents.withdraw import withdraw_consent
from xinqiao.school.models import Student, Term

_ODD = ["²", "٣", "\0", "9" * 40, "2026-²", "%00", "' OR 1=1 --"]


@pytest.mark.django_db
@pytest.mark.parametrize("text", _ODD)
def test_odd_characters_in_a_search_find_nothing_and_break_nothing(client, text):
    people = SchoolWithPeople()
    case = a_case(people)
    login(client, people.counselor)
    page = client.post(reverse("screening:cases"), {"q": text})
    assert page.status_code == 200
    assert case.number not in [line.number for line in page.context["lines"]] or text == "\0"
    assert client.post(reverse("screening:assessments"), {"q": text}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("text", _ODD)
def test_odd_numbers_in_the_class_form_change_nothing(client, text):
    class_pass = pass_of_a_class()
    login(client, class_pass.teacher)
    arguments = [class_pass.round_id, class_pass.school_class_id]
    for name, data in (
        ("confirm_one", {"child": f"{text}:{text}"}),
        ("rest", {"child": [text]}),
        ("child", {"version": text, "s-e1": text, "considered": text}),
    ):
        here = [*arguments, class_pass.kids[0].pk] if name == "child" else arguments
        address = reverse(f"screening:{name}", args=here)
        assert client.post(address, data).status_code in {302, 404, 422}, name
    assert not class_pass.responses.exists()


@pytest.mark.django_db
def test_a_round_never_takes_in_classes_of_another_school():
    mine, other = SchoolWithPeople(), SchoolWithPeople()
    AppointmentFactory(user=mine.counselor, role=Role.COUNSELOR, school=other.school)
    today = timezone.localdate()
    with pytest.raises(NotOfThisSchool):
        open_round(
            user=mine.counselor,
            term=Term.objects.get(school=mine.school),
            instrument_version=InstrumentVersionFactory(),
            opens_on=today,
            due_on=today,
            classes=[mine.school_class, other.school_class],
        )
    assert not Round.objects.exists()
    assert not ClassPass.objects.exists()


@pytest.mark.django_db
def test_the_form_of_a_new_round_offers_the_classes_of_one_school(client):
    mine, other = SchoolWithPeople(), SchoolWithPeople()
    AppointmentFactory(user=mine.counselor, role=Role.COUNSELOR, school=other.school)
    page = login(client, mine.counselor).get(reverse("screening:new_round"))
    assert list(page.context["form"].fields["classes"].queryset) == [mine.school_class]


@pytest.mark.django_db
def test_this_years_homeroom_teacher_does_not_read_about_last_years_children(client):
    """The class keeps its number and its row; the children are a grade further, and so is who looks after them."""
    last_year = timezone.localdate().replace(year=timezone.localdate().year - 1, month=3, day=2)
    class_pass = pass_of_a_class(submitted=True, round__opens_on=last_year)
    ResponseFactory(class_pass=class_pass, student=class_pass.kids[0], signs=A_SIGN)
    login(client, class_pass.teacher)
    here = [class_pass.round_id, class_pass.school_class_id]
    for name, more in (("class_form", []), ("child", [class_pass.kids[0].pk]), ("amend", [class_pass.kids[0].pk])):
        assert client.get(reverse(f"screening:{name}", args=[*here, *more])).status_code == 404, name
    assert reverse("screening:class_form", args=here) not in client.get(reverse("screening:overview")).text


@pytest.mark.django_db
def test_the_letter_is_given_out_by_right_whoever_calls_the_function():
    people = SchoolWithPeople()
    referral = a_referral(people, until="sent")
    for who in (people.deputy, people.principal, people.moral, SchoolWithPeople().counselor):
        with pytest.raises(NotPermitted):
            give_out(user=who, referral=referral, form="pdf")


@pytest.mark.django_db
def test_a_second_press_plans_no_second_follow_up():
    people = SchoolWithPeople()
    case = a_case(people)
    day = timezone.localdate() + datetime.timedelta(days=3)
    first, second = (plan_follow_up(user=people.counselor, case=case, due_on=day) for _ in range(2))
    assert first == second
    assert FollowUp.objects.filter(case=case, due_on=day).count() == 1


@pytest.mark.usefixtures("committed_db")
def test_the_teachers_critical_mark_and_the_counselors_pick_come_at_once():
    """Each would make the child's assessment; neither may fail, least of all the mark."""
    people = SchoolWithPeople()
    child = people.child()
    before = ResponseFactory(
        class_pass=ClassPassFactory(school_class=people.school_class, submitted=True), student=child, signs=A_SIGN
    )
    Round.objects.filter(pk=before.class_pass.round_id).update(state="closed")
    now_open = ClassPassFactory(school_class=people.school_class)
    teacher = AppointmentFactory(
        user=people.second, role=Role.HOMEROOM, school=people.school, school_class=people.school_class
    ).user
    answers = together(
        lambda: pick_for_assessment(user=people.counselor, response=before),
        lambda: save_child(
            user=teacher,
            class_pass=now_open,
            student=Student.objects.get(pk=child.pk),
            answers=answers_of(now_open, e5=1),
            note=None,
            version=0,
        ),
        lambda: pick_for_assessment(user=people.counselor, response=before),
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    assert Assessment.objects.get(student=child).suggested == "high"


@pytest.mark.usefixtures("committed_db")
def test_a_consent_taken_back_while_the_letter_is_issued_is_waited_for():
    people = SchoolWithPeople()
    with transaction.atomic():
        referral = a_referral(people, until="given")
    answers: list[object] = []

    def issue() -> None:
        try:
            answers.append(issue_letter(user=people.counselor, referral=referral, minimum_checked=True))
        except Exception as error:  # noqa: BLE001 - looked at below
            answers.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=issue)
    with transaction.atomic():
        withdraw_consent(user=people.counselor, consent=referral.consent)
        thread.start()
        _until_somebody_waits_for_a_lock()
    thread.join(20)
    assert isinstance(answers[0], ConsentMissing)
    assert Referral.objects.get(pk=referral.pk).sent_at is None


def _until_somebody_waits_for_a_lock() -> None:
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    pytest.fail("nobody waited")
