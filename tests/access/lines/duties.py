"""The duties of a term: the administrator's alone, and only those of the own school."""

from tests.access.matrix import LET_IN, Line, only
from tests.factories.accounts import AppointmentFactory
from xinqiao.accounts.duties.importing import as_content
from xinqiao.accounts.duties.models import DutyRun
from xinqiao.accounts.duties.sheet import DutyList
from xinqiao.accounts.enums import Role

_ADMINISTRATOR = only(Role.ADMINISTRATOR)
_ACT = only(Role.ADMINISTRATOR, status=302)
_FORM = only(Role.ADMINISTRATOR, status=LET_IN)


def prepare(world) -> None:
    def run(school):
        content = as_content(DutyList([], [], {}))
        return DutyRun.objects.create(
            school=school, kind="import", made_by=world.people[Role.ADMINISTRATOR], content=content
        )

    world.put(
        duty=AppointmentFactory(school=world.school, role=Role.EDITOR),
        foreign_duty=AppointmentFactory(school=world.foreign_school, role=Role.EDITOR),
        duty_run=run(world.school),
        foreign_duty_run=run(world.foreign_school),
    )


def _duty(world):
    return {"appointment_id": world.duty.pk}


def _foreign_duty(world):
    return {"appointment_id": world.foreign_duty.pk}


def _run(world):
    return {"run_id": world.duty_run.pk}


def _foreign_run(world):
    return {"run_id": world.foreign_duty_run.pk}


LINES = [
    Line("directory:appointments", _ADMINISTRATOR),
    Line("directory:appointments_export", _ADMINISTRATOR),
    Line("directory:appointments_template", _ADMINISTRATOR),
    Line("directory:appointments_give", _ADMINISTRATOR),
    Line("directory:appointments_give", _FORM, method="post"),
    Line("directory:appointments_copy", _ACT, note="without a next term one is sent to the calendar"),
    Line("directory:appointments_copy", _ACT, method="post"),
    Line("directory:appointments_import", _ADMINISTRATOR),
    Line("directory:appointments_import", _FORM, method="post"),
    Line("directory:appointments_run", _ADMINISTRATOR, inside=_run, outside=_foreign_run),
    Line("directory:appointments_run_confirm", _ACT, inside=_run, outside=_foreign_run, method="post"),
    Line("directory:appointments_run_drop", _ACT, inside=_run, outside=_foreign_run, method="post"),
    Line("directory:appointments_run_undo", _ACT, inside=_run, outside=_foreign_run, method="post"),
    Line("directory:appointment", _ADMINISTRATOR, inside=_duty, outside=_foreign_duty),
    Line("directory:appointment_end", _FORM, inside=_duty, outside=_foreign_duty, method="post"),
    Line("directory:appointment_withdraw", _ACT, inside=_duty, outside=_foreign_duty, method="post"),
    Line("directory:appointment_substitute", _FORM, inside=_duty, outside=_foreign_duty, method="post"),
]
