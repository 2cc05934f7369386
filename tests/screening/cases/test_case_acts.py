"""What is done on a case: protocol steps, follow-ups, notes, level with a second person, its way to the end."""

import datetime

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from screening.cases.crisis import do_step, move_crisis
from screening.cases.enums import CaseState, ChangeState, CrisisState, FollowUpKind, FollowUpState
from screening.cases.follow_ups import complete_follow_up, plan_follow_up
from screening.cases.levels import answer_change, change_level, may_answer
from screening.cases.models import Case
from screening.cases.write import hand_over, move_case, save_notes
from screening.errors import Conflict, NotThisState, OwnerMissing, ReasonMissing, SecondPersonNeeded
from tests.factories.cases import SchoolWithPeople, a_case, login
from tests.factories.tasks import send_all
from xinqiao.accounts.access import NotPermitted
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def people() -> SchoolWithPeople:
    return SchoolWithPeople()


def post(client, name, case, *more, **data):
    return client.post(reverse(f"screening:{name}", args=[case.pk, *more]), data)


# -- the protocol ------------------------------------------------------------------------------------------------------


def test_a_step_says_when_it_happened_and_when_it_was_written(client, people):
    case = a_case(people, "high")
    happened = timezone.localtime() - datetime.timedelta(hours=3)
    answer = post(
        login(client, people.counselor),
        "case_step",
        case,
        key="guardian",
        done_at=happened.strftime("%Y-%m-%dT%H:%M"),
        note="电话联系上母亲",
    )
    assert answer.status_code == 302
    step = case.crisis.steps.get(key="guardian")
    assert step.done_by == people.counselor
    assert step.done_at < step.written_at
    assert "电话联系上母亲" in client.get(reverse("screening:case", args=[case.pk])).text


def test_lateness_is_shown_and_never_takes_the_action_away(client, people):
    case = a_case(people, "high", now=timezone.now() - datetime.timedelta(hours=5))
    page = login(client, people.counselor).get(reverse("screening:case", args=[case.pk]))
    assert "逾期" in page.text
    do_step(user=people.counselor, case=case, key="guardian", done_at=timezone.now(), note="晚了")
    entry = AuditEntry.objects.get(action="crisis.step")
    assert entry.details == {"step": "guardian", "late_minutes": 180}


def test_safety_and_the_guardian_make_the_child_safe(people):
    case = a_case(people, "high")
    for key in ("safety", "guardian"):
        do_step(user=people.counselor, case=case, key=key, done_at=timezone.now(), note="已做")
    case.crisis.refresh_from_db()
    assert case.crisis.state == CrisisState.SAFE


def test_a_step_is_refused_twice_in_the_future_without_a_note_and_by_others(people):
    case, now = a_case(people, "high"), timezone.now()
    with pytest.raises(NotThisState):
        do_step(user=people.counselor, case=case, key="safety", done_at=now + datetime.timedelta(hours=1), note="已做")
    with pytest.raises(ReasonMissing):
        do_step(user=people.counselor, case=case, key="safety", done_at=now, note=" ")
    with pytest.raises(NotPermitted):
        do_step(user=people.principal, case=case, key="safety", done_at=now, note="已做")
    do_step(user=people.counselor, case=case, key="safety", done_at=now, note="已做")
    with pytest.raises(NotThisState):
        do_step(user=people.counselor, case=case, key="safety", done_at=now, note="又一次")


def test_a_refused_step_comes_back_with_what_was_typed(client, people):
    case = a_case(people, "high")
    later = timezone.localtime() + datetime.timedelta(days=1)
    page = post(
        login(client, people.counselor),
        "case_step",
        case,
        key="safety",
        done_at=later.strftime("%Y-%m-%dT%H:%M"),
        note="写好的经过",
    )
    assert page.status_code == 422
    assert "写好的经过" in page.text
    assert "这个时间还没有到" in page.text


