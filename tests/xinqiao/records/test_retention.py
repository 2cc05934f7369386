"""The retention schedule: what is due on which day, shown before it acts, held back for a reason, and going on where it stopped."""

import datetime
import json

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from screening.cases.models import Case
from screening.rounds.models import LevelCount, Response
from tasks.models import OutboxMessage
from tests.factories.accounts import person_with
from tests.factories.cases import SchoolWithPeople, login
from tests.factories.records import CANARIES, a_known_child, fresh, leave_school
from tests.factories.screening import MANY_SIGNS, ClassPassFactory, ResponseFactory
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry
from xinqiao.records.enums import ItemState, RunState
from xinqiao.records.errors import MovedOn, OutOfBounds
from xinqiao.records.jobs import retention
from xinqiao.records.models import Erasure, Hold, RetentionItem, RetentionRun
from xinqiao.records.parts import NOBODY, parts
from xinqiao.records.retention import CLASSES, PASSING, add_months, in_force
from xinqiao.records.schedule import (
    NOTICE_DAYS,
    act,
    act_on_all,
    choose_period,
    confirm,
    due,
    lift_hold,
    propose,
    set_hold,
)
from xinqiao.records.scrub import GONE
from xinqiao.school.models import Guardian, Student

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return SchoolWithPeople()


def a_form(people, student=None, **kwargs) -> Response:
    """One form of a child in a round whose last day is a week from now."""
    student = student or people.child()
    class_pass = ClassPassFactory(school_class=people.school_class, submitted=True)
    return ResponseFactory(class_pass=class_pass, student=student, signs=MANY_SIGNS, **kwargs)


def over(response: Response, months: int = 24) -> datetime.date:
    """The first day on which it is due."""
    return add_months(response.class_pass.round.due_on, months) + datetime.timedelta(days=1)


def due_parts(people, day) -> list[tuple[int, str]]:
    return [(each.student_id, each.part) for each in due(people.school, day)]


# The table


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-08-31", 36, "2029-08-31"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -13, "2024-12-15"),
    ],
)
def test_months_are_counted_as_people_count_them(day, months, expected):
    assert add_months(datetime.date.fromisoformat(day), months) == datetime.date.fromisoformat(expected)


def test_no_school_goes_below_what_the_law_asks_for():
    for key, retention_ in CLASSES.items():
        assert retention_.shortest >= retention_.law_months
        assert retention_.shortest <= retention_.months <= retention_.longest
        assert in_force({key: 0}, key) == max(retention_.shortest, retention_.law_months)
        assert in_force({key: 9999}, key) == retention_.longest
        assert bool(retention_.law_months) <= bool(retention_.why_kept)
    assert PASSING


def test_a_school_chooses_within_bounds(people):
    principal = fresh(people.principal)
    choose_period(user=principal, school=people.school, klass="first_pass", months=12)
    response = a_form(people)
    assert due_parts(people, over(response, 12))
    for months in (5, 73):
        with pytest.raises(OutOfBounds):
            choose_period(user=principal, school=people.school, klass="first_pass", months=months)
    with pytest.raises(NotPermitted):
        choose_period(user=fresh(people.counselor), school=people.school, klass="first_pass", months=12)
    entry = AuditEntry.objects.get(action="records.choose_period")
    assert entry.details == {"kept_class": "first_pass", "months": 12, "before": 24}


# What is due


def test_a_form_is_due_two_years_after_its_round(people):
    response = a_form(people)
    assert due_parts(people, over(response) - datetime.timedelta(days=1)) == []
    assert due_parts(people, over(response)) == [(response.student_id, "first_pass")]


def test_a_child_who_is_being_helped_is_not_due(people):
    known = a_known_child(people, closed=False)
    far = timezone.localdate() + datetime.timedelta(days=365 * 12)
    assert not {part for pk, part in due_parts(people, far) if pk == known.student.pk} & {
        "assessments",
        "cases",
        "safety",
    }


def test_a_closed_case_is_due_after_three_years_and_the_directory_last_of_all(people):
    known = a_known_child(people)
    pk, today = known.student.pk, timezone.localdate()
    in_three = today + datetime.timedelta(days=3 * 366)
    parts = {part for _pk, part in due_parts(people, in_three)}
    assert {"assessments", "cases", "safety", "referrals", "first_pass"} <= parts
    assert "directory" not in parts
    leave_school(known.student, today)
    assert (pk, "directory") not in due_parts(people, in_three)
    act_until_done(people, in_three)
    act_until_done(people, in_three + datetime.timedelta(days=1))
    student = Student.objects.get(pk=pk)
    assert (student.name, student.born_on) == (NOBODY, None)
    assert not Guardian.objects.exclude(name=NOBODY).filter(guardianships__student=pk).exists()
    assert known.student.name not in list(Student.objects.values_list("name", flat=True))


