"""The first school of an installation, with its grades and classes, its term, and the first administrator."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from xinqiao.accounts.appointments import appoint
from xinqiao.accounts.enums import Role
from xinqiao.accounts.groups import ensure_groups
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.school.models import Grade, School, SchoolClass, Term

GRADES = range(1, 7)


class OpeningRefused(Exception):
    """The school cannot be opened like this; the text is the whole explanation."""


@dataclass(frozen=True)
class NewTerm:
    """The term that runs now, or the next one."""

    name: str
    starts_on: datetime.date
    ends_on: datetime.date


@transaction.atomic
def open_school(
    *, name: str, short_name: str, classes: int, term: NewTerm, administrator: str, password: str
) -> School:
    """Enter the school and give its first administrator, who gives all other duties, a login.

    Args:
        classes: how many there are in each of the six grades.
        administrator: the login name; an account of this name must not be there yet.
        password: kept as a hash; must be as strong as anybody's.

    Raises:
        OpeningRefused: a sentence.
        ValidationError: the password is too weak.
    """
    if School.objects.filter(name=name).exists():
        raise OpeningRefused(f"There is a school called {name} already.")
    if User.objects.filter(username__iexact=administrator).exists():
        raise OpeningRefused(f"There is an account called {administrator} already: choose another login name.")
    if term.ends_on <= term.starts_on:
        raise OpeningRefused("The term must end after its first day.")
    if not 1 <= classes <= 30:
        raise OpeningRefused("A grade has from 1 to 30 classes.")
    person = User(username=administrator, display_name=str(Role.ADMINISTRATOR.label))
    validate_password(password, person)
    person.set_password(password)
    person.save()
    school = School.objects.create(name=name, short_name=short_name)
    Term.objects.create(school=school, name=term.name, starts_on=term.starts_on, ends_on=term.ends_on)
    grades = Grade.objects.bulk_create(Grade(school=school, number=number) for number in GRADES)
    SchoolClass.objects.bulk_create(
        SchoolClass(grade=grade, number=number) for grade in grades for number in range(1, classes + 1)
    )
    ensure_groups()
    record(actor=None, action="person.enter", target=person)
    appoint(by=None, user=person, role=Role.ADMINISTRATOR, school=school)
    return school
