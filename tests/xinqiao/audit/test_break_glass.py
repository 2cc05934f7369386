"""A story opened in an emergency: asked with a reason, told at once, read only, marked, and over after its hour."""

import datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from screening.cases.models import Case
from screening.workspace.case_export import taken_out
from screening.workspace.case_list import CaseList, Wanted
from tasks.letters import render_letter
from tasks.models import OutboxMessage
from tests.factories.accounts import AppointmentFactory, person_with
from tests.factories.cases import STORY, SchoolWithPeople, a_case, a_referral, login
from tests.factories.files import a_paper
from tests.factories.screening import ClassPassFactory
from xinqiao.accounts.access import NotPermitted, may, reach
from xinqiao.accounts.appointments import withdraw_appointment
from xinqiao.accounts.capabilities import OPENED_BY_BREAK_GLASS, Capability
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import User
from xinqiao.audit.break_glass import (
    IsOver,
    NobodyIsTold,
    ReasonTooShort,
    TooMany,
    acknowledge,
    end_early,
    open_in_emergency,
)
from xinqiao.audit.models import AuditEntry, BreakGlass
from xinqiao.school.models import School

pytestmark = pytest.mark.django_db
REASON = "心理教师两部电话都打不通，医院来电询问孩子的情况。"
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def people() -> SchoolWithPeople:
    people = SchoolWithPeople()
    people.administrator = person_with(Role.ADMINISTRATOR, school=people.school)
    return people


@pytest.fixture
def case(people) -> Case:
    return a_case(people, "priority")


def opened_by(people, case, **kwargs) -> BreakGlass:
    return open_in_emergency(by=people.administrator, student=case.student, kind="away", reason=REASON, **kwargs)


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_without_it_the_case_does_not_exist_for_whoever_runs_the_system(client, people, case):
    assert login(client, people.administrator).get(f"/cases/{case.pk}/").status_code == 403


def test_for_an_hour_the_story_can_be_read(client, people, case):
    opened_by(people, case)
    page = login(client, people.administrator).get(f"/cases/{case.pk}/")
    assert page.status_code == 200
    for sentence in STORY:
        assert sentence in page.content.decode()


def test_the_page_that_shows_it_leaves_the_screen_when_the_hour_is_over(client, people, case):
    opened_by(people, case)
    page = login(client, people.administrator).get(f"/cases/{case.pk}/")
    seconds, _, url = page["Refresh"].partition("; url=")
    assert 3500 < int(seconds) <= 3602
    assert url == "/audit/break-glass/"


def test_a_letter_and_a_paper_say_so_and_leave_the_screen_too(client, people, case):
    letter, paper = a_referral(people, case, "sent"), a_paper(people, case)
    login(client, people.counselor)
    assert "Refresh" not in client.get(f"/referrals/{letter.pk}/")
    opened = opened_by(people, case)
    login(client, people.administrator)
    for url in (f"/referrals/{letter.pk}/", f"/files/{paper.pk}/"):
        page = client.get(url)
        assert page["Refresh"].endswith("url=/audit/break-glass/"), url
        assert f"/audit/break-glass/{opened.pk}/" in page.content.decode(), url


def test_who_also_leads_a_grade_sees_no_levels_of_its_classes_under_it(client, people, case):
    """The hour opens one child; the counts of a class are not that child's."""
    done = ClassPassFactory(school_class=people.school_class, submitted=True)
    done.counts.create(level="high", children=2)
    AppointmentFactory(user=people.administrator, role=Role.GRADE_LEADER, grade=people.school_class.grade)
    opened_by(people, case)
    page = BeautifulSoup(login(client, people.administrator).get("/screening/").content, "html.parser")
    assert page.select_one(".completion")
    assert not page.select(".level-count")
    assert "高危" not in page.main.get_text()


def test_who_may_take_a_list_out_elsewhere_takes_nothing_of_it_out(client, people, case):
    elsewhere = SchoolWithPeople()
    AppointmentFactory(user=people.administrator, role=Role.MORAL_EDUCATION, school=elsewhere.school)
    theirs = a_case(elsewhere, "high")
    opened_by(people, case)
    case_list = CaseList(again(people.administrator))
    assert {each.pk for each in case_list.cases()} == {case.pk, theirs.pk}
    assert [each.pk for each in taken_out(case_list, Wanted())] == [theirs.pk]


