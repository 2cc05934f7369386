"""The trail, what a person can see, emergency readings, and guardians' questions."""

import datetime

from django.utils import timezone

from tests.access.matrix import LET_IN, Line, only
from tests.access.world import World
from tests.factories.accounts import person_with
from tests.factories.school import GuardianFactory, GuardianshipFactory
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AccessRequest, BreakGlass

ASKS, TOLD = (Role.ADMINISTRATOR,), (Role.PRINCIPAL, Role.COUNSELOR)


def prepare(world: World) -> None:
    now = timezone.now()

    def opened(user, school, student) -> BreakGlass:
        return BreakGlass.objects.create(
            user=user,
            school=school,
            student=student,
            kind="away",
            reason="心理教师电话打不通，医院来电询问。",
            starts_at=now - datetime.timedelta(hours=2),
            ends_at=now - datetime.timedelta(hours=1),
        )

    guardian, now_on = world.people[Role.GUARDIAN], timezone.localdate()
    anothers = person_with(Role.GUARDIAN, school=world.school)
    GuardianshipFactory(student=world.student, guardian=GuardianFactory(school=world.school, user=anothers))
    foreigner = person_with(Role.GUARDIAN, school=world.foreign_school)

    def asked(by, student, **answer) -> AccessRequest:
        return AccessRequest.objects.create(
            school=student.school, student=student, asked_by=by, asked_at=now, due_on=now_on, **answer
        )

    world.put(
        asked=asked(guardian, world.student),
        answered=asked(
            guardian,
            world.student,
            state="released",
            up_to=0,
            answered_at=now,
            answered_by=world.people[Role.PRINCIPAL],
        ),
        anothers=asked(anothers, world.student),
        foreign_asked=asked(foreigner, world.foreign_student),
    )
    elsewhere = person_with(Role.ADMINISTRATOR, school=world.foreign_school)
    world.put(
        stranger=elsewhere,
        opened=opened(world.people[Role.ADMINISTRATOR], world.school, world.student),
        foreign_opened=opened(elsewhere, world.foreign_school, world.foreign_student),
    )


def _student(world):
    return {"student_id": world.student.pk}


def _foreign(world):
    return {"student_id": world.foreign_student.pk}


def _opened(world):
    return {"opened_id": world.opened.pk}


def _opened_elsewhere(world):
    return {"opened_id": world.foreign_opened.pk}


def _person(world):
    return {"user_id": world.people[Role.HOMEROOM].pk}


def _stranger(world):
    return {"user_id": world.stranger.pk}


def _reason(world):
    return {"kind": "away", "reason": "心理教师两部电话都打不通，医院来电询问。", "act": "open"}


def _request(name):
    return lambda world: {"request_id": getattr(world, name).pk}


# A guardian's own question exists for that guardian; the principal's pages for the principal of the school.
_GUARDIAN, _ANSWERS = only(Role.GUARDIAN), only(Role.PRINCIPAL)

LINES = [
    Line("audit_ask", _GUARDIAN, inside=_student, outside=lambda world: {"student_id": world.other_student.pk}),
    Line(
        "audit_ask",
        only(Role.GUARDIAN, status=302),
        inside=_student,
        outside=lambda world: {"student_id": world.other_student.pk},
        method="post",
    ),
    Line("audit_answer", _GUARDIAN, inside=_request("answered"), outside=_request("anothers")),
    Line(
        "audit_ask_withdraw",
        only(Role.GUARDIAN, status=302),
        inside=_request("asked"),
        outside=_request("anothers"),
        method="post",
    ),
    Line("audit_requests", _ANSWERS),
    Line("audit_request", _ANSWERS, inside=_request("asked"), outside=_request("foreign_asked")),
    Line(
        "audit_request",
        only(Role.PRINCIPAL, status=302),
        inside=_request("asked"),
        outside=_request("foreign_asked"),
        method="post",
        data=lambda world: {"act": "release", "withheld": ["talks"]},
    ),
    Line("audit_trail", only(Role.PRINCIPAL)),
    Line("audit_child", only(Role.PRINCIPAL), inside=_student, outside=_foreign),
    Line("audit_people", only(Role.PRINCIPAL)),
    Line("audit_people", only(Role.PRINCIPAL), method="post", data=lambda world: {"q": "老师"}, note="search"),
    Line("audit_person", only(Role.PRINCIPAL), inside=_person, outside=_stranger),
    Line(
        "audit_person",
        only(Role.PRINCIPAL),
        inside=_person,
        data=lambda world: {"child": world.student.pk},
        note="about a child",
    ),
    Line("break_glass", only(*ASKS, *TOLD)),
    Line(
        "break_glass",
        only(*ASKS, *TOLD),
        method="post",
        data=lambda world: {"q": world.foreign_student.name},
        note="search",
    ),
    Line("break_glass_ask", only(*ASKS), inside=_student, outside=_foreign),
    Line("break_glass_ask", only(*ASKS, status=302), inside=_student, outside=_foreign, method="post", data=_reason),
    Line("break_glass_opened", only(*ASKS), inside=_opened, outside=_opened_elsewhere),
    Line("break_glass_end", only(*ASKS, *TOLD, status=LET_IN), _opened, _opened_elsewhere, method="post"),
    # One's own is not acknowledged by oneself.
    Line("break_glass_seen", only(*TOLD, status=302), _opened, _opened_elsewhere, method="post"),
]