def act_until_done(people, day) -> None:
    """Proposed on this day and confirmed at once, as often as something is due."""
    with time_machine.travel(datetime.datetime.combine(day, datetime.time(9)), tick=False):
        while (run := propose(people.school, day)) is not None:
            act(confirm(user=fresh(people.principal), run=run), today=day)


def test_what_was_erased_is_not_due_again(people):
    a_known_child(people)
    day = timezone.localdate() + datetime.timedelta(days=3 * 366)
    act_until_done(people, day)
    assert due(people.school, day + datetime.timedelta(days=1)) == []


def test_children_are_found_in_as_many_queries_as_one(people):
    first = a_form(people)
    day = over(first)
    with CaptureQueriesContext(connection) as for_one:
        assert len(due(people.school, day)) == 1
    for _each in range(4):
        a_form(people)
    with CaptureQueriesContext(connection) as for_five:
        assert len(due(people.school, day)) == 5
    # A few for each part that an app registers, and none for a child.
    assert len(for_five) == len(for_one) <= 4 * len(parts())


# Shown before it acts


def test_a_run_is_shown_for_two_weeks_and_then_acts_by_itself(people):
    response = a_form(people)
    day = over(response)
    run = propose(people.school, day)
    assert (run.state, run.acts_on) == (RunState.PROPOSED, day + datetime.timedelta(days=NOTICE_DAYS))
    assert run.counts == {"first_pass": 1}
    mails = OutboxMessage.objects.filter(key__startswith=f"retention:{run.pk}:")
    assert {mail.recipient for mail in mails} == {people.principal, people.deputy}
    assert all(response.student.name not in json.dumps(mail.payload) for mail in mails)
    act_on_all(run.acts_on - datetime.timedelta(days=1))
    assert Response.objects.get().answers != b""
    act_on_all(run.acts_on)
    assert bytes(Response.objects.get().answers) == b""
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert AuditEntry.objects.filter(action="records.retention_erase", student_id=response.student_id).count() == 1


def test_what_is_emptied_belongs_to_nobody_and_counts_stay(people):
    response = a_form(people)
    before = list(LevelCount.objects.values_list("class_pass", "level", "children"))
    act_until_done(people, over(response))
    row = Response.objects.get()
    assert (row.student.name, row.level, row.total) == (NOBODY, response.level, 0)
    assert row.student_id != response.student_id
    assert list(LevelCount.objects.values_list("class_pass", "level", "children")) == before


def test_only_what_is_old_enough_goes(people):
    old = a_form(people)
    day = over(old)
    with time_machine.travel(datetime.datetime.combine(day - datetime.timedelta(days=60), datetime.time(9))):
        young = a_form(people, old.student)
    act_until_done(people, day)
    assert bytes(Response.objects.get(pk=old.pk).answers) == b""
    assert bytes(Response.objects.get(pk=young.pk).answers) != b""
    assert Response.objects.get(pk=young.pk).student_id == old.student_id


def test_one_run_at_a_time_and_none_where_nothing_is_due(people):
    response = a_form(people)
    assert propose(people.school, timezone.localdate()) is None
    day = over(response)
    assert propose(people.school, day) is not None
    assert propose(people.school, day) is None
    with pytest.raises(DatabaseError), transaction.atomic():
        RetentionRun.objects.create(school=people.school, acts_on=day)


def test_it_begins_earlier_only_by_a_leaders_word(people):
    response = a_form(people)
    run = propose(people.school, over(response))
    assert act(run, today=over(response)) == 0
    with pytest.raises(NotPermitted):
        confirm(user=fresh(people.counselor), run=run)
    run = confirm(user=fresh(people.deputy), run=run)
    assert OutboxMessage.objects.filter(kind="records.retention").count() == 1
    with pytest.raises(MovedOn):
        confirm(user=fresh(people.principal), run=run)
    with time_machine.travel(datetime.datetime.combine(over(response), datetime.time(9))):
        assert act(run) > 0


def test_a_run_that_was_stopped_goes_on_where_it_was(people, monkeypatch):
    responses = [a_form(people) for _each in range(5)]
    day = over(responses[0])
    monkeypatch.setattr("xinqiao.records.schedule.BATCH", 2)
    run = confirm(user=fresh(people.principal), run=propose(people.school, day))
    asked = iter([False, True])
    act(run, stop=lambda: next(asked), today=day)
    assert RetentionItem.objects.filter(state=ItemState.DONE).count() == 2
    act(run, today=day)
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert not [row for row in Response.objects.all() if bytes(row.answers)]


