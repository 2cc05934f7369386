"""A guardian asks who has seen the records; the principal answers in time, and nothing that must be kept gets out."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.db import DatabaseError, transaction
from django.utils import timezone

from tasks.letters import render_letter
from tasks.models import OutboxMessage
from tests.factories.accounts import AppointmentFactory, person_with
from tests.factories.cases import SchoolWithPeople, a_case, login
from tests.factories.school import GuardianFactory, GuardianshipFactory
from tests.factories.screening import ClassPassFactory, ResponseFactory
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment
from xinqiao.audit.access_requests import (
    SayWhy,
    ask_who_has_seen,
    decline,
    read_answer,
    release,
    released,
    take_back,
    working_days_after,
    working_days_left,
)
from xinqiao.audit.models import AccessRequest, AuditEntry
from xinqiao.audit.plain_words import _ACTS as PLAIN
from xinqiao.audit.plain_words import KEPT_BACK, Kind, happenings, in_plain_words
from xinqiao.audit.trail import record
from xinqiao.audit.words import ACTIONS
from xinqiao.refused import NotThisState

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> SchoolWithPeople:
    return SchoolWithPeople()


@pytest.fixture
def student(people):
    return people.child()


def guardian_of(student, **tie):
    person = person_with(Role.GUARDIAN, school=student.school, display_name="某家长")
    GuardianshipFactory(student=student, guardian=GuardianFactory(school=student.school, user=person), **tie)
    return person


@pytest.fixture
def guardian(student):
    return guardian_of(student)


def told(asked) -> list[tuple[str, str]]:
    return [(line.who, line.did) for line in released(asked)]


def test_the_principals_are_told_without_a_name_and_the_clock_is_of_working_days(people, student, guardian):
    now = datetime.datetime(2026, 9, 25, 4, tzinfo=datetime.UTC)  # before the holidays of October
    asked = ask_who_has_seen(by=guardian, student=student, now=now)
    assert asked.due_on == working_days_after(datetime.date(2026, 9, 25), 15)
    assert (asked.due_on - datetime.date(2026, 9, 25)).days > 21
    mail = OutboxMessage.objects.get(key__startswith="access-asked:")
    assert mail.recipient == people.principal
    letter = render_letter("audit/access_asked", mail.payload["context"], people.principal)
    for text in (letter.subject, letter.text, letter.html):
        assert student.name not in text
        assert "某家长" not in text


def test_working_days_left_run_out_on_the_day_itself():
    friday = datetime.date(2026, 11, 27)
    assert working_days_left(friday, datetime.date(2026, 11, 25)) == 2
    assert working_days_left(friday, friday) == 0
    assert working_days_left(friday, datetime.date(2026, 11, 30)) == -1


def test_a_second_press_finds_the_open_question(student, guardian):
    assert ask_who_has_seen(by=guardian, student=student).pk == ask_who_has_seen(by=guardian, student=student).pk
    assert OutboxMessage.objects.filter(key__startswith="access-asked:").count() == 1


def test_another_childs_guardian_and_one_kept_away_by_a_court_cannot_ask(client, people, student):
    for person in (guardian_of(people.child()), guardian_of(student, restricted=True), people.counselor):
        with pytest.raises(NotPermitted):
            ask_who_has_seen(by=person, student=student)
    login(client, guardian_of(student, restricted=True))
    assert client.get(f"/audit/ask/{student.pk}/").status_code == 404
    assert client.post(f"/audit/ask/{student.pk}/").status_code == 404


def test_who_is_kept_away_after_the_answer_does_not_read_it_either(client, people, student, guardian):
    asked = release(by=people.principal, request=ask_who_has_seen(by=guardian, student=student), withheld=KEPT_BACK)
    login(client, guardian)
    assert client.get(f"/audit/answers/{asked.pk}/").status_code == 200
    guardian.guardian.guardianships.update(restricted=True)
    assert client.get(f"/audit/answers/{asked.pk}/").status_code == 404
    assert client.get(f"/audit/ask/{student.pk}/").status_code == 404


def test_by_default_nothing_tells_of_an_assessment_or_a_case(people, student, guardian):
    a_case(people, "high", student)
    record(actor=people.counselor, action="case.read_narrative", student_id=student.pk)
    asked = release(by=people.principal, request=ask_who_has_seen(by=guardian, student=student), withheld=KEPT_BACK)
    kinds = {line.kind for line in released(asked)}
    assert kinds <= {Kind.FIRST_PASS, Kind.CONTROL}
    words = " ".join(did for _who, did in told(asked))
    assert not any(word in words for word in ("谈话", "帮助", "紧急", "医院", "担心"))


def test_what_the_principal_lets_out_is_told_in_plain_words_by_duty(people, student, guardian):
    record(actor=people.counselor, action="assessment.begin", student_id=student.pk, details={"suggested": "high"})
    asked = release(by=people.principal, request=ask_who_has_seen(by=guardian, student=student), withheld=[])
    assert ("心理教师", "与孩子谈话") in told(asked)
    assert str(people.counselor) not in str(told(asked))


def test_the_first_pass_of_the_class_is_told_as_the_homeroom_teachers(people, student, guardian):
    homeroom = person_with(Role.HOMEROOM, school_class=people.school_class)
    done = ClassPassFactory(school_class=people.school_class, submitted=True, submitted_by=homeroom)
    ResponseFactory(class_pass=done, student=student)
    asked = release(by=people.principal, request=ask_who_has_seen(by=guardian, student=student), withheld=KEPT_BACK)
    assert ("班主任", "填写了全班的初步筛查") in told(asked)


def test_an_act_without_words_is_told_to_nobody(people, student):
    record(actor=people.counselor, action="concern.something_new", student_id=student.pk)
    assert happenings(student.pk) == []


def test_what_another_guardian_did_is_not_told(people, student, guardian):
    other = guardian_of(student)
    ask_who_has_seen(by=other, student=student)
    asked = release(by=people.principal, request=ask_who_has_seen(by=guardian, student=student), withheld=[])
    assert ("您", "询问谁看过记录") in told(asked)
    assert sum(did == "询问谁看过记录" for _who, did in told(asked)) == 1


def test_the_answer_to_another_guardians_question_is_not_told_nor_that_one_was_refused(people, student, guardian):
    """Also where the other guardian works at the school: the duty does not name them."""
    other = guardian_of(student)
    AppointmentFactory(user=other, role=Role.TEACHER, school_class=people.school_class, school=people.school)
    decline(
        by=people.principal, request=ask_who_has_seen(by=other, student=student), words="请与校长面谈，电话见学校网站。"
    )
    asked = release(by=people.principal, request=ask_who_has_seen(by=guardian, student=student), withheld=[])
    assert told(asked) == [("您", "询问谁看过记录")]


def test_what_another_guardian_said_to_a_consent_is_not_told(people, student, guardian):
    other = guardian_of(student)
    AppointmentFactory(user=other, role=Role.TEACHER, school_class=people.school_class, school=people.school)
    for answer in ("given", "refused"):
        details = {"kind": "screening", "how": "online"}
        record(actor=other, action=f"consent.{answer}", student_id=student.pk, details=details)
        record(actor=people.counselor, action=f"consent.{answer}", student_id=student.pk, details={"how": "phone"})
    asked = release(by=people.principal, request=ask_who_has_seen(by=guardian, student=student), withheld=[])
    lines = [(line.who, line.times) for line in released(asked) if line.kind == Kind.CONSENT]
    assert lines == [("心理教师", 2)]  # one line for both: no yes and no no


@pytest.mark.parametrize(
    ("action", "details"), [("break_glass.open", {}), ("consent.request", {"kind": "referral"}), ("file.read", {})]
)
def test_an_emergency_and_a_referral_on_its_way_are_kept_back_unless_decided_otherwise(
    people, student, guardian, action, details
):
    record(actor=people.counselor, action=action, student_id=student.pk, details=details)
    lines = in_plain_words(happenings(student.pk), school_id=student.school_id, reader_id=guardian.pk)
    assert [line.kind in KEPT_BACK for line in lines] == [True]


def test_every_act_with_plain_words_is_one_that_the_trail_knows():
    assert set(PLAIN) <= set(ACTIONS)


def test_the_same_act_of_one_day_stands_once_with_its_number(people, student, guardian):
    for _time in range(3):
        record(actor=people.principal, action="audit.read_child", student_id=student.pk)
    lines = in_plain_words(happenings(student.pk), school_id=student.school_id, reader_id=guardian.pk)
    assert [(line.who, line.times) for line in lines] == [("校长", 3)]


def test_the_duty_is_that_of_the_day_on_which_it_was_done(people, student, guardian):
    today = timezone.localdate()
    Appointment.objects.filter(user=people.counselor).update(ends_on=today - datetime.timedelta(days=1))
    record(actor=people.counselor, action="student.correct", student_id=student.pk)
    lines = in_plain_words(happenings(student.pk), school_id=student.school_id, reader_id=guardian.pk)
    assert [line.who for line in lines] == ["学校工作人员"]


def test_the_answer_stands_as_it_was_released(people, student, guardian):
    record(actor=people.principal, action="student.correct", student_id=student.pk)
    asked = release(by=people.principal, request=ask_who_has_seen(by=guardian, student=student), withheld=KEPT_BACK)
    before = told(asked)
    record(actor=people.principal, action="student.leave", student_id=student.pk)
    assert told(asked) == before
    for change in ({"up_to": 0}, {"withheld": []}, {"state": "asked"}, {"answered_by": people.deputy}):
        with pytest.raises(DatabaseError), transaction.atomic():
            AccessRequest.objects.filter(pk=asked.pk).update(**change)


def test_a_refusal_needs_words_and_shows_no_list(client, people, student, guardian):
    asked = ask_who_has_seen(by=guardian, student=student)
    with pytest.raises(SayWhy):
        decline(by=people.principal, request=asked, words="不行")
    decline(by=people.principal, request=asked, words="为保护孩子，现在不能答复，请与校长当面谈。")
    page = login(client, guardian).get(f"/audit/answers/{asked.pk}/").content.decode()
    assert "请与校长当面谈" in page
    assert "<table" not in page
    with pytest.raises(NotThisState):
        release(by=people.principal, request=asked, withheld=[])


def test_only_the_principal_of_the_school_answers(people, student, guardian):
    asked = ask_who_has_seen(by=guardian, student=student)
    for person in (people.deputy, people.counselor, guardian, SchoolWithPeople().principal):
        with pytest.raises(NotPermitted):
            release(by=person, request=asked, withheld=[])
        with pytest.raises(NotPermitted):
            decline(by=person, request=asked, words="为保护孩子，现在不能答复，请与校长当面谈。")


def test_a_question_can_be_taken_back_and_put_again(people, student, guardian):
    asked = ask_who_has_seen(by=guardian, student=student)
    with pytest.raises(NotPermitted):
        take_back(by=people.principal, request=asked)
    take_back(by=guardian, request=asked)
    assert ask_who_has_seen(by=guardian, student=student).pk != asked.pk


def test_reading_is_recorded_and_only_ones_own_is_read(people, student, guardian):
    asked = release(by=people.principal, request=ask_who_has_seen(by=guardian, student=student), withheld=[])
    read_answer(by=guardian, request=asked)
    assert AuditEntry.objects.filter(action="access_request.read", actor=guardian).count() == 1
    with pytest.raises(NotPermitted):
        read_answer(by=guardian_of(student), request=asked)


def test_the_whole_way_by_the_pages(client, people, student, guardian):
    record(actor=people.principal, action="student.correct", student_id=student.pk)
    a_case(people, "priority", student)
    login(client, guardian)
    assert client.post(f"/audit/ask/{student.pk}/").status_code == 302
    asked = AccessRequest.objects.get()
    assert "等待校长答复" in client.get(f"/audit/ask/{student.pk}/").content.decode()
    login(client, people.principal)
    listed = client.get("/audit/requests/").content.decode()
    assert f"/audit/requests/{asked.pk}/" in listed
    page = BeautifulSoup(client.get(f"/audit/requests/{asked.pk}/").content, "html.parser")
    ticked = {box["value"] for box in page.select("input[name=withheld][checked]")}
    assert ticked == {kind.value for kind in KEPT_BACK}
    done = client.post(
        f"/audit/requests/{asked.pk}/", {"act": "release", "withheld": sorted(ticked), "words": "谢谢您"}
    )
    assert done.status_code == 302
    mail = OutboxMessage.objects.get(key=f"access-answered:{asked.pk}")
    assert mail.recipient == guardian
    login(client, guardian)
    answer = client.get(f"/audit/answers/{asked.pk}/").content.decode()
    assert "谢谢您" in answer
    assert "核对了基本情况" in answer or "更正了基本情况" in answer
    assert "谈话" not in answer
    assert "重点关注" not in answer


def test_a_kind_that_is_none_is_refused(client, people, student, guardian):
    asked = ask_who_has_seen(by=guardian, student=student)
    login(client, people.principal)
    assert client.post(f"/audit/requests/{asked.pk}/", {"act": "release", "withheld": ["x"]}).status_code == 422
    assert client.post(f"/audit/requests/{asked.pk}/", {"act": "decline", "no-words": ""}).status_code == 422
    asked.refresh_from_db()
    assert asked.is_open


def test_the_principals_list_asks_as_much_for_many_as_for_one(
    client, people, student, guardian, django_assert_num_queries
):
    ask_who_has_seen(by=guardian, student=student)
    login(client, people.principal)
    client.get("/audit/requests/")
    with django_assert_num_queries(5):
        client.get("/audit/requests/")
    for _number in range(4):
        child = people.child()
        ask_who_has_seen(by=guardian_of(child), student=child)
    with django_assert_num_queries(5):
        client.get("/audit/requests/")
