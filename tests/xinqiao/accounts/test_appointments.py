"""Giving, ending and withdrawing duties."""

import datetime

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests.factories.accounts import AppointmentFactory, UserFactory, person_with
from tests.factories.school import GradeFactory, SchoolClassFactory, SchoolFactory
from xinqiao.accounts.access import NotPermitted, may
from xinqiao.accounts.appointments import (
    AlreadyAppointed,
    AppointmentOver,
    OwnAppointment,
    WrongDates,
    WrongScope,
    appoint,
    end_appointment,
    withdraw_appointment,
)
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime.datetime(2026, 11, 24, 2, 0, tzinfo=datetime.UTC), tick=False):
        yield


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def administrator(school):
    return person_with(Role.ADMINISTRATOR, school=school)


def test_a_duty_begins_today_unless_said_and_is_on_the_record(school, administrator):
    given = appoint(by=administrator, user=UserFactory(), role=Role.COUNSELOR, school=school)
    assert (given.starts_on, given.ends_on) == (TODAY, None)
    entry = AuditEntry.objects.get(action="appointment.give")
    assert (entry.actor, entry.target_id) == (administrator, str(given.pk))
    assert entry.details["role"] == "counselor"
    assert entry.details["starts_on"] == "2026-11-24"


def test_access_begins_and_ends_with_the_duty_also_in_an_open_session(school, administrator, client, settings):
    settings.SESSION_COOKIE_AGE = 7 * 24 * 3600
    settings.XINQIAO_SESSION_MINUTES = dict.fromkeys(["short", "long"], (7 * 24 * 60, 7 * 24 * 60))
    settings.XINQIAO_FRESH_MINUTES = dict.fromkeys(["narrative", "export", "account"], 7 * 24 * 60)
    person = UserFactory()
    appoint(
        by=administrator,
        user=person,
        role=Role.PRINCIPAL,
        school=school,
        starts_on=datetime.date(2026, 11, 25),
        ends_on=datetime.date(2026, 11, 26),
    )
    client.force_login(person)

    def answer_at(day: int, hour: int, minute: int) -> int:
        local = datetime.datetime(2026, 11, day, hour, minute, tzinfo=timezone.get_default_timezone())
        with time_machine.travel(local, tick=False):
            return client.get("/audit/").status_code

    assert answer_at(24, 23, 59) == 403
    assert answer_at(25, 0, 0) == 200
    assert answer_at(26, 23, 59) == 200
    assert answer_at(27, 0, 0) == 403


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_only_an_administrator_gives_duties(school, role):
    scope = {}
    if role in {Role.HOMEROOM, Role.TEACHER}:
        scope["school_class"] = SchoolClassFactory(grade=GradeFactory(school=school))
    if role == Role.GRADE_LEADER:
        scope["grade"] = GradeFactory(school=school)
    by = person_with(role, school=school, **scope)
    with pytest.raises(NotPermitted):
        appoint(by=by, user=UserFactory(), role=Role.EDITOR, school=school)
    assert Appointment.objects.filter(role=Role.EDITOR).count() == (role == Role.EDITOR)


def test_an_administrator_gives_no_duties_at_another_school(administrator):
    with pytest.raises(NotPermitted):
        appoint(by=administrator, user=UserFactory(), role=Role.EDITOR, school=SchoolFactory())


def test_nobody_lets_themselves_in(school, administrator):
    with pytest.raises(OwnAppointment):
        appoint(by=administrator, user=administrator, role=Role.COUNSELOR, school=school)
    assert not may(administrator, Capability.READ_NARRATIVE)


def test_the_installation_itself_may_give_the_first_duty(school):
    given = appoint(by=None, user=UserFactory(), role=Role.ADMINISTRATOR, school=school)
    assert AuditEntry.objects.get(action="appointment.give").actor is None
    assert may(given.user, Capability.ADMINISTER, school)


def test_a_duty_needs_the_scope_that_its_role_has(school, administrator):
    user, school_class, grade = (
        UserFactory(),
        SchoolClassFactory(grade=GradeFactory(school=school)),
        GradeFactory(school=school),
    )
    foreign = SchoolClassFactory()
    for role, scope in [
        (Role.HOMEROOM, {}),
        (Role.TEACHER, {}),
        (Role.GRADE_LEADER, {}),
        (Role.HOMEROOM, {"grade": grade}),
        (Role.HOMEROOM, {"school_class": foreign}),
        (Role.GRADE_LEADER, {"grade": foreign.grade}),
        (Role.COUNSELOR, {"school_class": school_class}),
        (Role.PRINCIPAL, {"grade": grade}),
    ]:
        with pytest.raises(WrongScope):
            appoint(by=administrator, user=user, role=role, school=school, **scope)
    assert not user.appointments.exists()