def test_what_is_not_due_any_more_is_passed_over(people):
    """The school has chosen a longer time meanwhile."""
    response = a_form(people)
    day = over(response)
    run = propose(people.school, day)
    choose_period(user=fresh(people.principal), school=people.school, klass="first_pass", months=72)
    act_on_all(run.acts_on)
    assert RetentionItem.objects.get().state == ItemState.PASSED
    assert bytes(Response.objects.get().answers) != b""


# Holds


def test_a_hold_keeps_a_child_out_and_lifting_it_brings_the_child_back(people):
    response = a_form(people)
    day = over(response)
    run = propose(people.school, day)
    hold = set_hold(user=fresh(people.principal), student=response.student, reason="投诉未结")
    assert RetentionItem.objects.get().state == ItemState.EXEMPT
    assert due(people.school, day) == []
    lift_hold(user=fresh(people.deputy), hold=hold)
    assert RetentionItem.objects.get().state == ItemState.PENDING
    with pytest.raises(MovedOn):
        lift_hold(user=fresh(people.deputy), hold=hold)
    act_on_all(run.acts_on)
    assert bytes(Response.objects.get().answers) == b""


def test_a_hold_set_at_the_last_moment_counts(people):
    response = a_form(people)
    run = propose(people.school, over(response))
    set_hold(user=fresh(people.principal), student=response.student, reason="诉讼中")
    act_on_all(run.acts_on)
    assert bytes(Response.objects.get().answers) != b""
    run.refresh_from_db()
    assert run.state == RunState.DONE


def test_a_hold_with_a_day_runs_out(people):
    response = a_form(people)
    day = over(response)
    set_hold(user=fresh(people.principal), student=response.student, reason="x", until=day)
    assert due(people.school, day) == []
    assert due(people.school, day + datetime.timedelta(days=1)) != []
    with pytest.raises(NotPermitted):
        set_hold(user=fresh(people.counselor), student=response.student, reason="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        Hold.objects.update(until=None)


# The night, the command, the pages


def test_the_nightly_job_runs_whatever_there_is(people):
    a_form(people)
    retention()
    assert not RetentionRun.objects.exists()
    assert not Erasure.objects.exists()


def test_the_command_shows_and_erases_nothing(people, capsys):
    known = a_known_child(people)
    day = timezone.localdate() + datetime.timedelta(days=3 * 366)
    call_command("retention", "--on", day.isoformat(), "--json")
    told = json.loads(capsys.readouterr().out)
    school = next(each for each in told["schools"] if each["school"] == people.school.pk)
    assert school["due"]["cases"] == 1
    assert school["periods"]["first_pass"] == 24
    assert school["run"] is None
    assert Case.objects.get(pk=known.case.pk).plan == CANARIES["plan"] != GONE
    call_command("retention", "--on", day.isoformat())
    assert known.student.name not in capsys.readouterr().out


def test_the_page_shows_the_periods_and_keeps_a_choice(people, client):
    login(client, people.principal)
    url = reverse("records:retention")
    assert "没有到期的记录" in client.get(url).content.decode()
    assert client.post(url, {"klass": "help", "months": 24}).status_code == 302
    assert "本校自定" in client.get(url).content.decode()
    assert client.post(url, {"klass": "safety", "months": 3}).status_code == 422
    assert client.post(url, {"klass": "nothing", "months": 3}).status_code == 422


def test_the_run_s_page_lists_children_and_is_confirmed_there(people, client):
    response = a_form(people)
    with time_machine.travel(datetime.datetime.combine(over(response), datetime.time(9))):
        run = propose(people.school)
        person = person_with(Role.PRINCIPAL, school=people.school)
        login(client, person)
        url = reverse("records:retention_run", args=[run.pk])
        page = client.get(url).content.decode()
        assert response.student.name in page
        assert "初步筛查" in page
        assert client.post(reverse("records:retention_confirm", args=[run.pk])).url == url
        act(RetentionRun.objects.get(pk=run.pk))
        page = client.get(url).content.decode()
        assert "共 1 项，已删除 1 项" in page


def test_a_hold_is_set_and_lifted_on_its_page(people, client):
    student = people.child()
    login(client, people.deputy)
    url = reverse("records:hold", args=[student.pk])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "x", "until": "2020-01-01"}).status_code == 422
    assert client.post(url, {"reason": "诉讼中"}).url == url
    assert "诉讼中" in client.get(url).content.decode()
    index = client.get(reverse("records:index")).content.decode()
    assert url in index
    assert student.name not in index
    assert client.post(reverse("records:hold_lift", args=[Hold.objects.get().pk])).status_code == 302
    assert "设置暂缓删除" in client.get(url).content.decode()
