"""The world that the matrix asks about: two schools, and one person for each role, each with something in their scope.

A homeroom teacher, a subject teacher and a grade leader share `school_class`; the guardian's child sits in it. The names
beginning with `other_` lie outside of what those people reach; `foreign_` ones lie in another school.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import Client

from tests.factories.accounts import person_with
from tests.factories.school import (
    GradeFactory,
    GuardianFactory,
    GuardianshipFactory,
    SchoolClassFactory,
    SchoolFactory,
    StudentFactory,
    TermFactory,
)
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import User
from xinqiao.school.models import Grade, Guardian, School, SchoolClass, Student, Term


@dataclasses.dataclass
class World:
    """What every line may use. A module's `prepare(world)` adds its own things with `world.put(case=...)`."""

    school: School
    term: Term
    grade: Grade
    school_class: SchoolClass
    student: Student
    guardian: Guardian
    other_class: SchoolClass
    """Same school, another grade: outside for the homeroom teacher and the grade leader, inside for the counselor."""
    other_student: Student
    foreign_school: School
    foreign_term: Term
    foreign_class: SchoolClass
    """Another school: outside for everybody."""
    foreign_student: Student
    people: dict[Role, User]
    things: dict[str, Any] = dataclasses.field(default_factory=dict)
    sessions: dict[Role, str] = dataclasses.field(default_factory=dict)
    """The keys of the sessions that `log_everybody_in` made."""

    def put(self, **things: Any) -> None:
        """Keep what a line needs; read it as an attribute."""
        self.things.update(things)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["things"][name]
        except KeyError:
            raise AttributeError(f"nothing called {name} was put into the world") from None

    def log_everybody_in(self) -> None:
        """Once for the world: logging in anew for each question costs more than many an answer."""
        for role, person in self.people.items():
            client = Client()
            client.force_login(person)
            self.sessions[role] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def browser(self, who: Role | str, **kwargs: Any) -> Client:
        """A new browser, with the session of this person where it is one of ours."""
        client = Client(**kwargs)
        if who in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[Role(who)]
        return client

    @contextlib.contextmanager
    def as_it_was(self) -> Iterator[None]:
        """Whatever is put, asked and changed within is gone afterwards, in the database and here."""
        things = dict(self.things)
        try:
            with transaction.atomic():
                yield
                transaction.set_rollback(True)
        finally:
            self.things = things


@contextlib.contextmanager
def standing_world(blocker: Any, preparations: Iterable[Callable[[World], None]] = ()) -> Iterator[World]:
    """A world with everybody logged in that many tests ask, each within `as_it_was`: building it takes longer than asking."""
    with blocker.unblock(), transaction.atomic():
        world = build_world()
        for prepare in preparations:
            prepare(world)
        world.log_everybody_in()
        yield world
        transaction.set_rollback(True)


def build_world() -> World:
    """Two schools and the twelve people of the first."""
    school, foreign_school = SchoolFactory(), SchoolFactory()
    grade, other_grade = GradeFactory(school=school, number=3), GradeFactory(school=school, number=4)
    school_class = SchoolClassFactory(grade=grade, number=2)
    other_class = SchoolClassFactory(grade=other_grade, number=1)
    foreign_class = SchoolClassFactory(grade=GradeFactory(school=foreign_school, number=3), number=2)
    people = {}
    for role in Role:
        scope: dict[str, Any] = {}
        if role in {Role.HOMEROOM, Role.TEACHER}:
            scope["school_class"] = school_class
        elif role == Role.GRADE_LEADER:
            scope["grade"] = grade
        people[role] = person_with(role, school=school, username=f"matrix-{role.value}", **scope)
    student = StudentFactory(school=school, current_class=school_class)
    guardian = GuardianFactory(school=school, user=people[Role.GUARDIAN])
    GuardianshipFactory(student=student, guardian=guardian)
    return World(
        school=school,
        term=TermFactory(school=school),
        grade=grade,
        school_class=school_class,
        student=student,
        guardian=guardian,
        other_class=other_class,
        other_student=StudentFactory(school=school, current_class=other_class),
        foreign_school=foreign_school,
        foreign_term=TermFactory(school=foreign_school),
        foreign_class=foreign_class,
        foreign_student=StudentFactory(school=foreign_school, current_class=foreign_class),
        people=people,
    )
