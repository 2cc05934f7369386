"""The directory: the roster's import is the administrator's, and what was found in a file is for whoever chose it."""

from tests.access.matrix import LET_IN, Line, only
from tests.factories.accounts import person_with
from xinqiao.accounts.enums import Role
from xinqiao.school.models import ImportRun

_ADMINISTRATOR = only(Role.ADMINISTRATOR)
_ACT = only(Role.ADMINISTRATOR, status=302)


def prepare(world) -> None:
    colleague = person_with(Role.ADMINISTRATOR, school=world.school)
    world.put(
        run=ImportRun.objects.create(school=world.school, started_by=world.people[Role.ADMINISTRATOR], state="checked"),
        colleagues_run=ImportRun.objects.create(school=world.school, started_by=colleague, state="checked"),
    )


def _run(world):
    return {"run_id": world.run.pk}


def _colleagues(world):
    return {"run_id": world.colleagues_run.pk}


LINES = [
    Line("directory:imports", _ADMINISTRATOR),
    Line("directory:imports", only(Role.ADMINISTRATOR, status=LET_IN), method="post"),
    Line("directory:template", _ADMINISTRATOR),
    Line("directory:run", _ADMINISTRATOR, inside=_run, outside=_colleagues),
    Line(
        "directory:run",
        _ADMINISTRATOR,
        inside=_run,
        outside=_colleagues,
        headers={"HX-Request": "true"},
        note="the part that changes",
    ),
    Line("directory:decide", _ACT, inside=_run, outside=_colleagues, method="post"),
    Line("directory:confirm", _ACT, inside=_run, outside=_colleagues, method="post"),
    Line("directory:drop", _ACT, inside=_run, outside=_colleagues, method="post"),
]
