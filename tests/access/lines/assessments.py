"""The second stage: the counselor's alone."""

from tests.access.matrix import LET_IN, Line, only
from tests.factories.cases import SchoolWithPeople, an_assessment
from tests.factories.screening import A_SIGN, ClassPassFactory, ResponseFactory
from xinqiao.accounts.enums import Role


def prepare(world):
    here, there = SchoolWithPeople(world.school), SchoolWithPeople(world.foreign_school)
    world.put(
        assessment=an_assessment(here, student=world.student),
        foreign_assessment=an_assessment(there, student=world.foreign_student),
        below=_below_the_cut(here),
        foreign_below=_below_the_cut(there),
    )


def _below_the_cut(people):
    return ResponseFactory(
        class_pass=ClassPassFactory(school_class=people.school_class, submitted=True),
        student=people.child(),
        signs=A_SIGN,
    )


def _one(world):
    return {"assessment_id": world.assessment.pk}


def _foreign(world):
    return {"assessment_id": world.foreign_assessment.pk}


def _draft(world):
    return {"version": 1, "act": "save", "interview": "", "family": "", "causes": ""}


LINES = [
    Line("screening:assessments", only(Role.COUNSELOR)),
    Line("screening:assessment", only(Role.COUNSELOR), inside=_one, outside=_foreign),
    Line(
        "screening:assessment",
        only(Role.COUNSELOR, status=LET_IN),
        inside=_one,
        outside=_foreign,
        method="post",
        data=_draft,
    ),
    Line(
        "screening:pick",
        only(Role.COUNSELOR, status=LET_IN),
        inside=lambda world: {"response_id": world.below.pk},
        outside=lambda world: {"response_id": world.foreign_below.pk},
        method="post",
    ),
    Line(
        "screening:pick_child",
        only(Role.COUNSELOR, status=LET_IN),
        inside=lambda world: {"student_id": world.student.pk},
        outside=lambda world: {"student_id": world.foreign_student.pk},
        method="post",
    ),
]