def test_with_the_duty_the_list_of_ones_own_readings_ends_too(people, case):
    opened = opened_by(people, case)
    held = people.administrator.appointments.get()
    assert opened in BreakGlass.objects.visible_to(again(people.administrator))
    withdraw_appointment(by=None, appointment=held)
    assert opened not in BreakGlass.objects.visible_to(again(people.administrator))


def test_it_ends_on_the_minute_in_an_open_session(client, people, case):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        opened_by(people, case)
        login(client, people.administrator)
        for minutes in (20, 20, 19):  # a session lies idle for less than half an hour
            clock.shift(datetime.timedelta(minutes=minutes))
            assert client.get(f"/cases/{case.pk}/").status_code == 200
        clock.shift(datetime.timedelta(seconds=59))
        assert client.get(f"/cases/{case.pk}/").status_code == 200
        clock.shift(datetime.timedelta(seconds=1))
        assert client.get(f"/cases/{case.pk}/").status_code == 403
        assert not reach(again(people.administrator), Capability.READ_NARRATIVE)


def test_the_same_instance_of_a_person_loses_it_when_the_hour_is_over(people, case):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        opened_by(people, case)
        assert may(people.administrator, Capability.READ_NARRATIVE, case)
        clock.shift(HOUR)
        assert not may(people.administrator, Capability.READ_NARRATIVE, case)


def test_another_childs_story_stays_closed(client, people, case):
    other = a_case(people, "high")
    opened_by(people, case)
    assert login(client, people.administrator).get(f"/cases/{other.pk}/").status_code == 404
    assert not may(people.administrator, Capability.READ_NARRATIVE, other)
    assert not may(people.administrator, Capability.READ_CASE, people.school)


def test_it_opens_reading_and_nothing_else(people, case):
    before = {each for each in Capability if may(people.administrator, each, case)}
    opened_by(people, case)
    after = {each for each in Capability if may(again(people.administrator), each, case)}
    assert after - before == OPENED_BY_BREAK_GLASS


@pytest.mark.parametrize("act", ["notes", "step", "protocol", "follow-ups", "level", "level/answer", "state", "owner"])
def test_nothing_can_be_written(client, people, case, act):
    opened_by(people, case)
    url = f"/cases/{case.pk}/{act}/"
    assert login(client, people.administrator).post(url, {}).status_code == 403


def test_nothing_can_be_printed_or_taken_out(client, people, case):
    referral = a_referral(people, case, "sent")
    opened_by(people, case)
    login(client, people.administrator)
    assert client.get(f"/cases/{case.pk}/print/").status_code == 403
    assert client.get("/cases/export/").status_code == 403
    assert client.get(f"/referrals/{referral.pk}/").status_code == 200
    for part in ("letter/", "letter.pdf", "letter-1.png"):
        assert client.get(f"/referrals/{referral.pk}/{part}").status_code in {403, 404}, part
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "/print/" not in page
    assert "<textarea" not in page


def test_the_principals_and_counselors_are_told_at_once_without_a_name_or_reason(people, case):
    opened = opened_by(people, case)
    mails = OutboxMessage.objects.filter(key__startswith=f"break-glass:{opened.pk}:")
    assert {mail.recipient for mail in mails} == {people.principal, people.counselor, people.second}
    letter = render_letter("audit/break_glass", mails[0].payload["context"], people.principal)
    for text in (letter.subject, letter.text, letter.html):
        assert case.student.name not in text
        assert "医院来电" not in text
    assert "/audit/break-glass/" in letter.text


def test_every_reading_bears_its_mark_on_the_trail(client, people, case):
    opened = opened_by(people, case)
    login(client, people.administrator).get(f"/cases/{case.pk}/")
    entry = AuditEntry.objects.get(action="case.read_narrative", actor=people.administrator)
    assert entry.details["break_glass"] == str(opened.pk)
    assert AuditEntry.objects.filter(action="break_glass.open", student_id=case.student_id).count() == 1


def test_what_others_do_bears_no_mark(client, people, case):
    opened_by(people, case)
    login(client, people.counselor).get(f"/cases/{case.pk}/")
    assert "break_glass" not in AuditEntry.objects.get(action="case.read_narrative", actor=people.counselor).details


