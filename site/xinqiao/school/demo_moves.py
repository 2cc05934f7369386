"""What has happened to children of the demo school: last year's classes, one who changed, one who left, one who came back,
one who joined, and a guardian whom a court restricts."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from xinqiao.accounts.models import User
from xinqiao.school.children.guardians import restrict
from xinqiao.school.models import Enrolment, Guardian, Guardianship, SchoolClass, Student
from xinqiao.school.moves.children import change_class, come_back, join, leave

if TYPE_CHECKING:
    from xinqiao.school.demo import Demo

_SMALL = 10
"""A class with fewer children than that is left as it is: a school of a few children is somebody's test."""


def load_moves(demo: Demo, classes: list[SchoolClass], began: datetime.date) -> None:
    """Once, when the school is made; all days lie in the past of the demo's today."""
    _last_year(demo, classes, began)
    school_days = (demo.today - began).days
    if school_days < _SMALL or demo.students < _SMALL * len(classes):
        return
    by = User.objects.get(username="admin")
    place = {(each.grade.number, each.number): each for each in classes}

    def day(part: float) -> datetime.date:
        return began + datetime.timedelta(days=max(1, int(school_days * part)))

    def child_of(grade: int, number: int, seat: int) -> Student:
        return Student.objects.filter(current_class=place[grade, number]).order_by("number")[seat]

    moved, away, left = child_of(5, 1, 3), child_of(5, 2, 5), child_of(4, 1, 7)
    change_class(by=by, student=moved, to=place[5, 2], on=day(0.4), today=demo.today)
    leave(by=by, student=away, on=day(0.2), reason="suspended", today=demo.today)
    come_back(by=by, student=away, to=place[5, 1], on=day(0.7), today=demo.today)
    leave(by=by, student=left, on=day(0.5), reason="moved_away", today=demo.today)
    join(
        by=by,
        school=demo.school,
        number=f"{began.year - 3}0199",
        name="闻人嘉禾",
        sex=Student.Sex.FEMALE,
        born_on=datetime.date(began.year - 10, 11, 5),
        school_class=place[4, 1],
        on=day(0.6),
        today=demo.today,
    )
    _restricted(demo, by, child_of(4, 2, 2))


def _last_year(demo: Demo, classes: list[SchoolClass], began: datetime.date) -> None:
    """Whoever is not in the first grade sat one grade lower until the end of August."""
    below = {(each.grade.number + 1, each.number): each for each in classes}
    before = began.replace(year=began.year - 1)
    children = Student.objects.filter(school=demo.school, current_class__grade__number__gt=1)
    Enrolment.objects.bulk_create(
        Enrolment(
            student=child,
            school_class=below[child.current_class.grade.number, child.current_class.number],
            starts_on=before,
            ends_on=began - datetime.timedelta(days=1),
        )
        for child in children.select_related("current_class__grade")
    )


def _restricted(demo: Demo, by: User, child: Student) -> None:
    father = Guardian.objects.create(school=demo.school, name=f"{child.name[0]}某", phone="10000000000")
    tie = Guardianship.objects.create(student=child, guardian=father, relation=Guardianship.Relation.FATHER)
    restrict(by=by, tie=tie, reason="示范：法院判决，限制接触。")
