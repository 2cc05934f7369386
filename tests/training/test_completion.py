"""Who has completed: the list for those who answer for it, counts for a district, the spreadsheet, assigning."""

import datetime
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.accounts import person_with
from tests.factories.school import SchoolFactory
from tests.factories.training import (
    certified,
    course_with,
    enrolled,
    learner,
    lessons_learned,
    quiz_taken,
    trainer_of,
)
from training.certify import revoke
from training.completion import certified_today, due_on, is_late
from training.models import CourseEnrolment
from training.roster import Share, arranged, completion_rows
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry
from xinqiao.spreadsheets import neutral

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 24)


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def course():
    return course_with(lessons=1, due_days=14)


def staff(school, course) -> dict:
    """One colleague in each standing."""
    today = timezone.localdate()
    people = {
        "certified": certified(course, learner(school, display_name="安老师")).person,
        "open": enrolled(course, learner(school, display_name="白老师")).person,
        "late": enrolled(course, learner(school, display_name="陈老师"), today=today - datetime.timedelta(30)).person,
        "none": learner(school, display_name="丁老师"),
    }
    failed = lessons_learned(enrolled(course, learner(school, display_name="方老师")))
    quiz_taken(failed, wrong=9)
    return {**people, "failed": failed.person}


def names(rows) -> list[str]:
    return [row.person.display_name for row in rows]


def test_everybody_on_the_staff_has_one_row_and_others_none(school, course):
    people = staff(school, course)
    learner(SchoolFactory(), display_name="别校老师")
    person_with(Role.GUARDIAN, school=school, display_name="某家长")
    rows = completion_rows(course, [school.pk], timezone.localdate())
    assert sorted(names(rows)) == sorted(person.display_name for person in people.values())


def test_who_has_left_is_not_in_the_list(school, course):
    person = enrolled(course, learner(school)).person
    person.appointments.update(ends_on=timezone.localdate() - datetime.timedelta(days=1))
    assert completion_rows(course, [school.pk], timezone.localdate()) == []


@pytest.mark.parametrize(
    ("standing", "who"),
    [
        ("certified", ["安老师"]),
        ("open", ["陈老师", "白老师", "方老师"]),
        ("late", ["陈老师"]),
        ("not_started", ["陈老师", "白老师"]),
        ("none", ["丁老师"]),
        ("expired", []),
    ],
)
def test_it_is_filtered_by_standing_and_sorted_by_what_presses(school, course, standing, who):
    staff(school, course)
    rows = completion_rows(course, [school.pk], timezone.localdate())
    assert names(arranged(rows, standing=standing)) == who


@pytest.mark.parametrize("typed", ["方", "fang", "方老师", " FANG lao "])
def test_a_colleague_is_found_by_name_or_pinyin(school, course, typed):
    staff(school, course)
    rows = completion_rows(course, [school.pk], timezone.localdate())
    assert names(arranged(rows, q=typed)) == ["方老师"]


@pytest.mark.parametrize("order", ["due", "name", "standing", "role"])
def test_every_order_keeps_everybody(school, course, order):
    staff(school, course)
    rows = completion_rows(course, [school.pk], timezone.localdate())
    assert sorted(names(arranged(rows, order=order))) == sorted(names(rows))


def test_by_name_means_by_pinyin(school, course):
    staff(school, course)
    rows = completion_rows(course, [school.pk], timezone.localdate())
    assert names(arranged(rows, order="name")) == ["安老师", "白老师", "陈老师", "丁老师", "方老师"]


def test_the_page_agrees_with_the_one_question_about_being_certified(school, course):
    people = staff(school, course)
    rows = completion_rows(course, [school.pk], timezone.localdate())
    for row in rows:
        assert row.is_certified == certified_today(row.person, course)
    revoke(certificate=people["certified"].certificates.get(), by=trainer_of(school), reason="代学")
    rows = completion_rows(course, [school.pk], timezone.localdate())
    assert not any(row.is_certified for row in rows)


def test_late_is_late_the_day_after(course):
    enrolment = enrolled(course, today=TODAY)
    assert not is_late(enrolment, due_on(enrolment))
    assert is_late(enrolment, due_on(enrolment) + datetime.timedelta(days=1))


# -- the page ----------------------------------------------------------------------------------------------------------

COMPLETION = "training:completion"


@pytest.mark.parametrize("role", [Role.PRINCIPAL, Role.DEPUTY])
def test_the_head_of_the_school_sees_names_and_cannot_assign(client, school, course, role):
    staff(school, course)
    client.force_login(person_with(role, school=school))
    words = client.get(reverse(COMPLETION)).content.decode()
    assert "陈老师" in words
    assert reverse("training:assign") not in words


def test_an_odd_filter_shows_everybody(client, school, course):
    staff(school, course)
    client.force_login(trainer_of(school))
    page = client.get(reverse(COMPLETION), {"course": "x", "standing": "y", "order": "z", "page": "99"})
    assert page.context["found"] == 6


