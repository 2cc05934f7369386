"""A case: that it exists, for those who account for it; its story by right; its acts for the counselor."""

from tests.access.matrix import LET_IN, Line, only
from tests.factories.cases import SchoolWithPeople, a_case
from xinqiao.accounts.enums import Role

LEADS = (Role.PRINCIPAL, Role.DEPUTY)


def prepare(world):
    here, there = SchoolWithPeople(world.school), SchoolWithPeople(world.foreign_school)
    world.put(
        high_case=a_case(here, "high", world.student),
        case=a_case(here, "priority", world.other_student),
        foreign_case=a_case(there, "high", world.foreign_student),
    )


def _high(world):
    return {"case_id": world.high_case.pk}


def _priority(world):
    return {"case_id": world.case.pk}


def _foreign(world):
    return {"case_id": world.foreign_case.pk}


def _follow_up(case):
    return {"case_id": case.pk, "follow_up_id": case.follow_ups.first().pk}


_COUNSELOR = only(Role.COUNSELOR, status=LET_IN)
_ACTS = ("case_notes", "case_step", "case_protocol", "case_more_follow_up", "case_level", "case_state", "case_owner")

LINES = [
    Line("screening:class_support", only(Role.HOMEROOM)),
    Line(
        "screening:case",
        only(Role.COUNSELOR, *LEADS, Role.MORAL_EDUCATION),
        inside=_priority,
        outside=_foreign,
    ),
    Line("screening:case_print", only(Role.COUNSELOR, *LEADS), inside=_high, outside=_foreign, note="high"),
    Line("screening:case_print", only(Role.COUNSELOR), inside=_priority, note="priority"),
    *(Line(f"screening:{name}", _COUNSELOR, inside=_high, outside=_foreign, method="post") for name in _ACTS),
    Line(
        "screening:case_follow_up",
        _COUNSELOR,
        inside=lambda world: _follow_up(world.high_case),
        outside=lambda world: _follow_up(world.foreign_case),
        method="post",
    ),
    Line(
        "screening:case_level_answer",
        only(Role.COUNSELOR, *LEADS, status=LET_IN),
        inside=_high,
        outside=_foreign,
        method="post",
    ),
]