def test_a_reason_of_a_few_words_is_refused(people, case):
    with pytest.raises(ReasonTooShort):
        open_in_emergency(by=people.administrator, student=case.student, kind="away", reason="急用 " * 2)
    assert not BreakGlass.objects.exists()


def test_who_has_no_such_duty_is_refused(people, case):
    for person in (people.deputy, people.moral, people.counselor):
        with pytest.raises(NotPermitted):
            open_in_emergency(by=person, student=case.student, kind="away", reason=REASON)


def test_a_child_of_another_school_is_out_of_reach(client, people):
    foreign = SchoolWithPeople().child()
    with pytest.raises(NotPermitted):
        open_in_emergency(by=people.administrator, student=foreign, kind="away", reason=REASON)
    assert login(client, people.administrator).get(f"/audit/break-glass/children/{foreign.pk}/").status_code == 404


def test_where_nobody_would_be_told_nothing_is_opened():
    school = School.objects.create(name="新学校", short_name="新")
    administrator = person_with(Role.ADMINISTRATOR, school=school)
    people = SchoolWithPeople()
    child = people.child()
    child.school = school
    child.save()
    with pytest.raises(NobodyIsTold):
        open_in_emergency(by=administrator, student=child, kind="away", reason=REASON)


def test_who_is_also_the_principal_is_not_the_one_who_is_told():
    people = SchoolWithPeople()
    both = people.principal
    AppointmentFactory(user=both, role=Role.ADMINISTRATOR, school=people.school)
    opened = open_in_emergency(by=again(both), student=people.child(), kind="away", reason=REASON)
    told = {mail.recipient for mail in OutboxMessage.objects.filter(key__startswith="break-glass:")}
    assert told == {people.counselor, people.second}
    assert not BreakGlass.objects.watched_by(again(both)).filter(pk=opened.pk).exists()


def test_a_fourth_within_a_day_is_refused_and_possible_the_day_after(people):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _number in range(3):
            open_in_emergency(by=people.administrator, student=people.child(), kind="away", reason=REASON)
        with pytest.raises(TooMany):
            open_in_emergency(by=people.administrator, student=people.child(), kind="away", reason=REASON)
        clock.shift(datetime.timedelta(hours=24))
        open_in_emergency(by=people.administrator, student=people.child(), kind="away", reason=REASON)
    assert BreakGlass.objects.count() == 4


def test_asking_again_within_the_hour_gives_the_same_hour_and_one_mail_each(people, case):
    first = opened_by(people, case)
    assert opened_by(people, case).pk == first.pk
    assert OutboxMessage.objects.filter(key__startswith="break-glass:").count() == 3


def test_whoever_was_told_ends_it_and_the_next_page_is_closed(client, people, case):
    opened = opened_by(people, case)
    login(client, people.administrator)
    assert client.get(f"/cases/{case.pk}/").status_code == 200
    end_early(by=people.principal, opened=opened)
    assert client.get(f"/cases/{case.pk}/").status_code == 403
    with pytest.raises(IsOver):
        end_early(by=people.counselor, opened=opened)


def test_who_was_not_told_cannot_end_it(people, case):
    opened = opened_by(people, case)
    for person in (people.deputy, people.moral, SchoolWithPeople().principal):
        with pytest.raises(NotPermitted):
            end_early(by=person, opened=opened)


def test_with_the_duty_the_hour_ends_too(people, case):
    opened_by(people, case)
    withdraw_appointment(by=None, appointment=people.administrator.appointments.get())
    assert not may(again(people.administrator), Capability.READ_NARRATIVE, case)


def test_an_inactive_login_reads_nothing(people, case):
    opened_by(people, case)
    User.objects.filter(pk=people.administrator.pk).update(is_active=False)
    assert not may(again(people.administrator), Capability.READ_NARRATIVE, case)


