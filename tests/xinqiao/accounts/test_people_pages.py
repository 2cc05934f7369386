"""The administrator's pages: entering people, giving, ending and withdrawing duties; what an administrator cannot do there."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from tests.factories.accounts import AppointmentFactory, UserFactory, person_with
from tests.factories.school import GradeFactory, SchoolClassFactory, SchoolFactory
from xinqiao.accounts.enums import Role
from xinqiao.accounts.groups import ensure_groups, sync_groups
from xinqiao.accounts.models import Appointment, User
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
GOOD = "tall-green-rice-1962"


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def school_class(school):
    return SchoolClassFactory(grade=GradeFactory(school=school, number=3), number=2)


@pytest.fixture
def admin(client, school):
    ensure_groups()
    admin = person_with(Role.ADMINISTRATOR, school=school, username="admin")
    sync_groups(admin)
    client.force_login(admin)
    return admin


def duty(person, school, role=Role.COUNSELOR, **more) -> dict:
    return {
        "user": person.username,
        "role": role.value,
        "school": school.pk,
        "starts_on": timezone.localdate().isoformat(),
        **more,
    }


def words(response) -> str:
    return BeautifulSoup(response.content, "html.parser").get_text(" ", strip=True)


def test_a_person_is_entered_and_led_on_to_a_duty(client, admin):
    data = {"username": "zhou", "display_name": "周老师", "email": "", "password1": GOOD, "password2": GOOD}
    response = client.post(reverse("wagtailusers_users:add"), data)
    assert response["Location"] == f"{reverse('duties:add')}?user=zhou"
    person = User.objects.get(username="zhou")
    assert (person.is_superuser, person.is_staff, person.display_name) == (False, False, "周老师")
    assert AuditEntry.objects.get(action="person.enter").target_id == str(person.pk)


def test_nobody_is_made_a_superuser_whatever_is_posted(client, admin):
    person = UserFactory()
    data = {"username": person.username, "display_name": "周老师", "email": "", "is_active": "on", "is_superuser": "on"}
    client.post(reverse("wagtailusers_users:edit", args=[person.pk]), {**data, "groups": ["1"]})
    person.refresh_from_db()
    assert person.display_name == "周老师"
    assert not person.is_superuser
    assert not person.groups.exists()


def test_a_person_of_another_school_does_not_exist_for_the_administrator(client, admin):
    """Or a password could be set there, and with it another school's children read."""
    stranger = person_with(Role.COUNSELOR, display_name="外校老师")
    data = {"username": stranger.username, "display_name": "改过", "email": "", "is_active": "on"}
    for view in ("edit", "history", "usage"):
        address = reverse(f"wagtailusers_users:{view}", args=[stranger.pk])
        assert client.get(address).status_code == 404, view
    changed = client.post(
        reverse("wagtailusers_users:edit", args=[stranger.pk]), {**data, "password1": GOOD, "password2": GOOD}
    )
    assert changed.status_code == 404
    stranger.refresh_from_db()
    assert (stranger.display_name, stranger.check_password(GOOD)) == ("外校老师", False)
    assert "外校老师" not in words(client.get(reverse("wagtailusers_users:index")))
    assert "外校老师" not in words(client.get(reverse("wagtailusers_users:index"), {"q": stranger.username}))


def test_a_duty_at_another_school_does_not_exist_either(client, admin):
    duty_there = AppointmentFactory()
    for view in ("edit", "delete", "history", "usage"):
        assert client.get(reverse(f"duties:{view}", args=[duty_there.pk])).status_code == 404, view


def test_who_left_another_school_or_holds_no_duty_yet_can_be_changed(client, admin, school):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    came = AppointmentFactory(school=school).user
    AppointmentFactory(user=came, school=SchoolFactory(), ends_on=yesterday)
    for person in (came, UserFactory()):
        assert client.get(reverse("wagtailusers_users:edit", args=[person.pk])).status_code == 200
    AppointmentFactory(user=came, school=SchoolFactory(), starts_on=timezone.localdate() + datetime.timedelta(days=9))
    assert client.get(reverse("wagtailusers_users:edit", args=[came.pk])).status_code == 404


def test_who_runs_the_installation_is_out_of_the_administrators_reach(client, admin):
    root = UserFactory(is_superuser=True)
    assert client.get(reverse("wagtailusers_users:edit", args=[root.pk])).status_code == 404


def test_a_new_password_is_never_on_the_trail(client, admin):
    person = UserFactory()
    data = {"username": person.username, "display_name": "周老师", "email": "", "is_active": "on"}
    client.post(reverse("wagtailusers_users:edit", args=[person.pk]), {**data, "password1": GOOD, "password2": GOOD})
    person.refresh_from_db()
    assert person.check_password(GOOD)
    entry = AuditEntry.objects.get(action="person.change")
    assert "password1" in entry.details["fields"]
    assert GOOD not in str(entry.details)


