"""What a roster's import leaves behind: its errors as a file, and taking it back; for whoever handed it in."""

from tests.access.matrix import Line, only
from tests.factories.accounts import person_with
from xinqiao.accounts.enums import Role
from xinqiao.school.models import ImportRun

_ACT = only(Role.ADMINISTRATOR, status=302)


def prepare(world) -> None:
    colleague = person_with(Role.ADMINISTRATOR, school=world.school)
    world.put(
        done_run=ImportRun.objects.create(
            school=world.school, started_by=world.people[Role.ADMINISTRATOR], state="done"
        ),
        colleagues_done_run=ImportRun.objects.create(school=world.school, started_by=colleague, state="done"),
    )


def _run(world):
    return {"run_id": world.done_run.pk}


def _colleagues(world):
    return {"run_id": world.colleagues_done_run.pk}


LINES = [
    Line("directory:run_errors", _ACT, inside=_run, outside=_colleagues),
    Line("directory:run_undo", _ACT, inside=_run, outside=_colleagues),
    Line("directory:run_undo", _ACT, inside=_run, outside=_colleagues, method="post"),
]
