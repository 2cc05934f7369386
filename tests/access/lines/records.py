"""Files out and away: taken out by the counselor, erased by two leaders, and how long what is kept."""

import datetime

from django.utils import timezone

from tests.access.matrix import LET_IN, Line, only
from tests.factories.accounts import person_with
from xinqiao.accounts.enums import Role
from xinqiao.records.models import Erasure, ExportRun, Hold, RetentionRun

_LEADERS = (Role.PRINCIPAL, Role.DEPUTY)
_EXPORT = only(Role.COUNSELOR)
_ERASE = only(*_LEADERS)


def prepare(world):
    counselor, principal = world.people[Role.COUNSELOR], world.people[Role.PRINCIPAL]
    now, today = timezone.now(), timezone.localdate()
    world.put(
        export=_export(world.school, world.student, counselor),
        foreign_export=_export(world.foreign_school, world.foreign_student, person_with(Role.COUNSELOR)),
        erasure=_erasure(world.school, world.student, principal, "D1"),
        foreign_erasure=_erasure(world.foreign_school, world.foreign_student, person_with(Role.PRINCIPAL), "D2"),
        hold=_hold(world.school, world.other_student, principal),
        foreign_hold=_hold(world.foreign_school, world.foreign_student, person_with(Role.PRINCIPAL)),
        retention_run=RetentionRun.objects.create(school=world.school, acts_on=today + datetime.timedelta(days=14)),
        foreign_run=RetentionRun.objects.create(
            school=world.foreign_school, acts_on=today + datetime.timedelta(days=14)
        ),
    )
    for number, (erasure, student) in enumerate(
        ((world.erasure, world.other_student), (world.foreign_erasure, world.foreign_student))
    ):
        done = Erasure(reference=f"DD{number}", school=erasure.school, student=student, ground="request")
        done.reason, done.asked_by, done.answered_by = "x", person_with(Role.PRINCIPAL), person_with(Role.DEPUTY)
        done.state, done.answered_at, done.backups_until = "done", now, today
        done.save(force_insert=True)
        world.put(**{("done_erasure", "foreign_done")[number]: done})


def _export(school, student, by):
    run = ExportRun(school=school, student=student, edition="whole", purpose="other", asked_by=by, state="gone")
    run.recipient = run.reason = "x"
    run.save(force_insert=True)
    return run


def _erasure(school, student, by, reference):
    erasure = Erasure(reference=reference, school=school, student=student, ground="request", asked_by=by)
    erasure.reason = "x"
    erasure.save(force_insert=True)
    return erasure


def _hold(school, student, by):
    hold = Hold(school=school, student=student, placed_by=by)
    hold.reason = "x"
    hold.save(force_insert=True)
    return hold


def _of(thing, argument):
    def inside(world):
        return {argument: getattr(world, thing).pk}

    return inside


def _line(name, answers, mine, foreign, argument, **more):
    return Line(f"records:{name}", answers, inside=_of(mine, argument), outside=_of(foreign, argument), **more)


_POSTED_EXPORT = only(Role.COUNSELOR, status=LET_IN)
_POSTED_ERASE = only(*_LEADERS, status=LET_IN)

LINES = [
    Line("records:index", only(Role.COUNSELOR, *_LEADERS)),
    _line("export", _EXPORT, "student", "foreign_student", "student_id"),
    _line("export", _POSTED_EXPORT, "student", "foreign_student", "student_id", method="post"),
    _line("export_run", _EXPORT, "export", "foreign_export", "run_id"),
    _line("export_download", _POSTED_EXPORT, "export", "foreign_export", "run_id", method="post"),
    _line("export_drop", _POSTED_EXPORT, "export", "foreign_export", "run_id", method="post"),
    _line("erase", _ERASE, "other_student", "foreign_student", "student_id"),
    _line("erase", _POSTED_ERASE, "other_student", "foreign_student", "student_id", method="post"),
    _line("erasure", _ERASE, "erasure", "foreign_erasure", "erasure_id"),
    *(
        _line(name, _POSTED_ERASE, "erasure", "foreign_erasure", "erasure_id", method="post")
        for name in ("erasure_confirm", "erasure_return", "erasure_withdraw")
    ),
    *(
        _line(name, _ERASE, "done_erasure", "foreign_done", "erasure_id")
        for name in ("certificate", "certificate_picture")
    ),
    _line("hold", _ERASE, "student", "foreign_student", "student_id"),
    _line("hold", _POSTED_ERASE, "student", "foreign_student", "student_id", method="post"),
    _line("hold_lift", _POSTED_ERASE, "hold", "foreign_hold", "hold_id", method="post"),
    Line("records:retention", _ERASE),
    Line("records:retention", _POSTED_ERASE, method="post"),
    _line("retention_run", _ERASE, "retention_run", "foreign_run", "run_id"),
    _line("retention_confirm", _POSTED_ERASE, "retention_run", "foreign_run", "run_id", method="post"),
]