def test_the_protocol_is_handed_over_ended_and_runs_again_only_by_its_table(client, people):
    case = a_case(people, "high")
    with pytest.raises(NotThisState):
        move_crisis(user=people.counselor, case=case, to_state="stood_down")  # the child is not safe yet
    for key in ("safety", "guardian"):
        do_step(user=people.counselor, case=case, key=key, done_at=timezone.now(), note="已做")
    post(login(client, people.counselor), "case_protocol", case, to_state="declared")
    case.crisis.refresh_from_db()
    assert case.crisis.state == CrisisState.DECLARED
    with pytest.raises(NotThisState):
        move_crisis(user=people.counselor, case=case, to_state="safe")
    with pytest.raises(NotPermitted):
        move_crisis(user=people.deputy, case=case, to_state="handed_over")


def test_the_leads_are_told_of_a_protocol_without_a_name(people, django_capture_on_commit_callbacks):
    case = a_case(people, "high")
    send_all()
    assert {m.to[0] for m in mail.outbox} == {people.principal.email, people.deputy.email}
    for message in mail.outbox:
        words = message.subject + message.body + str(message.alternatives)
        assert case.student.name not in words
        assert str(case.pk) not in words
        assert "高危" not in words


# -- follow-ups --------------------------------------------------------------------------------------------------------


def test_four_follow_ups_come_by_rule(people):
    case = a_case(people)
    assert list(case.follow_ups.values_list("kind", flat=True)) == ["week_1", "week_2", "month_1", "month_3"]
    assert case.next_follow_up_on == case.follow_ups.first().due_on


def test_any_contact_counts_and_a_late_entry_says_both_days(client, people):
    case = a_case(people, now=timezone.now() - datetime.timedelta(days=20))
    first = case.follow_ups.first()
    happened = first.due_on + datetime.timedelta(days=2)
    answer = post(
        login(client, people.counselor),
        "case_follow_up",
        case,
        first.pk,
        happened_on=happened.isoformat(),
        contact="other",
        note="家长在校门口说起，睡得好些",
    )
    assert answer.status_code == 302
    first.refresh_from_db()
    case.refresh_from_db()
    assert first.state == FollowUpState.DONE
    assert first.happened_on == happened
    assert timezone.localdate(first.written_at) == TODAY()
    assert case.next_follow_up_on > first.due_on
    assert "晚 2 天" in client.get(reverse("screening:case", args=[case.pk])).text


def test_a_high_case_never_runs_out_of_follow_ups(people):
    case = a_case(people, "high")
    for each in list(case.follow_ups.all()):
        complete_follow_up(user=people.counselor, follow_up=each, happened_on=TODAY(), contact="talk", note="见过")
    extra = case.follow_ups.get(state=FollowUpState.DUE)
    case.refresh_from_db()
    assert extra.kind == FollowUpKind.EXTRA
    assert case.next_follow_up_on == extra.due_on > TODAY()


def test_a_follow_up_is_refused_twice_in_the_future_and_of_another_case(client, people):
    case, other = a_case(people), a_case(people)
    first = case.follow_ups.first()
    done = {"contact": "talk", "note": "见过"}
    with pytest.raises(NotThisState):
        complete_follow_up(
            user=people.counselor, follow_up=first, happened_on=TODAY() + datetime.timedelta(days=1), **done
        )
    with pytest.raises(NotPermitted):
        complete_follow_up(user=people.deputy, follow_up=first, happened_on=TODAY(), **done)
    complete_follow_up(user=people.counselor, follow_up=first, happened_on=TODAY(), **done)
    with pytest.raises(NotThisState):
        complete_follow_up(user=people.counselor, follow_up=first, happened_on=TODAY(), **done)
    address = reverse("screening:case_follow_up", args=[other.pk, first.pk])
    assert login(client, people.counselor).post(address, {}).status_code == 404


def test_one_more_is_planned_not_into_the_past(client, people):
    case = a_case(people)
    login(client, people.counselor)
    assert post(client, "case_more_follow_up", case, due_on=TODAY().isoformat()).status_code == 302
    case.refresh_from_db()
    assert case.next_follow_up_on == TODAY()
    past = TODAY() - datetime.timedelta(days=1)
    assert post(client, "case_more_follow_up", case, due_on=past.isoformat()).status_code == 422
    with pytest.raises(NotThisState):
        plan_follow_up(user=people.counselor, case=case, due_on=past)


