"""The counselor's day: what comes first, what is late, what waits for others; and never a story."""

import datetime

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from screening.cases.crisis import do_step
from screening.cases.enums import CrisisStepKey
from screening.cases.levels import change_level
from screening.levels import DANGER
from screening.workspace.counselor import day_of, sort_out
from screening.workspace.items import Item, Kind
from screening.workspace.time_left import TimeLeft
from tests.factories.workspace import NOW, Place, ago
from xinqiao.accounts.enums import Role


@pytest.fixture
def place(db) -> Place:
    return Place()


def kinds(items) -> list[str]:
    return [item.kind.value for item in items]


def test_a_running_protocol_stands_first_then_the_high_assessment_of_today(place):
    place.assessment(suggested="high", made=ago(minutes=20))
    place.case(level="high", opened=ago(minutes=82))
    day = day_of(place.counselor, NOW)
    assert kinds(day.now) == ["crisis", "assessment"]


def test_the_protocol_is_shown_by_its_next_step_with_the_minutes_left(place):
    case = place.case(level="high", opened=ago(minutes=82))
    do_step(user=place.counselor, case=case, key=CrisisStepKey.SAFETY, done_at=ago(minutes=80), note="在身边", now=NOW)
    (item,) = [item for item in day_of(place.counselor, NOW).now if item.kind == Kind.CRISIS]
    assert item.left.rank == pytest.approx(38 / 1440)
    assert not item.late


def test_a_protocol_whose_steps_are_all_done_asks_for_nothing(place):
    case = place.case(level="high", opened=ago(1))
    for key in CrisisStepKey:
        do_step(user=place.counselor, case=case, key=key, done_at=ago(hours=20), note="做了", now=NOW)
    assert day_of(place.counselor, NOW).now == []


def test_by_danger_first_then_by_the_school_days_left(place):
    soon = place.assessment(suggested="general", made=ago(9))
    later = place.assessment(suggested="priority", made=ago(5))
    latest = place.assessment(suggested="priority", made=ago(2))
    day = day_of(place.counselor, NOW)
    found = [item.url for item in [*day.week, *day.due]]
    urls = [reverse("screening:assessment", args=[each.pk]) for each in (later, latest)]
    assert [url for url in found if url in urls] == urls
    assert reverse("screening:assessment", args=[soon.pk]) in found


def test_a_follow_up_that_was_due_on_friday_is_late_on_monday(place):
    monday = datetime.datetime(2026, 11, 23, 8, 0, tzinfo=NOW.tzinfo)
    place.case(level="general", opened=monday - datetime.timedelta(days=10))
    assert day_of(place.counselor, monday - datetime.timedelta(days=1)).late == []
    (item,) = day_of(place.counselor, monday).late
    assert (item.kind, item.left.days_late) == (Kind.FOLLOW_UP, 1)


def test_only_the_next_follow_up_of_a_case_is_shown(place):
    place.case(level="general", opened=ago(40))
    assert kinds(day_of(place.counselor, NOW).late) == ["follow_up"]


def test_consent_and_an_unanswered_letter_wait_for_others_until_the_letter_is_late(place):
    principal = place.person(Role.PRINCIPAL)
    place.referral(place.case(opened=ago(1)), at=ago(1))
    place.referral(place.case(opened=ago(1)), at=ago(1), second_told=principal)
    assert sorted(kinds(day_of(place.counselor, NOW).waiting)) == ["consent", "hospital"]
    place.referral(place.case(opened=ago(9)), at=ago(8), second_told=principal)
    assert "hospital" in kinds(day_of(place.counselor, NOW).late)


def test_my_own_question_waits_for_others_and_a_colleagues_is_asked_of_me(place):
    case = place.case(level="high", opened=ago(3))
    change_level(user=place.counselor, case=case, to_level="priority", reason="平稳", now=ago(1))
    assert Kind.LEVEL_CHANGE in [item.kind for item in day_of(place.counselor, NOW).waiting]
    assert Kind.LEVEL_CHANGE in [item.kind for item in day_of(place.person(Role.COUNSELOR), NOW).due]


def test_another_schools_children_are_not_there(place):
    Place().case(level="high", opened=ago(1))
    assert day_of(place.counselor, NOW).nothing


@given(
    st.lists(st.tuples(st.sampled_from(list(Kind)), st.sampled_from(list(DANGER)), st.integers(-9, 30), st.booleans()))
)
def test_every_thing_stands_in_exactly_one_list_and_nothing_late_at_the_end(rows):
    class Me:
        pk = 1

    items = [
        Item(
            kind=kind,
            school_id=1,
            level=level,
            about="",
            number="",
            left=TimeLeft(rank=days, days=days, late=days < 0, words="", due=NOW.date()),
            url="",
            asked_by=1 if mine else 2,
        )
        for kind, level, days, mine in rows
    ]
    lists = sort_out(items, Me())
    assert sorted(map(id, (item for each in lists for item in each))) == sorted(map(id, items))
    _now, _late, due, week, waiting, later = lists
    assert not any(item.late for item in [*due, *week, *waiting, *later])


@time_machine.travel(NOW, tick=False)
def test_the_page_names_no_child_and_tells_no_story(place, client):
    case = place.case(level="high", opened=ago(2), name="不应出现的姓名")
    place.assessment(name="另一个姓名")
    client.force_login(place.counselor)
    page = client.get(reverse("screening:workspace")).content.decode()
    assert case.number in page
    assert "不应出现的姓名" not in page
    assert "另一个姓名" not in page
    assert "孩子需要有人常常看一看" not in page


@time_machine.travel(NOW, tick=False)
def test_the_page_asks_the_database_as_often_for_many_as_for_few(place, client, django_assert_num_queries):
    principal = place.person(Role.PRINCIPAL)

    def some() -> None:
        place.case(level="high", opened=ago(1))
        place.referral(place.case(opened=ago(9)), at=ago(8), second_told=principal)
        place.referral(place.case(opened=ago(1)), at=ago(1))
        place.assessment(made=ago(12))

    client.force_login(place.counselor)
    some()
    with django_assert_num_queries(19):
        client.get(reverse("screening:workspace"))
    some()
    some()
    with django_assert_num_queries(19):
        client.get(reverse("screening:workspace"))


@time_machine.travel(NOW, tick=False)
def test_a_day_without_work_says_what_will_come(place, client):
    client.force_login(place.counselor)
    page = client.get(reverse("screening:workspace"))
    assert page.status_code == 200
    assert "班主任提交以后" in page.content.decode()
