"""A case's page: who sees what, that reading is recorded, and that nobody else finds a word of it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from screening.cases.crisis import do_step
from screening.cases.enums import CaseState
from screening.cases.follow_ups import complete_follow_up
from screening.cases.levels import change_level
from screening.cases.models import Case
from screening.cases.read import print_story, read_story, readers
from screening.cases.write import move_case, save_notes
from tests.factories.accounts import person_with
from tests.factories.cases import REASON, STORY, SchoolWithPeople, a_case, a_guardian, a_referral, login
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
PLAN, NEXT, CLASS, STEP, VISIT = (
    "方案戊：每周谈话",
    "下一步己",
    "班级庚：安排同伴",
    "步骤辛：已陪同",
    "随访壬：睡得好些",
)
ALL_TEXTS = [*STORY, PLAN, NEXT, CLASS, STEP, VISIT]


@pytest.fixture
def people() -> SchoolWithPeople:
    return SchoolWithPeople()


def url(case) -> str:
    return reverse("screening:case", args=[case.pk])


def a_whole_case(people, level="high") -> Case:
    """With a text in every place where one can stand."""
    case = a_case(people, level)
    save_notes(user=people.counselor, case=case, version=1, plan=PLAN, next_steps=NEXT, class_support=CLASS)
    now = timezone.now()
    if level == "high":
        do_step(user=people.counselor, case=case, key="safety", done_at=now, note=STEP)
    complete_follow_up(
        user=people.counselor,
        follow_up=case.follow_ups.first(),
        happened_on=timezone.localdate(now),
        contact="visit",
        note=VISIT,
    )
    return Case.objects.get(pk=case.pk)


def test_the_counselor_reads_it_all_and_that_is_on_the_record(client, people):
    case = a_whole_case(people)
    page = login(client, people.counselor).get(url(case))
    assert all(text in page.text for text in ALL_TEXTS)
    entry = AuditEntry.objects.get(action="case.read_narrative")
    assert (entry.actor, entry.target_id, entry.student_id) == (people.counselor, str(case.pk), case.student_id)


@pytest.mark.parametrize("who", ["principal", "deputy"])
def test_the_leads_of_the_crisis_group_read_a_high_case(client, people, who):
    case = a_whole_case(people)
    page = login(client, getattr(people, who)).get(url(case))
    assert all(text in page.text for text in ALL_TEXTS)
    assert AuditEntry.objects.filter(action="case.read_narrative", actor=getattr(people, who)).count() == 1
    assert 'name="plan"' not in page.text
    assert "写转介函" not in page.text


@pytest.mark.parametrize(
    ("who", "level"),
    [
        ("principal", "priority"),
        ("deputy", "priority"),
        ("deputy", "general"),
        ("moral", "high"),
        ("moral", "priority"),
    ],
)
def test_others_see_that_there_is_a_case_with_its_times_and_no_word_of_it(client, people, who, level):
    case = a_whole_case(people, level)
    page = login(client, getattr(people, who)).get(url(case))
    assert page.status_code == 200
    assert case.number in page.text
    assert "随访" in page.text
    assert "您可以看到有这份个案" in page.text
    assert not any(text in page.text for text in ALL_TEXTS)
    assert not AuditEntry.objects.filter(action="case.read_narrative").exists()
    assert "<textarea" not in page.text


def test_the_closing_reason_and_reasons_of_changes_are_story_too(client, people):
    case = a_case(people, "priority")
    move_case(user=people.counselor, case=case, to_state=CaseState.CLOSED, reason="结案理由癸")
    assert "结案理由癸" not in login(client, people.deputy).get(url(case)).text
    assert "结案理由癸" in login(client, people.counselor).get(url(case)).text


def test_no_name_below_priority_for_who_has_the_list_alone(client, people):
    general, priority = a_case(people, "general"), a_case(people, "priority")
    login(client, people.moral)
    assert general.student.name not in client.get(url(general)).text
    assert priority.student.name in client.get(url(priority)).text


@pytest.mark.parametrize("level", ["general", "priority", "high"])
def test_no_level_for_who_may_not_see_levels(client, people, level):
    """As in the list of cases: else a name and its level stand together for somebody without the right."""
    case = a_whole_case(people, level)
    change_level(
        user=people.counselor, case=case, to_level="priority" if level != "priority" else "general", reason="理"
    )
    page = login(client, people.moral).get(url(case)).text
    assert not [word for word in ("一般关注", "重点关注", "高危关注") if word in page]
    assert "高危关注" in login(client, people.deputy).get(url(a_whole_case(people, "high"))).text


def test_without_the_name_the_class_is_not_shown_either(client, people):
    case = a_case(people, "general")
    assert str(people.school_class) not in login(client, people.moral).get(url(case)).text


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.EDITOR, Role.TRAINER, Role.GUARDIAN, Role.DISTRICT])
def test_the_administrator_and_others_without_duty_cannot_open_it(client, people, role):
    case = a_whole_case(people)
    answer = login(client, person_with(role, school=people.school)).get(url(case))
    assert answer.status_code == 403
    assert not any(text in answer.text for text in [*ALL_TEXTS, case.student.name])


def test_another_school_finds_nothing(client, people):
    case = a_case(people)
    other = SchoolWithPeople()
    for who in (other.counselor, other.principal, other.moral):
        assert login(client, who).get(url(case)).status_code == 404


def test_who_read_it_stands_on_the_page(client, people):
    case = a_whole_case(people)
    login(client, people.counselor).get(url(case))
    read_story(user=people.deputy, case=case)
    read_story(user=people.deputy, case=case)
    shown = {each.name: each.times for each in login(client, people.principal).get(url(case)).context["readers"]}
    assert shown == {str(people.deputy): 2, str(people.counselor): 1, str(people.principal): 1}


def test_all_that_is_on_record_about_the_child_is_one_step_away_for_who_may_read_the_trail(client, people):
    case = a_case(people, "high")
    address = f"/audit/children/{case.student_id}/"
    assert address in login(client, people.principal).get(url(case)).content.decode()
    assert address not in login(client, people.counselor).get(url(case)).content.decode()


def test_the_list_of_readers_is_not_for_everybody(client, people):
    case = a_case(people)
    assert login(client, people.moral).get(url(case)).context["readers"] is None


def test_reading_without_the_right_is_refused_by_the_function(people):
    case = a_case(people, "priority")
    for read in (read_story, print_story):
        for who in (people.deputy, people.principal, people.moral):
            with pytest.raises(NotPermitted):
                read(user=who, case=case)
    assert not AuditEntry.objects.filter(action__in=["case.read_narrative", "case.export"]).exists()


def test_printing_counts_as_taking_it_out(client, people):
    case = a_whole_case(people)
    page = login(client, people.counselor).get(reverse("screening:case_print", args=[case.pk]))
    assert REASON in page.text
    assert "保密资料" in page.text
    assert [each.took_out for each in readers(case)] == [True]
    assert AuditEntry.objects.filter(action="case.export", actor=people.counselor).count() == 1


def test_who_may_not_read_may_not_print(client, people):
    case = a_case(people, "priority")
    address = reverse("screening:case_print", args=[case.pk])
    for who in (people.deputy, people.principal, people.moral):
        answer = login(client, who).get(address)
        assert answer.status_code == 403
        assert not any(text in answer.text for text in STORY)


def test_neither_the_address_nor_the_title_says_whose_case_it_is(client, people):
    case = a_case(people)
    page = login(client, people.counselor).get(url(case)).text
    title = page.split("<title>")[1].split("</title>")[0]
    assert case.number in title
    assert case.student.name not in title


def test_the_page_is_not_kept_by_any_cache(client, people):
    assert "no-store" in login(client, people.counselor).get(url(a_case(people)))["Cache-Control"]


def test_referrals_are_listed_with_their_state_for_who_may_know_of_them(client, people):
    case = a_case(people)
    referral = a_referral(people, case, "sent")
    page = login(client, people.moral).get(url(case)).text
    assert "已出具" in page
    assert str(referral.pk) not in page
    assert referral.hospital not in page
    assert str(referral.pk) in login(client, people.counselor).get(url(case)).text


def test_who_helps_the_child_finds_whom_to_call_and_nobody_else_does(client, people):
    case = a_case(people, "high")
    for phone, restricted in (("10000000001", False), ("10000000002", True)):
        guardian = a_guardian(case.student, restricted=restricted)
        guardian.phone = phone
        guardian.save()
    page = login(client, people.counselor).get(url(case)).text
    assert 'href="tel:10000000001"' in page
    assert "10000000002" not in page
    assert "受法院限制，请不要联系" in page
    for person in (people.principal, people.moral):
        assert "10000000001" not in login(client, person).get(url(case)).text


def test_the_paper_holds_the_referrals_and_the_changes_of_level(client, people):
    case = a_case(people, "priority")
    a_referral(people, case, "sent")
    change_level(user=people.counselor, case=case, to_level="general", reason="理由癸：已经平稳")
    paper = login(client, people.counselor).get(reverse("screening:case_print", args=[case.pk])).text
    assert "市儿童医院" in paper
    assert "理由癸：已经平稳" in paper


def test_a_step_of_the_first_minute_stands_above_the_beginning(client, people):
    case = a_whole_case(people)
    titles = [each.title for each in login(client, people.counselor).get(url(case)).context["timeline"]]
    assert titles.index("有大人陪着孩子，危险的东西已拿开") < titles.index("启动应急流程")


def test_the_timeline_tells_acts_and_never_words(client, people):
    case = a_whole_case(people)
    titles = [each.title for each in login(client, people.counselor).get(url(case)).context["timeline"]]
    assert {"建立个案", "确定等级：高危关注", "启动应急流程"} <= set(titles)
    assert not any(text in title for title in titles for text in ALL_TEXTS)


@pytest.mark.parametrize(("who", "level", "queries"), [("counselor", "high", 19), ("deputy", "priority", 13)])
def test_the_page_costs_a_known_number_of_queries(client, people, django_assert_num_queries, who, level, queries):
    case = a_whole_case(people, level)
    a_referral(people, case, "sent")
    login(client, getattr(people, who)).get(url(case))
    with django_assert_num_queries(queries):
        client.get(url(case))