def test_the_database_refuses_a_longer_hour_and_every_change_of_what_was_given(people, case):
    opened = opened_by(people, case)
    for change in (
        {"ends_at": opened.ends_at + HOUR},
        {"student": people.child()},
        {"user": people.deputy},
        {"kind": "other"},
        {"starts_at": opened.starts_at - HOUR},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            BreakGlass.objects.filter(pk=opened.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        opened.delete()
    longer = BreakGlass(
        user=people.administrator,
        school=people.school,
        student=case.student,
        kind="away",
        starts_at=opened.starts_at,
        ends_at=opened.starts_at + HOUR + datetime.timedelta(seconds=1),
    )
    longer.reason = REASON
    with pytest.raises(IntegrityError), transaction.atomic():
        longer.save(force_insert=True)


def test_an_early_end_cannot_be_taken_back(people, case):
    opened = end_early(by=people.administrator, opened=opened_by(people, case))
    with pytest.raises(DatabaseError), transaction.atomic():
        BreakGlass.objects.filter(pk=opened.pk).update(ended_at=None, ended_by=None)


def test_a_hint_on_the_person_opens_nothing_by_itself(people, case):
    User.objects.filter(pk=people.administrator.pk).update(break_glass_until=timezone.now() + HOUR)
    assert not may(again(people.administrator), Capability.READ_NARRATIVE, case)


def test_it_is_shown_until_each_has_seen_it(client, people, case):
    opened = opened_by(people, case)
    for person in (people.principal, people.counselor):
        page = login(client, person).get("/workspace/").content.decode()
        assert "紧急查阅" in page
        assert case.student.name not in BeautifulSoup(page, "html.parser").select_one(".notice.warm").get_text()
    acknowledge(by=people.principal, opened=opened)
    acknowledge(by=people.principal, opened=opened)
    assert not BreakGlass.objects.not_seen_by(people.principal).exists()
    assert BreakGlass.objects.not_seen_by(people.counselor).exists()
    assert AuditEntry.objects.filter(action="break_glass.seen").count() == 1


def test_who_was_told_sees_who_which_child_why_and_how_much_was_read(client, people, case):
    opened_by(people, case)
    login(client, people.administrator).get(f"/cases/{case.pk}/")
    page = BeautifulSoup(login(client, people.principal).get("/audit/break-glass/").content, "html.parser")
    card = page.select_one(".glass").get_text()
    for text in (str(people.administrator), case.student.name, "医院来电", "1"):
        assert text in card
    assert case.student.name not in page.title.get_text()


def test_the_whole_way_by_the_pages(client, people, case):
    login(client, people.administrator)
    found = client.post("/audit/break-glass/", {"q": case.student.name})
    ask = f"/audit/break-glass/children/{case.student_id}/"
    assert ask in found.content.decode()
    assert client.post(ask, {"kind": "away", "reason": "太短"}).status_code == 422
    confirm = client.post(ask, {"kind": "away", "reason": REASON})
    assert str(people.principal) in confirm.content.decode()
    assert not BreakGlass.objects.exists()
    done = client.post(ask, {"kind": "away", "reason": REASON, "act": "open"})
    opened = BreakGlass.objects.get()
    assert done["Location"] == f"/audit/break-glass/{opened.pk}/"
    assert f"/cases/{case.pk}/" in client.get(done["Location"]).content.decode()
    assert client.get("/workspace/")["Location"] == "/audit/break-glass/"
    listed = client.get("/cases/").content.decode()
    assert f"/cases/{case.pk}/" in listed
    assert client.post(f"/audit/break-glass/{opened.pk}/end/").status_code == 302
    assert f"/cases/{case.pk}/" not in client.get(done["Location"]).content.decode()


def test_an_administrator_without_a_reading_is_asked_no_more_than_before(people, django_assert_num_queries):
    administrator = again(people.administrator)
    administrator.current_appointments()
    with django_assert_num_queries(0):
        reach(administrator, Capability.READ_NARRATIVE)


def test_with_one_it_is_one_query_however_often_it_is_asked(people, case, django_assert_num_queries):
    opened_by(people, case)
    administrator = again(people.administrator)
    administrator.current_appointments()
    with django_assert_num_queries(1):
        for capability in OPENED_BY_BREAK_GLASS:
            assert may(administrator, capability, case)


def test_the_list_asks_as_much_for_many_as_for_one(client, people, django_assert_num_queries):
    login(client, people.principal)
    open_in_emergency(by=people.administrator, student=people.child(), kind="away", reason=REASON)
    client.get("/audit/break-glass/")
    with django_assert_num_queries(7):
        client.get("/audit/break-glass/")
    for _number in range(2):
        open_in_emergency(by=people.administrator, student=people.child(), kind="away", reason=REASON)
    with django_assert_num_queries(7):
        client.get("/audit/break-glass/")