# -- notes -------------------------------------------------------------------------------------------------------------


def test_notes_are_kept_by_version_and_a_conflict_shows_both(client, people):
    case = a_case(people)
    save_notes(user=people.second, case=case, version=1, plan="同事写的方案", next_steps="", class_support="")
    mine = {"plan": "我写的方案", "next_steps": "", "class_support": ""}
    page = post(login(client, people.counselor), "case_notes", case, version=1, **mine)
    assert page.status_code == 409
    assert "同事写的方案" in page.text
    assert "我写的方案" in page.text
    assert post(client, "case_notes", case, version=page.context["version"], **mine).status_code == 302
    case.refresh_from_db()
    assert case.plan == "我写的方案"
    with pytest.raises(Conflict):
        save_notes(user=people.counselor, case=case, version=1, plan="旧的", next_steps="", class_support="")


def test_the_same_notes_twice_are_no_conflict(people):
    case = a_case(people)
    notes = {"user": people.counselor, "case": case, "version": 1, "plan": "a", "next_steps": "", "class_support": ""}
    save_notes(**notes)
    assert save_notes(**notes).version == 2


# -- level -------------------------------------------------------------------------------------------------------------


def test_raising_counts_at_once_and_high_brings_protocol_owner_and_follow_up(client, people):
    case = a_case(people, "general")
    post(login(client, people.counselor), "case_level", case, to_level="high", reason="今天说了让人担心的话")
    case.refresh_from_db()
    assert case.is_high
    assert case.crisis.state == CrisisState.DECLARED
    assert case.owner == people.counselor


def test_lowering_high_is_asked_by_one_and_answered_by_another(client, people):
    case = a_case(people, "high")
    post(login(client, people.counselor), "case_level", case, to_level="priority", reason="三周稳定")
    case.refresh_from_db()
    assert case.is_high
    page = client.get(reverse("screening:case", args=[case.pk]))
    assert not page.context["may_answer"]
    page = login(client, people.principal).get(reverse("screening:case", args=[case.pk]))
    assert page.context["may_answer"]
    assert "三周稳定" in page.text
    answer = post(client, "case_level_answer", case, agree="yes", comment="")
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.level == "priority"
    assert case.lowered_by.answered_by == people.principal
    assert "三周稳定" not in client.get(reverse("screening:case", args=[case.pk])).text  # no high case any more


def test_it_is_given_back_with_a_comment_and_every_round_stays(client, people):
    case = a_case(people, "high")
    change_level(user=people.counselor, case=case, to_level="priority", reason="第一次")
    page = post(login(client, people.deputy), "case_level_answer", case, agree="no", comment="")
    assert page.status_code == 409
    assert page.context["answer_form"].errors
    post(client, "case_level_answer", case, agree="no", comment="再看两周")
    case.refresh_from_db()
    assert case.is_high
    change_level(user=people.counselor, case=case, to_level="priority", reason="第二次")
    assert [change.state for change in case.level_changes.all()] == [ChangeState.RETURNED, ChangeState.ASKED]


def test_nobody_answers_their_own_question(people):
    case = a_case(people, "high")
    change = change_level(user=people.counselor, case=case, to_level="general", reason="稳定")
    with pytest.raises(SecondPersonNeeded):
        answer_change(user=people.counselor, change=change, agree=True, comment="")
    with pytest.raises(NotPermitted):
        answer_change(user=people.moral, change=change, agree=True, comment="")
    assert may_answer(people.second, change)
    assert may_answer(people.deputy, change)
    assert not may_answer(people.counselor, change)
    assert not may_answer(people.moral, change)
    with pytest.raises(NotThisState):
        change_level(user=people.second, case=case, to_level="priority", reason="另一个问题")  # one question at a time


def test_the_second_person_is_told_by_mail_without_a_name(people):
    case = a_case(people, "high")
    send_all()
    mail.outbox.clear()
    change_level(user=people.counselor, case=case, to_level="priority", reason="三周稳定")
    send_all()
    assert {m.to[0] for m in mail.outbox} == {people.principal.email, people.deputy.email}
    assert all(case.student.name not in m.body and "三周稳定" not in m.body for m in mail.outbox)