def test_pages_of_twenty_five(client, school, course):
    for _each in range(26):
        learner(school)
    client.force_login(trainer_of(school))
    page = client.get(reverse(COMPLETION), {"page": 2, "order": "name"})
    assert len(page.context["page_obj"]) == 2
    assert "order=name" in page.content.decode()


def test_a_filter_that_fits_nobody_says_so(client, school, course):
    client.force_login(trainer_of(school))
    assert "没有符合条件" in client.get(reverse(COMPLETION), {"q": "没有这个人"}).content.decode()


def test_the_page_costs_the_same_for_two_people_or_twelve(client, school, course, django_assert_num_queries):
    client.force_login(trainer_of(school))
    staff(school, course)
    client.get(reverse(COMPLETION))
    with django_assert_num_queries(10):
        client.get(reverse(COMPLETION))
    for _each in range(10):
        enrolled(course, learner(school))
    with django_assert_num_queries(10):
        client.get(reverse(COMPLETION))


# -- the spreadsheet ---------------------------------------------------------------------------------------------------


def sheet_of(client, **query):
    answer = client.get(reverse("training:completion_export"), query)
    return list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)


def test_the_spreadsheet_is_the_list_as_it_is_filtered(client, school, course):
    staff(school, course)
    client.force_login(trainer_of(school))
    title, _empty, headings, *rows = sheet_of(client, standing="open", order="name")
    assert course.title in title[0]
    assert headings[0] == "姓名"
    assert [row[0] for row in rows] == ["白老师", "陈老师", "方老师"]
    assert AuditEntry.objects.filter(action="training.export_completion").count() == 1


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1"])
def test_no_cell_acts_as_a_formula(client, school, course, name):
    learner(school, display_name=name)
    client.force_login(trainer_of(school))
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("training:completion_export")).content), data_only=False
    )
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    assert not any(str(cell.value).lstrip().startswith(("=", "+", "-", "@")) for cell in cells)


@given(st.text(max_size=30))
def test_neutral_text_never_begins_like_a_formula(text):
    safe = neutral(text)
    assert not safe.lstrip().startswith(("=", "+", "-", "@"))
    assert safe.endswith(text)


# -- a district --------------------------------------------------------------------------------------------------------


def test_a_district_sees_counts_without_names_and_no_list(client, school, course):
    staff(school, course)
    client.force_login(person_with(Role.DISTRICT))
    words = client.get(reverse(COMPLETION)).content.decode()
    assert school.name in words
    assert "陈老师" not in words
    assert client.get(reverse("training:completion_export"))["Location"] == reverse(COMPLETION)


def test_a_district_sees_no_count_of_few(client, school, course):
    for _each in range(6):
        learner(school)
    certified(course, learner(school))
    client.force_login(person_with(Role.DISTRICT))
    words = client.get(reverse(COMPLETION)).content.decode()
    assert "人数太少" in words
    assert "14%" not in words


def test_a_district_sees_the_count_where_both_sides_are_many(client, school, course):
    for _each in range(5):
        learner(school)
        certified(course, learner(school))
    client.force_login(person_with(Role.DISTRICT, school=school))
    assert "50%" in client.get(reverse(COMPLETION)).content.decode()


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_shown_count_never_tells_of_fewer_than_five(certified_people, others):
    share = Share("", certified_people, certified_people + others)
    assert share.tells_of_few == (certified_people < 5 or others < 5)
    if share.is_small:
        assert share.tells_of_few


# -- assigning ---------------------------------------------------------------------------------------------------------


def test_assigning_to_those_ticked(client, school, course):
    people = staff(school, course)
    client.force_login(trainer_of(school))
    due = timezone.localdate() + datetime.timedelta(days=10)
    ticked = [person.pk for person in people.values()]
    form = {"course": course.pk, "due": due.isoformat(), "people": ticked}
    words = client.post(reverse("training:assign"), form, follow=True).content.decode()
    assert "已布置给 4 位老师" in words
    assert "1 位老师的证书还在有效期内" in words
    assert {due_on(e) for e in CourseEnrolment.objects.exclude(person=people["certified"])} == {due}


@pytest.mark.parametrize("wrong", [{"people": []}, {"due": "2020-01-01"}, {"course": 0}])
def test_a_form_that_cannot_be_right_is_shown_again(client, school, course, wrong):
    person = learner(school)
    client.force_login(trainer_of(school))
    form = {"course": course.pk, "due": "", "people": [person.pk], **wrong}
    assert client.post(reverse("training:assign"), form).status_code == 200
    assert not CourseEnrolment.objects.exists()


def test_a_colleague_of_another_school_cannot_be_ticked(client, school, course):
    stranger = learner(SchoolFactory())
    client.force_login(trainer_of(school))
    client.post(reverse("training:assign"), {"course": course.pk, "people": [stranger.pk]})
    assert not CourseEnrolment.objects.exists()