def test_a_duty_is_given_by_login_name(client, admin, school, school_class):
    teacher = UserFactory()
    response = client.post(reverse("duties:add"), duty(teacher, school, Role.HOMEROOM, school_class=school_class.pk))
    assert response.status_code == 302, words(response)
    given = Appointment.objects.get(user=teacher)
    assert (given.role, given.school_class) == (Role.HOMEROOM, school_class)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"role": "homeroom"}, "请选择班级"),
        ({"role": "grade_leader"}, "请选择年级"),
        ({"user": "nobody"}, "没有找到可以登录的这个名字"),
        ({"user": "admin", "role": "counselor"}, "不能给自己安排或撤销任职"),
        ({"ends_on": "2020-01-01"}, "结束日期早于开始日期"),
    ],
)
def test_what_cannot_be_given_is_said_beside_the_form(client, admin, school, change, said):
    response = client.post(reverse("duties:add"), {**duty(UserFactory(), school), **change})
    assert response.status_code == 200
    assert said in words(response)
    assert Appointment.objects.exclude(user=admin).count() == 0


def test_the_same_duty_twice_is_refused(client, admin, school):
    person = person_with(Role.COUNSELOR, school=school)
    assert "已经担任这个职务" in words(client.post(reverse("duties:add"), duty(person, school)))


def test_another_schools_class_cannot_be_chosen(client, admin, school):
    foreign = SchoolClassFactory(grade=GradeFactory(school=SchoolFactory()))
    response = client.post(reverse("duties:add"), duty(UserFactory(), school, Role.HOMEROOM, school_class=foreign.pk))
    assert response.status_code == 200
    assert not Appointment.objects.filter(role=Role.HOMEROOM).exists()


def test_a_duty_is_ended_on_a_day_and_withdrawn_at_once(client, admin, school):
    first, second = (AppointmentFactory(school=school, role=Role.COUNSELOR) for _number in range(2))
    day = timezone.localdate() + datetime.timedelta(days=3)
    client.post(reverse("duties:edit", args=[first.pk]), {"ends_on": day.isoformat()})
    client.post(reverse("duties:delete", args=[second.pk]))
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.ends_on == day
    assert second.withdrawn_at is not None
    assert Appointment.objects.filter(pk=second.pk).exists(), "what was done under it stays on the record"


def test_ones_own_duty_is_not_ended(client, admin):
    own = admin.appointments.get()
    response = client.post(reverse("duties:edit", args=[own.pk]), {"ends_on": timezone.localdate().isoformat()})
    assert "不能给自己安排或撤销任职" in words(response)
    assert "不能给自己安排或撤销任职" in words(client.post(reverse("duties:delete", args=[own.pk])))


def test_a_duty_at_another_school_does_not_exist(client, admin):
    foreign = AppointmentFactory()
    for name in ("duties:edit", "duties:delete"):
        assert client.get(reverse(name, args=[foreign.pk])).status_code == 404
    assert str(foreign.user) not in words(client.get(reverse("duties:index")))


def test_a_person_is_never_deleted_and_bulk_acts_are_shut(client, admin):
    person = UserFactory()
    assert client.post(reverse("wagtailusers_users:delete", args=[person.pk])).status_code in {302, 403, 404}
    bulk = reverse("wagtail_bulk_action", args=["accounts", "user", "delete"])
    assert client.post(f"{bulk}?id={person.pk}").status_code in {302, 403, 404}
    assert User.objects.filter(pk=person.pk).exists()


def test_people_are_found_by_name_and_their_duties_stand_beside(client, admin, school):
    person_with(Role.COUNSELOR, school=school, display_name="林老师")
    page = words(client.get(reverse("wagtailusers_users:index"), {"q": "林老师"}))
    assert "林老师" in page
    assert "心理教师" in page


def test_the_list_of_people_asks_as_much_for_many_as_for_few(client, admin, school, django_assert_max_num_queries):
    for _number in range(30):
        person_with(Role.COUNSELOR, school=school)
    with django_assert_max_num_queries(60):
        client.get(reverse("wagtailusers_users:index"))


def test_the_first_page_says_what_needs_a_person(client, admin, school):
    AppointmentFactory(
        school=school,
        role=Role.COUNSELOR,
        user=UserFactory(display_name="林老师", email=""),
        ends_on=timezone.localdate() + datetime.timedelta(days=5),
    )
    page = words(client.get(reverse("wagtailadmin_home")))
    assert "需要您处理的" in page
    assert "林老师" in page
    assert "有 1 位同事没有邮箱" in page


def test_an_editor_is_not_told_about_people(client, school):
    ensure_groups()
    editor = person_with(Role.EDITOR, school=school)
    sync_groups(editor)
    client.force_login(editor)
    assert "需要您处理的" not in words(client.get(reverse("wagtailadmin_home")))


def test_the_admin_leads_to_no_other_host(client, admin):
    for name in ("wagtailadmin_home", "wagtailusers_users:index", "duties:index", "wagtailadmin_account"):
        page = BeautifulSoup(client.get(reverse(name)).content, "html.parser")
        outside = [
            tag[attribute]
            for attribute in ("href", "src")
            for tag in page.find_all(attrs={attribute: True})
            if tag[attribute].startswith(("http:", "https:", "//"))
        ]
        assert not outside, (name, outside)