def test_priority_to_general_needs_one_person_and_a_reason(people):
    case = a_case(people, "priority")
    with pytest.raises(ReasonMissing):
        change_level(user=people.counselor, case=case, to_level="general", reason=" ")
    with pytest.raises(NotPermitted):
        change_level(user=people.principal, case=case, to_level="general", reason="好转")
    change_level(user=people.counselor, case=case, to_level="general", reason="好转")
    case.refresh_from_db()
    assert case.level == "general"


def test_a_lowered_case_that_rises_again_gets_a_new_protocol(people):
    case = a_case(people, "high")
    for key in ("safety", "guardian"):
        do_step(user=people.counselor, case=case, key=key, done_at=timezone.now(), note="已做")
    change = change_level(user=people.counselor, case=case, to_level="priority", reason="稳定")
    answer_change(user=people.deputy, change=change, agree=True, comment="")
    case.refresh_from_db()
    first = case.crisis
    assert first.state == CrisisState.STOOD_DOWN
    change_level(user=people.counselor, case=case, to_level="high", reason="又让人担心")
    case.refresh_from_db()
    assert case.crisis != first
    assert case.crisis.state == CrisisState.DECLARED
    assert not case.crisis.steps.filter(done_at__isnull=False).exists()


# -- its way -----------------------------------------------------------------------------------------------------------


def test_a_case_is_followed_up_closed_with_a_reason_and_opened_again(client, people):
    case = a_case(people)
    login(client, people.counselor)
    post(client, "case_state", case, to_state="monitoring")
    page = post(client, "case_state", case, to_state="closed", reason=" ")
    assert page.status_code == 422
    assert page.context["close_form"].errors
    post(client, "case_state", case, to_state="closed", reason="稳定一个学期，班主任继续留意")
    case.refresh_from_db()
    assert case.state == CaseState.CLOSED
    assert case.closed_at
    with pytest.raises(NotThisState):
        save_notes(user=people.counselor, case=case, version=1, plan="再写", next_steps="", class_support="")
    post(client, "case_state", case, to_state="open")
    case.refresh_from_db()
    assert case.state == CaseState.OPEN


def test_a_high_case_is_not_closed(people):
    case = a_case(people, "high")
    for state in ("closed", "monitoring"):
        with pytest.raises(SecondPersonNeeded):
            move_case(user=people.counselor, case=case, to_state=state, reason="理由")


def test_an_old_case_stays_closed_where_the_child_has_a_newer_one(people):
    old = a_case(people)
    move_case(user=people.counselor, case=old, to_state="closed", reason="好转")
    a_case(people, student=old.student)
    with pytest.raises(NotThisState):
        move_case(user=people.counselor, case=old, to_state="open")


def test_the_owner_is_handed_over_to_somebody_with_the_duty(client, people):
    case = a_case(people)
    post(login(client, people.counselor), "case_owner", case, owner=people.second.pk)
    case.refresh_from_db()
    assert case.owner == people.second
    with pytest.raises(OwnerMissing):
        hand_over(user=people.counselor, case=case, owner=people.moral)
    assert post(client, "case_owner", case, owner=people.moral.pk).status_code == 422


def test_numbers_follow_each_other_in_a_school_year(people):
    numbers = [a_case(people).number for _ in range(3)]
    assert [number.split("-")[1] for number in numbers] == ["001", "002", "003"]
    assert a_case(SchoolWithPeople()).number.endswith("001")


@pytest.mark.parametrize(
    "name",
    ["case_notes", "case_step", "case_protocol", "case_more_follow_up", "case_level", "case_state", "case_owner"],
)
def test_no_act_is_open_to_the_leads(client, people, name):
    case = a_case(people, "high")
    before = Case.objects.filter(pk=case.pk).values().get()
    assert post(login(client, people.principal), name, case, to_state="closed").status_code == 403
    assert Case.objects.filter(pk=case.pk).values().get() == before
