"""The principal asks what a person can see, and why; and who can see a child."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from tests.access.world import build_world
from tests.factories.accounts import AppointmentFactory, person_with
from tests.factories.cases import login
from tests.factories.school import GuardianFactory, GuardianshipFactory
from xinqiao.accounts.appointments import appoint, withdraw_appointment
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment
from xinqiao.audit.break_glass import open_in_emergency
from xinqiao.audit.models import AuditEntry
from xinqiao.audit.people import who_can_see
from xinqiao.audit.trail import record


@pytest.fixture
def world(db):
    return build_world()


@pytest.fixture
def principal(world, client):
    login(client, world.people[Role.PRINCIPAL])
    return world.people[Role.PRINCIPAL]


def page(response) -> BeautifulSoup:
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def answers(shown: BeautifulSoup) -> dict[str, tuple[str, str]]:
    return {
        row.th.get_text(strip=True): tuple(cell.get_text(" ", strip=True) for cell in row.find_all("td"))
        for row in shown.select("table.kinds tbody tr")
    }


def test_everybody_but_parents_is_listed_and_parents_when_asked_for(client, world, principal):
    names = page(client.get("/audit/people/")).get_text()
    assert str(world.people[Role.HOMEROOM]) in names
    assert str(world.people[Role.GUARDIAN]) not in names
    assert str(world.people[Role.GUARDIAN]) in page(client.get("/audit/people/", {"role": "guardian"})).get_text()
    found = page(client.post("/audit/people/", {"q": str(world.people[Role.GUARDIAN])}))
    assert str(world.people[Role.GUARDIAN]) in found.get_text()


def test_people_of_another_school_are_not_there(client, world, principal):
    stranger = person_with(Role.COUNSELOR, school=world.foreign_school)
    assert str(stranger) not in page(client.get("/audit/people/")).get_text()
    assert client.get(f"/audit/people/{stranger.pk}/").status_code == 404


def test_who_works_at_two_schools_is_explained_to_each_by_its_own_duties(client, world, principal):
    homeroom = world.people[Role.HOMEROOM]
    appoint_elsewhere = {"user": homeroom, "school": world.foreign_school}
    AppointmentFactory(role=Role.COUNSELOR, **appoint_elsewhere)
    shown = page(client.get(f"/audit/people/{homeroom.pk}/"))
    assert str(world.foreign_school) not in shown.get_text()
    assert "全校" not in shown.select_one("[aria-labelledby=held-title]").get_text()


def test_a_childs_records_are_told_kind_by_kind_with_the_reason(client, world, principal):
    homeroom = world.people[Role.HOMEROOM]
    told = answers(page(client.get(f"/audit/people/{homeroom.pk}/", {"child": world.student.pk})))
    assert told["初步筛查的答案"] == ("可以", f"班主任（{world.school_class}）")
    assert told["评估和个案里写的内容"] == ("不可以", "没有职责可以打开")
    outside = answers(page(client.get(f"/audit/people/{homeroom.pk}/", {"child": world.other_student.pk})))
    assert {may for may, _because in outside.values()} == {"不可以"}


def test_what_hangs_on_the_level_says_so_and_not_the_level(client, world, principal):
    told = answers(page(client.get(f"/audit/people/{world.people[Role.DEPUTY].pk}/", {"child": world.student.pk})))
    assert told["高危期间写的内容"][0] == "有条件可以"


def test_a_child_of_another_school_cannot_be_asked_about(client, world, principal):
    url = f"/audit/people/{world.people[Role.HOMEROOM].pk}/"
    assert client.get(url, {"child": world.foreign_student.pk}).status_code == 404
    assert client.get(url, {"child": "x"}).status_code == 404
    assert client.get(url, {"child": "9" * 40}).status_code == 404


def test_a_child_is_found_by_a_posted_name(client, world, principal):
    shown = page(client.post(f"/audit/people/{principal.pk}/", {"q": world.student.name}))
    assert shown.select(f'a[href$="?child={world.student.pk}#child"]')


def test_who_gave_a_duty_and_who_took_it_stands_there(client, world, principal):
    administrator, person = world.people[Role.ADMINISTRATOR], person_with(Role.EDITOR, school=world.school)
    appointment = appoint(by=administrator, user=person, role=Role.COUNSELOR, school=world.school)
    url = f"/audit/people/{person.pk}/"
    row = next(r for r in page(client.get(url)).select("tbody tr") if "心理教师" in r.get_text())
    assert str(administrator) in row.get_text()
    assert "有效" in row.get_text()
    withdraw_appointment(by=administrator, appointment=appointment)
    row = next(r for r in page(client.get(url)).select("tbody tr") if "心理教师" in r.get_text())
    assert "已收回" in row.get_text()


def test_duties_to_come_and_past_ones_are_told_apart(client, world, principal):
    today = timezone.localdate()
    person = person_with(Role.EDITOR, school=world.school)
    day = datetime.timedelta(days=1)
    AppointmentFactory(user=person, role=Role.DEPUTY, school=world.school, starts_on=today + day)
    AppointmentFactory(user=person, role=Role.MORAL_EDUCATION, school=world.school, ends_on=today - day)
    text = page(client.get(f"/audit/people/{person.pk}/")).get_text()
    assert "尚未开始" in text
    assert "已到期" in text


def test_the_last_readings_lead_to_the_children_without_a_name(client, world, principal):
    counselor = world.people[Role.COUNSELOR]
    record(actor=counselor, action="case.read_narrative", student_id=world.student.pk)
    record(actor=counselor, action="case.read_narrative", student_id=world.foreign_student.pk)
    shown = page(client.get(f"/audit/people/{counselor.pk}/"))
    assert shown.select(f'a[href="/audit/children/{world.student.pk}/"]')
    assert not shown.select(f'a[href="/audit/children/{world.foreign_student.pk}/"]')
    assert world.student.name not in shown.get_text()


def test_asking_is_on_the_record_once_in_half_an_hour(client, world, principal):
    person = world.people[Role.HOMEROOM]
    for _time in range(2):
        client.get(f"/audit/people/{person.pk}/")
    client.get(f"/audit/people/{person.pk}/", {"child": world.student.pk})
    asked = AuditEntry.objects.filter(action="audit.explain", target_id=str(person.pk))
    assert [entry.student_id for entry in asked.order_by("pk")] == [None, world.student.pk]


def test_on_the_childs_page_stands_who_can_see_it_and_why(client, world, principal):
    shown = page(client.get(f"/audit/children/{world.student.pk}/")).select("table")[1]
    rows = {row.th.get_text(strip=True): row for row in shown.select("tbody tr")}
    assert "心理教师" in rows[str(world.people[Role.COUNSELOR])].get_text()
    teacher = rows[str(world.people[Role.TEACHER])]
    assert [tag.get_text() for tag in teacher.select(".tag")] == ["姓名和班级"]
    assert str(world.people[Role.EDITOR]) not in rows
    assert str(world.people[Role.DISTRICT]) not in rows
    assert str(world.people[Role.GUARDIAN]) in rows


def test_a_guardian_whom_a_court_keeps_away_is_not_among_them(world):
    person = person_with(Role.GUARDIAN, school=world.school)
    tie = GuardianshipFactory(
        student=world.student, guardian=GuardianFactory(school=world.school, user=person), restricted=True
    )
    assert person not in {each.person for each in who_can_see(world.student)}
    tie.restricted = False
    tie.save()
    assert person in {each.person for each in who_can_see(world.student)}


def test_an_emergency_reading_shows_while_it_lasts(world):
    administrator = world.people[Role.ADMINISTRATOR]
    before = next(each for each in who_can_see(world.student) if each.person == administrator).sees
    open_in_emergency(
        by=administrator, student=world.student, kind="away", reason="心理教师电话打不通，医院来电询问情况。"
    )
    after = next(each for each in who_can_see(world.student) if each.person == administrator).sees
    assert after == before + 4


def test_the_childs_page_asks_as_much_for_many_people_as_for_few(world, django_assert_num_queries):
    with django_assert_num_queries(2):
        who_can_see(world.student)
    for _number in range(10):
        person_with(Role.COUNSELOR, school=world.school)
        person_with(Role.TEACHER, school_class=world.school_class)
    with django_assert_num_queries(2):
        who_can_see(world.student)


def test_the_list_asks_as_much_for_many_people_as_for_few(client, world, principal, django_assert_num_queries):
    client.get("/audit/people/")
    with django_assert_num_queries(6):
        client.get("/audit/people/")
    for _number in range(10):
        person_with(Role.TEACHER, school_class=world.school_class)
    with django_assert_num_queries(6):
        client.get("/audit/people/")


def test_a_person_without_duties_today_sees_nothing(client, world, principal):
    person = person_with(Role.COUNSELOR, school=world.school)
    Appointment.objects.filter(user=person).update(ends_on=datetime.date(2021, 1, 1))
    assert "今天没有有效的职责" in page(client.get(f"/audit/people/{person.pk}/")).get_text()
