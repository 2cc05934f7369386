"""The explanation says yes exactly when the product does, and names the duty that makes it so."""

import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.access.world import build_world
from tests.factories.accounts import AppointmentFactory, UserFactory, person_with
from tests.factories.school import GuardianFactory, GuardianshipFactory
from xinqiao.accounts.access import may, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.enums import Role
from xinqiao.accounts.explain import explain, reach_in_words
from xinqiao.accounts.models import Appointment, User
from xinqiao.audit.break_glass import open_in_emergency
from xinqiao.school.models import Student

TODAY = datetime.date(2026, 11, 25)
REASON = "心理教师两部电话都打不通，医院来电询问孩子的情况。"


@pytest.fixture
def world(db):
    return build_world()


def places(world) -> list:
    return [
        world.student,
        world.other_student,
        world.foreign_student,
        world.school,
        world.grade,
        world.school_class,
        world.other_class,
        world.foreign_class,
    ]


def agrees(user: User, world) -> None:
    for capability in Capability:
        assert explain(user, capability).yes == may(user, capability)
        assert explain(user, capability).reach == reach(user, capability)
        for place in places(world):
            told = explain(user, capability, place)
            assert told.yes == may(user, capability, place), (capability, place)
            assert len(told.because) == len(told.grounds)


@pytest.mark.parametrize("role", Role)
def test_it_says_what_each_role_may(world, role):
    agrees(world.people[role], world)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    held=st.lists(
        st.tuples(
            st.sampled_from(list(Role)),
            st.sampled_from(["here", "other", "foreign"]),
            st.integers(-3, 1),
            st.one_of(st.none(), st.integers(-2, 2)),
            st.booleans(),
        ),
        max_size=4,
    ),
    active=st.booleans(),
    restricted=st.booleans(),
)
def test_it_says_yes_exactly_when_the_product_does_whatever_duties_somebody_holds(world, held, active, restricted):
    user = UserFactory(is_active=active)
    GuardianshipFactory(
        student=world.student, guardian=GuardianFactory(school=world.school, user=user), restricted=restricted
    )
    where = {
        "here": (world.school, world.grade, world.school_class),
        "other": (world.school, world.other_class.grade, world.other_class),
        "foreign": (world.foreign_school, world.foreign_class.grade, world.foreign_class),
    }
    for role, place, begins, lasts, withdrawn in held:
        school, grade, school_class = where[place]
        starts_on = TODAY + datetime.timedelta(days=begins)
        AppointmentFactory(
            user=user,
            role=role,
            school=school,
            grade=grade if role == Role.GRADE_LEADER else None,
            school_class=school_class if role in {Role.HOMEROOM, Role.TEACHER} else None,
            starts_on=starts_on,
            ends_on=starts_on + datetime.timedelta(days=max(0, lasts)) if lasts is not None else None,
            withdrawn_at=datetime.datetime.now(datetime.UTC) if withdrawn else None,
        )
    fresh = User.objects.get(pk=user.pk)
    for capability in Capability:
        for place in places(world):
            assert explain(fresh, capability, place, TODAY).yes == may(fresh, capability, place, TODAY)
        seen = set(
            Student.objects.filter(reach(fresh, capability, TODAY).students_q(TODAY)).values_list("pk", flat=True)
        )
        for student in (world.student, world.other_student, world.foreign_student):
            # One answer in both forms: the queryset finds the child exactly when the question on it is a yes.
            assert (student.pk in seen) == may(fresh, capability, student, TODAY)


def test_an_emergency_reading_is_a_reason_of_its_own(world):
    administrator = world.people[Role.ADMINISTRATOR]
    open_in_emergency(by=administrator, student=world.student, kind="away", reason=REASON)
    told = explain(administrator, Capability.READ_NARRATIVE, world.student)
    assert told.yes
    assert told.because[0].startswith("紧急查阅，到")
    agrees(administrator, world)


def test_the_duty_that_opens_it_is_named_with_its_place_and_end(world):
    person = person_with(Role.COUNSELOR, school=world.school)
    Appointment.objects.filter(user=person).update(ends_on=datetime.date(2027, 1, 31))
    told = explain(person, Capability.READ_NARRATIVE, world.student, TODAY)
    assert told.because == [f"心理教师（{world.school}），到 2027-01-31"]
    assert reach_in_words(told) == ["全校"]


def test_two_duties_are_two_reasons(world):
    person = person_with(Role.HOMEROOM, school_class=world.school_class)
    AppointmentFactory(user=person, role=Role.COUNSELOR, school=world.school)
    assert len(explain(person, Capability.READ_FIRST_PASS, world.student).grounds) == 2
    assert len(explain(person, Capability.READ_FIRST_PASS, world.other_student).grounds) == 1
    assert reach_in_words(explain(person, Capability.READ_FIRST_PASS)) == [str(world.school_class), "全校"]
