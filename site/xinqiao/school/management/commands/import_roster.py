"""Take a roster over: `manage.py import_roster FILE [--dry-run] [--json]`. Exit 0 done, 1 refused, 2 wrong use."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from xinqiao.school.models import School
from xinqiao.school.roster.apply import dry_run, import_roster
from xinqiao.school.roster.errors import CellError, FileRefused
from xinqiao.school.roster.plan import FIRST, LAST, OTHER, SAME, Plan

_SHOWN = 50
_PROGRESS_FROM = 5000


class Command(BaseCommand):
    help = "Import children, classes and guardians from xlsx, xls or csv: all or nothing; the same file again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="xlsx, xls, or csv in UTF-8 or GB18030")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and write nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--school", type=int, help="key of the school, where there are several")
        parser.add_argument(
            "--duplicates", choices=[FIRST, LAST], help="which row counts where a school number stands in several"
        )
        parser.add_argument(
            "--near-duplicates",
            choices=[SAME, OTHER],
            help="whether a new number with a known name and birthday is the same child or another",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path, as_json = options["file"], options["json"]
        if not path.is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": path}, returncode=2)
        school = _school(options["school"])
        decisions = {"duplicates": options["duplicates"] or "", "near": options["near_duplicates"] or ""}
        work = dry_run if options["dry_run"] else import_roster
        try:
            plan = work(
                school=school, path=path, by=None, decisions=decisions, progress=None if as_json else self._progress
            )
        except FileRefused as error:
            plan = Plan(errors=[CellError(0, "", "", str(error))])
        if as_json:
            self.stdout.write(json.dumps(plan.as_dict(), ensure_ascii=False))
        else:
            self._tell(plan, dry=options["dry_run"])
        if not plan.can_be_applied:
            sys.exit(1)

    def _progress(self, rows: int) -> None:
        if rows % _PROGRESS_FROM == 0:
            self.stderr.write(_("%(rows)s rows read") % {"rows": rows})

    def _tell(self, plan: Plan, *, dry: bool) -> None:
        errors = plan.all_errors()
        for error in errors[:_SHOWN]:
            place = _("row %(row)s, %(column)s: ") % {"row": error.row, "column": error.column} if error.row else ""
            value = f"{error.value} – " if error.value else ""
            self.stdout.write(f"{place}{value}{error.message}")
        if len(errors) > _SHOWN:
            self.stdout.write(_("… and %(count)s more.") % {"count": len(errors) - _SHOWN})
        counts = _("%(created)s entered, %(updated)s changed, %(unchanged)s unchanged, %(left)s left.") % plan.counts()
        if errors:
            self.stdout.write(_("Nothing was written. Without the errors it would be: ") + counts)
        else:
            self.stdout.write((_("Nothing was written. It would be: ") if dry else "") + counts)


def _school(key: int | None) -> School:
    schools = School.objects.filter(pk=key) if key is not None else School.objects.all()
    found = list(schools.order_by("pk")[:2])
    if not found:
        raise CommandError(_("There is no school yet: open one with open_school."), returncode=2)
    if len(found) > 1:
        raise CommandError(_("There are several schools: say which with --school."), returncode=2)
    return found[0]
