"""The school calendar: everybody who works at the school reads it, whoever keeps the directory changes it."""

import datetime

from tests.access.matrix import LET_IN, STAFF, Line, only
from xinqiao.accounts.enums import Role
from xinqiao.school.models import SchoolBreak, SchoolDayOverride

_DAY = datetime.date(2026, 12, 1)
_ADMINISTRATOR = only(Role.ADMINISTRATOR)
_ACT = only(Role.ADMINISTRATOR, status=302)
_FORM = only(Role.ADMINISTRATOR, status=LET_IN)


def prepare(world) -> None:
    def a_break(school):
        return SchoolBreak.objects.create(school=school, name="秋假", starts_on=_DAY, ends_on=_DAY)

    def own(school):
        return SchoolDayOverride.objects.create(school=school, day=_DAY, is_school_day=True, reason="x")

    world.put(
        the_break=a_break(world.school),
        foreign_break=a_break(world.foreign_school),
        own_day=own(world.school),
        foreign_own_day=own(world.foreign_school),
    )


def _term(world):
    return {"term_id": world.term.pk}


def _foreign_term(world):
    return {"term_id": world.foreign_term.pk}


def _break(world):
    return {"break_id": world.the_break.pk}


def _foreign_break(world):
    return {"break_id": world.foreign_break.pk}


def _own(world):
    return {"own_id": world.own_day.pk}


def _foreign_own(world):
    return {"own_id": world.foreign_own_day.pk}


LINES = [
    Line("directory:calendar", only(*STAFF)),
    Line("directory:calendar_term_new", _ADMINISTRATOR),
    Line("directory:calendar_term_new", _FORM, method="post"),
    Line("directory:calendar_term", _ADMINISTRATOR, inside=_term, outside=_foreign_term),
    Line("directory:calendar_term", _FORM, inside=_term, outside=_foreign_term, method="post"),
    Line("directory:calendar_term_remove", _ACT, inside=_term, outside=_foreign_term, method="post"),
    Line("directory:calendar_break_new", _ADMINISTRATOR),
    Line("directory:calendar_break_new", _FORM, method="post"),
    Line("directory:calendar_break", _ADMINISTRATOR, inside=_break, outside=_foreign_break),
    Line("directory:calendar_break", _FORM, inside=_break, outside=_foreign_break, method="post"),
    Line("directory:calendar_break_remove", _ACT, inside=_break, outside=_foreign_break, method="post"),
    Line("directory:calendar_day", _ADMINISTRATOR),
    Line("directory:calendar_day", _FORM, method="post"),
    Line("directory:calendar_day_remove", _ACT, inside=_own, outside=_foreign_own, method="post"),
    Line("directory:calendar_restore", _ACT, method="post"),
]
