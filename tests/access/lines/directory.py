"""The directory: names for all who work with the child, facts and contacts by duty, every change the administrator's."""

import datetime

from django.utils import timezone

from tests.access.matrix import LET_IN, Line, only
from tests.factories.school import GuardianFactory, GuardianshipFactory
from xinqiao.accounts.enums import Role
from xinqiao.school.models import Move

_WITH_CHILDREN = (
    Role.PRINCIPAL,
    Role.DEPUTY,
    Role.MORAL_EDUCATION,
    Role.COUNSELOR,
    Role.GRADE_LEADER,
    Role.HOMEROOM,
    Role.TEACHER,
    Role.ADMINISTRATOR,
)
_SEES = only(*_WITH_CHILDREN)
_ADMINISTRATOR = only(Role.ADMINISTRATOR)
_TRIES = only(Role.ADMINISTRATOR, status=LET_IN)
_ACTS = only(Role.ADMINISTRATOR, status=302)


def prepare(world) -> None:
    foreign_tie = GuardianshipFactory(
        student=world.foreign_student, guardian=GuardianFactory(school=world.foreign_school)
    )
    day = {"on": timezone.localdate() - datetime.timedelta(days=1), "kind": "change"}
    world.put(
        tie=world.student.guardianships.get(),
        foreign_tie=foreign_tie,
        move=Move.objects.create(school=world.school, student=world.student, **day),
        foreign_move=Move.objects.create(school=world.foreign_school, student=world.foreign_student, **day),
    )


def _child(world):
    return {"student_id": world.student.pk}


def _other_child(world):
    return {"student_id": world.other_student.pk}


def _foreign_child(world):
    return {"student_id": world.foreign_student.pk}


def _class(world):
    return {"class_id": world.school_class.pk}


def _other_class(world):
    return {"class_id": world.other_class.pk}


def _foreign_class(world):
    return {"class_id": world.foreign_class.pk}


def _tie(world):
    return {"student_id": world.student.pk, "tie_id": world.tie.pk}


def _foreign_tie(world):
    return {"student_id": world.foreign_student.pk, "tie_id": world.foreign_tie.pk}


def _tie_of_another_child(world):
    """A guardian who is real, under a child who is not theirs."""
    return {"student_id": world.student.pk, "tie_id": world.foreign_tie.pk}


_WHOLE_SCHOOL = _SEES.but(*_WITH_CHILDREN, outside=200).but(Role.GRADE_LEADER, Role.HOMEROOM, Role.TEACHER, outside=404)

LINES = [
    Line("directory:home", _SEES),
    Line("directory:children", _SEES),
    Line("directory:children", _SEES, method="post", data=lambda world: {"q": "wxm"}, note="search"),
    Line("directory:children_export", _ADMINISTRATOR),
    Line("directory:children_export", _TRIES, method="post"),
    Line("directory:join", _ADMINISTRATOR),
    Line("directory:join", _TRIES, method="post"),
    Line("directory:child", _SEES, inside=_child, outside=_foreign_child),
    Line("directory:child", _WHOLE_SCHOOL, inside=_child, outside=_other_child, note="of another grade"),
    *(
        Line(f"directory:{name}", expect, inside=_child, outside=_foreign_child, method=method)
        for name in ("child_facts", "child_change", "child_leave", "child_return", "guardian_add")
        for method, expect in (("get", _ADMINISTRATOR), ("post", _TRIES))
    ),
    *(
        Line(f"directory:{name}", expect, inside=_tie, outside=outside, method=method, note=note)
        for name in ("guardian_change", "guardian_restriction")
        for method, expect in (("get", _ADMINISTRATOR), ("post", _TRIES))
        for outside, note in ((_foreign_tie, ""), (_tie_of_another_child, "of another child"))
    ),
    Line("directory:guardian_remove", _ACTS, inside=_tie, outside=_foreign_tie, method="post"),
    Line("directory:class_open", _ADMINISTRATOR),
    Line("directory:class_open", _TRIES, method="post"),
    Line("directory:school_class", _SEES, inside=_class, outside=_foreign_class),
    Line("directory:school_class", _WHOLE_SCHOOL, inside=_class, outside=_other_class, note="of another grade"),
    Line("directory:class_print", _SEES, inside=_class, outside=_foreign_class),
    *(
        Line(f"directory:{name}", expect, inside=_class, outside=_foreign_class, method=method)
        for name in ("class_merge", "class_split")
        for method, expect in (("get", _ADMINISTRATOR), ("post", _TRIES))
    ),
    *(
        Line(f"directory:{name}", _ACTS, inside=_class, outside=_foreign_class, method="post")
        for name in ("class_close", "class_reopen")
    ),
    Line("directory:moves", _ADMINISTRATOR),
    Line(
        "directory:move_undo",
        _ACTS,
        inside=lambda world: {"move_id": world.move.pk},
        outside=lambda world: {"move_id": world.foreign_move.pk},
        method="post",
    ),
    Line("directory:rollover", _ADMINISTRATOR),
    Line("directory:rollover", _TRIES, method="post"),
]
