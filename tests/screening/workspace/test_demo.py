"""The demo's loop: made once, the same with the same seed, with something of everything."""

import pytest
import time_machine

from screening.assessments.models import Assessment
from screening.cases.models import Case, CrisisStep, LevelChange
from screening.referrals.models import Referral
from screening.rounds.models import ClassPass, Response, Round
from screening.workspace import demo as loop
from screening.workspace.counselor import day_of
from xinqiao.school import demo as school

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(db):
    demo = school.Demo(students=18, seed=1)
    school.load(demo)
    loop.load(demo)
    return demo


def counts() -> list[int]:
    return [model.objects.count() for model in (Round, ClassPass, Response, Assessment, Case, Referral, CrisisStep)]


def test_loading_it_again_changes_nothing(made):
    before = counts()
    loop.load(made)
    again = school.Demo(students=18, seed=1)
    school.load(again)
    loop.load(again)
    assert counts() == before


def test_there_is_something_of_everything_that_a_counselor_meets(made):
    day = day_of(made.user("counselor"))
    kinds = {item.kind.value for items in (day.now, day.late, day.due, day.week, day.waiting) for item in items}
    assert kinds == {"crisis", "assessment", "follow_up", "consent", "hospital", "level_change"}
    assert day.now[0].kind == "crisis"
    assert not day.now[0].late
    assert {"follow_up", "assessment"} <= {item.kind.value for item in day.late}
    assert Case.objects.filter(state="closed").count() == 1
    assert LevelChange.objects.filter(state="asked").count() == 1


def test_one_round_is_closed_and_one_open_with_the_homeroom_users_class_not_begun(made):
    assert list(Round.objects.order_by("number").values_list("state", flat=True)) == ["closed", "open"]
    own = ClassPass.objects.get(round__state="open", school_class__appointments__user__username="homeroom")
    assert (own.state, own.responses.count()) == ("draft", 0)
    assert ClassPass.objects.filter(round__state="open", state="submitted").count() == 13


def test_its_words_name_nobody_and_diagnose_nothing(made):
    for case in Case.objects.select_related("assessment"):
        story = case.plan + case.assessment.interview + case.assessment.reason + case.assessment.family
        assert not any(word in story for word in ("抑郁症", "焦虑症", "多动症", "自闭", "患者", "病人", "问题学生"))


@pytest.mark.parametrize("day", ["2026-09-01", "2026-11-22", "2027-02-10", "2027-08-20"])
def test_it_loads_on_any_day_of_the_year(db, day):
    with time_machine.travel(f"{day}T09:30:00+08:00", tick=False):
        demo = school.Demo(students=18, seed=1)
        school.load(demo)
        loop.load(demo)
        assert day_of(demo.user("counselor")).now[0].kind == "crisis"
    assert Case.objects.count() == 7
