"""The one question of the registry: does a consent stand for this child today? The rule in SQL and the rule in Python are one."""

import datetime

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.consents import SCREENING, AskingSchool
from xinqiao.consents.enums import AGAINST, ConsentState, Standing
from xinqiao.consents.errors import NotTheirGuardian, NotThisState
from xinqiao.consents.models import Consent, ConsentRule
from xinqiao.consents.standing import against, agreed, left_out, may_go_on, pictures, stands
from xinqiao.consents.texts import publish_text, words_for
from xinqiao.school.models import Guardianship, Student

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def place():
    return AskingSchool()


def standing(student, kind=SCREENING, on=None):
    return pictures(school_id=student.school_id, kind=kind, students=[student.pk], on=on)[student.pk].standing


def test_nobody_was_asked_and_nothing_stands(place):
    child = place.child()
    assert (standing(child), stands(child, SCREENING)) == (Standing.NOT_ASKED, False)


def test_an_open_question_is_no_consent_but_stops_nothing(place):
    child = place.child()
    place.asked(child)
    assert (standing(child), stands(child, SCREENING), may_go_on(child, SCREENING)) == (Standing.OPEN, False, True)


def test_where_the_school_requires_it_a_missing_answer_stops(place):
    child, other = place.child(), place.child()
    place.said(other, given=True)
    ConsentRule.objects.create(school=place.school, required=[SCREENING])
    assert not may_go_on(child, SCREENING)
    assert may_go_on(other, SCREENING)


def test_a_yes_stands_until_it_is_taken_back(place):
    child = place.child()
    place.said(child, given=True)
    assert stands(child, SCREENING)
    place.said(child, given=False)
    assert (standing(child), stands(child, SCREENING)) == (Standing.WITHDRAWN, False)
    assert not may_go_on(child, SCREENING)


def test_one_guardians_no_counts_whatever_the_other_says_until_they_agree_themselves(place):
    child = place.child(guardians=2)
    mother, father = child.parents
    place.said(child, given=True, guardian=mother)
    place.said(child, given=False, guardian=father)
    picture = pictures(school_id=child.school_id, kind=SCREENING, students=[child.pk])[child.pk]
    assert (picture.standing, picture.disagree) == (Standing.WITHDRAWN, True)
    place.said(child, given=True, guardian=mother)
    assert not stands(child, SCREENING)
    place.said(child, given=True, guardian=father)
    assert stands(child, SCREENING)


def test_a_refusal_holds_against_the_other_guardians_later_yes(place):
    child = place.child(guardians=2)
    place.said(child, given=False, guardian=child.parents[0])
    place.said(child, given=True, guardian=child.parents[1])
    picture = pictures(school_id=child.school_id, kind=SCREENING, students=[child.pk])[child.pk]
    assert (picture.standing, picture.disagree) == (Standing.REFUSED, True)


def test_a_guardian_whom_a_court_restricted_counts_neither_way(place):
    child = place.child()
    restricted = place.guardian(child, restricted=True)
    with pytest.raises(NotTheirGuardian):
        place.said(child, given=True, guardian=restricted)
    place.said(child, given=True)
    Guardianship.objects.filter(student=child).update(restricted=True)
    assert not stands(child, SCREENING)
    assert standing(child) == Standing.NOT_ASKED


def test_a_refusal_ends_to_count_when_a_court_restricts_who_said_it(place):
    child = place.child(guardians=2)
    place.said(child, given=False, guardian=child.parents[0])
    place.said(child, given=True, guardian=child.parents[1])
    Guardianship.objects.filter(guardian=child.parents[0]).update(restricted=True)
    assert stands(child, SCREENING)


def test_a_consent_to_counselling_runs_out_after_a_year(place):
    child = place.child()
    said = place.said(child, given=True, kind="counselling")
    last = said.expires_on
    assert last == timezone.localdate() + 365 * DAY
    assert stands(child, "counselling", last)
    assert not stands(child, "counselling", last + DAY)
    assert standing(child, "counselling", last + DAY) == Standing.EXPIRED


@pytest.mark.parametrize(("asks_again", "after"), [(True, Standing.EXPIRED), (False, Standing.GIVEN)])
def test_a_new_wording_decides_whether_earlier_answers_hold(place, asks_again, after):
    child = place.child()
    place.said(child, given=True)
    new = [*words_for(place.school, SCREENING), {"heading": "新增", "text": "本学期起增加家访。"}]
    made = publish_text(
        user=place.principal,
        school=place.school,
        kind=SCREENING,
        sections=new,
        asks_again=asks_again,
        change="增加家访",
    )
    assert standing(child) == after
    assert stands(child, SCREENING) is not asks_again
    place.said(child, given=True) if asks_again else None
    if asks_again:
        assert Consent.objects.filter(student=child, text_version=made.version, state="given").count() == 1
        assert stands(child, SCREENING)


def test_saying_the_same_again_is_no_new_answer(place):
    child = place.child()
    place.said(child, given=False)
    with pytest.raises(NotThisState):
        place.said(child, given=False)
    place.said(child, given=True)
    with pytest.raises(NotThisState):
        place.said(child, given=True)


_says = st.lists(
    st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 400)),  # who, yes or no, how many days ago
    max_size=7,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(says=_says, restricted=st.sets(st.integers(0, 2)), kind=st.sampled_from(["screening", "counselling"]))
def test_sql_and_python_answer_the_same_after_any_conversation(says, restricted, kind):
    place = AskingSchool()
    child = place.child(guardians=3)
    now = timezone.now()
    for who, yes, days in sorted(says, key=lambda each: -each[2]):
        try:
            place.said(child, given=yes, guardian=child.parents[who], kind=kind, at=now - days * DAY)
        except NotThisState:
            continue
    for who in restricted:
        Guardianship.objects.filter(guardian=child.parents[who]).update(restricted=True)
    today = timezone.localdate()
    picture = pictures(school_id=child.school_id, kind=kind, students=[child.pk])[child.pk]
    assert {row.pk for row in picture.no} == set(against(kind).filter(student=child).values_list("pk", flat=True))
    assert {row.pk for row in picture.yes} == set(
        agreed(kind, today).filter(student=child).values_list("pk", flat=True)
    )
    assert (picture.standing == Standing.GIVEN) == stands(child, kind)
    assert Student.objects.filter(left_out(kind), pk=child.pk).exists() == bool(picture.no)
    # The last word of each guardian who counts decides, as one would say it aloud.
    last = {}
    for who, yes, _days in sorted(says, key=lambda each: -each[2]):
        last[who] = yes
    heard = {who: yes for who, yes in last.items() if who not in restricted}
    if not all(heard.values()):
        assert not stands(child, kind)
    assert Consent.objects.filter(student=child, state=ConsentState.REQUESTED).count() <= 1
    assert not Consent.objects.filter(state__in=AGAINST, answered_at__isnull=True).exists()
