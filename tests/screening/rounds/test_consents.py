"""No consent, no screening: the child leaves the class's form at once; what was begun is taken out; danger goes on."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from screening.assessments.models import Assessment
from screening.errors import NotScreened
from screening.instruments.answers import seen
from screening.rounds.amend import amend_response
from screening.rounds.enums import ResponseState
from screening.rounds.filling import children_left, confirm_rest, save_child
from screening.rounds.models import Response
from screening.rounds.submit import submit_class
from tests.factories.consents import SCREENING, AskingSchool
from tests.factories.school import GuardianFactory, GuardianshipFactory
from tests.factories.screening import answers_of, pass_of_a_class
from xinqiao.audit.models import AuditEntry
from xinqiao.consents.models import ConsentRule
from xinqiao.consents.safety import act_for_safety

pytestmark = pytest.mark.django_db


class Place(AskingSchool):
    """A class being screened, each child with a guardian."""

    def __init__(self, children: int = 3) -> None:
        self.class_pass = pass_of_a_class(children)
        super().__init__(self.class_pass.round.school)
        self.kids = self.class_pass.kids
        for child in self.kids:
            child.parents = [GuardianFactory(school=self.school)]
            GuardianshipFactory(student=child, guardian=child.parents[0])

    def mark(self, child, version=0, **signs):
        return save_child(
            user=self.class_pass.teacher,
            class_pass=self.class_pass,
            student=child,
            answers=answers_of(self.class_pass, **signs),
            note="一句",
            version=version,
        )

    def page(self, client):
        client.force_login(self.class_pass.teacher)
        address = reverse("screening:class_form", args=[self.class_pass.round_id, self.class_pass.school_class_id])
        return BeautifulSoup(client.get(address).content, "html.parser")


@pytest.fixture
def place():
    return Place()


def test_a_withdrawal_takes_what_was_begun_out_and_the_child_off_the_form(place, client):
    child = place.kids[0]
    place.said(child, given=True)
    place.mark(child, e1=2)
    place.said(child, given=False)
    row = Response.objects.get(student=child)
    assert (seen(place.class_pass.round.instrument_version.parsed, row.unpacked), row.note, row.considered) == (
        {},
        "",
        "",
    )
    page = place.page(client)
    assert [each["id"] for each in page.select(".left-out")] == [f"c{child.pk}"]
    assert "没有同意，不作筛查" in page.select_one(".left-out").text
    assert len(page.select(".child")) == 2
    assert "共 2 人" in page.main.get_text() or "2 人" in page.main.get_text()
    with pytest.raises(NotScreened):
        place.mark(child, version=row.version, e1=2)
    assert AuditEntry.objects.filter(action="response.take_out", student_id=child.pk).count() == 1


def test_the_class_is_submitted_without_the_child(place):
    place.said(place.kids[0], given=False)
    left = children_left(place.class_pass)
    assert [child.pk for child in left] == [child.pk for child in place.kids[1:]]
    confirm_rest(
        user=place.class_pass.teacher, class_pass=place.class_pass, student_ids=[child.pk for child in left]
    )  # fmt: skip
    done = submit_class(user=place.class_pass.teacher, class_pass=place.class_pass)
    assert done.children == 2
    assert not Response.objects.filter(student=place.kids[0], state=ResponseState.SUBMITTED).exists()


def test_a_sign_of_danger_stays_and_its_assessment_goes_on(place):
    child = place.kids[0]
    place.mark(child, e5=1)
    place.said(child, given=False)
    row = Response.objects.get(student=child)
    assert seen(place.class_pass.round.instrument_version.parsed, row.unpacked) == {"e5": 1}
    assert Assessment.objects.still_open().filter(student=child).exists()
    entry = AuditEntry.objects.get(action="response.keep_for_safety")
    assert entry.details == {"because": "critical_sign"}


def test_a_submitted_form_stays_and_is_not_changed_any_more(place):
    child = place.kids[0]
    place.mark(child, e1=1)
    confirm_rest(
        user=place.class_pass.teacher,
        class_pass=place.class_pass,
        student_ids=[each.pk for each in children_left(place.class_pass)],
    )
    submit_class(user=place.class_pass.teacher, class_pass=place.class_pass)
    place.said(child, given=False)
    row = Response.objects.get(student=child)
    assert (row.state, row.note) == (ResponseState.SUBMITTED, "一句")
    with pytest.raises(NotScreened):
        amend_response(
            user=place.class_pass.teacher,
            response=row,
            answers=answers_of(place.class_pass, e1=3),
            note="",
            reason="后来又看到",
        )


def test_a_missing_answer_stops_only_where_the_school_requires_one(place, client):
    place.asked(place.kids[0])
    assert not place.page(client).select(".left-out")
    ConsentRule.objects.create(school=place.school, required=[SCREENING])
    assert len(place.page(client).select(".left-out")) == 3
    place.said(place.kids[0], given=True)
    assert len(place.page(client).select(".left-out")) == 2


def test_agreeing_again_and_a_decision_for_safety_let_the_child_in(place, client):
    child, other = place.kids[:2]
    for each in (child, other):
        place.said(each, given=False)
    place.said(child, given=True)
    act_for_safety(user=place.counselor, student=other, kind=SCREENING, reason="孩子说不想活了")
    assert not place.page(client).select(".left-out")
    place.mark(child, e1=1)


def test_the_childs_own_page_sends_back_with_a_sentence(place, client):
    child = place.kids[0]
    place.said(child, given=False)
    client.force_login(place.class_pass.teacher)
    address = reverse(
        "screening:child", args=[place.class_pass.round_id, place.class_pass.school_class_id, child.pk]
    )  # fmt: skip
    answer = client.get(address, follow=True)
    assert "马上告诉心理老师" in answer.content.decode()
    script = client.post(address, {"version": "0", "s-e1": "1"}, headers={"Accept": "application/json"})
    assert (script.status_code, "refused" in script.json()) == (422, True)


def test_the_form_stays_within_its_figure_with_children_left_out(client, django_assert_num_queries):
    place = Place(45)
    for child in place.kids[:3]:
        place.said(child, given=False)
    client.force_login(place.class_pass.teacher)
    address = reverse("screening:class_form", args=[place.class_pass.round_id, place.class_pass.school_class_id])
    client.get(address)
    with django_assert_num_queries(6):
        response = client.get(address)
    assert len(response.content) <= 30 * 1024