def test_the_database_refuses_a_homeroom_teacher_without_a_class(school):
    for role in (Role.HOMEROOM, Role.GRADE_LEADER):
        with pytest.raises(DatabaseError), transaction.atomic():
            AppointmentFactory(role=role, school=school)


def test_the_same_duty_is_not_given_twice_for_the_same_days(school, administrator):
    user = UserFactory()
    first = appoint(by=administrator, user=user, role=Role.EDITOR, school=school, ends_on=datetime.date(2026, 12, 31))
    with pytest.raises(AlreadyAppointed):
        appoint(by=administrator, user=user, role=Role.EDITOR, school=school, starts_on=datetime.date(2026, 12, 31))
    appoint(by=administrator, user=user, role=Role.EDITOR, school=school, starts_on=datetime.date(2027, 1, 1))
    withdraw_appointment(by=administrator, appointment=first)
    appoint(by=administrator, user=user, role=Role.EDITOR, school=school, ends_on=datetime.date(2026, 12, 1))


def test_a_teacher_may_have_several_classes(school, administrator):
    user, grade = UserFactory(), GradeFactory(school=school)
    for school_class in (SchoolClassFactory(grade=grade), SchoolClassFactory(grade=grade)):
        appoint(by=administrator, user=user, role=Role.TEACHER, school=school, school_class=school_class)
    assert user.appointments.count() == 2


def test_an_end_before_the_beginning_is_refused(school, administrator):
    yesterday = datetime.date(2026, 11, 23)
    with pytest.raises(WrongDates):
        appoint(by=administrator, user=UserFactory(), role=Role.EDITOR, school=school, ends_on=yesterday)
    given = appoint(by=administrator, user=UserFactory(), role=Role.EDITOR, school=school)
    with pytest.raises(WrongDates):
        end_appointment(by=administrator, appointment=given, on=yesterday)


def test_an_ended_duty_says_what_its_end_was_before(school, administrator):
    given = appoint(
        by=administrator, user=UserFactory(), role=Role.EDITOR, school=school, ends_on=datetime.date(2027, 7, 1)
    )
    end_appointment(by=administrator, appointment=given, on=TODAY)
    entry = AuditEntry.objects.get(action="appointment.end")
    assert (entry.details["ends_on_before"], entry.details["ends_on"]) == ("2027-07-01", "2026-11-24")


def test_a_duty_that_is_over_cannot_be_lengthened_again(school, administrator):
    over = AppointmentFactory(school=school, ends_on=datetime.date(2026, 11, 1))
    with pytest.raises(AppointmentOver):
        end_appointment(by=administrator, appointment=over, on=datetime.date(2027, 1, 1))


def test_a_withdrawn_duty_ends_at_once_and_stays_on_record(school, administrator):
    given = appoint(by=administrator, user=UserFactory(), role=Role.COUNSELOR, school=school)
    person = given.user
    assert may(person, Capability.READ_NARRATIVE, school)
    withdraw_appointment(by=administrator, appointment=given)
    person = type(person).objects.get(pk=person.pk)
    assert not may(person, Capability.READ_NARRATIVE, school)
    assert Appointment.objects.filter(pk=given.pk).exists()
    assert AuditEntry.objects.filter(action="appointment.withdraw", target_id=given.pk).exists()
    with pytest.raises(AppointmentOver):
        withdraw_appointment(by=administrator, appointment=given)
    with pytest.raises(AppointmentOver):
        end_appointment(by=administrator, appointment=given, on=TODAY)


@pytest.mark.parametrize(
    ("role", "group"),
    [
        (Role.EDITOR, "editors"),
        (Role.TRAINER, "trainers"),
        (Role.ADMINISTRATOR, "administrators"),
        (Role.COUNSELOR, None),
    ],
)
def test_groups_follow_the_duty(school, administrator, role, group):
    given = appoint(by=administrator, user=UserFactory(), role=role, school=school)
    assert set(given.user.groups.values_list("name", flat=True)) == ({group} if group else set())
    withdraw_appointment(by=administrator, appointment=given)
    assert not given.user.groups.exists()
    assert not Group.objects.filter(user=given.user).exists()
