"""Erase a child's file: `manage.py erase_student NUMBER --reason R [--dry-run]`. Exit 0 done, 1 refused, 2 wrong use."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from xinqiao.records.enums import Ground
from xinqiao.records.erase import erase_by_command
from xinqiao.records.errors import Blocked, Refused
from xinqiao.records.found import NoSuchChild, child_of_number
from xinqiao.records.parts import part
from xinqiao.records.plan import Line, plan_for


class Command(BaseCommand):
    help = (
        "Erase what is written about a child, on the school's written order. What the law keeps is named with its ground "
        "and its last day. The school's leaders are told by mail."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="the child's school number")
        parser.add_argument("--reason", required=True, help="who asked, in writing, and why; kept encrypted")
        parser.add_argument("--ground", choices=Ground.values, default=Ground.REQUEST)
        parser.add_argument("--dry-run", action="store_true", help="say what would be erased, and erase nothing")
        parser.add_argument("--school", type=int, help="key of the school, where several have the number")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["reason"].strip():
            raise CommandError(_("The reason is empty."), returncode=2)
        try:
            student = child_of_number(options["number"], options["school"])
            plan = plan_for(student)
            if options["dry_run"]:
                if plan.blocks:
                    raise Blocked(plan.blocks)
                told: dict[str, Any] = {"dry_run": True}
            else:
                done = erase_by_command(student=student, ground=options["ground"], reason=options["reason"].strip())
                told = {"reference": done.reference, "backups_until": done.backups_until.isoformat()}
        except NoSuchChild:
            self._refuse([_("No child has this number.")], as_json=options["json"])
        except Blocked as blocked:
            self._refuse(blocked.sentences, as_json=options["json"])
        except Refused as refused:
            self._refuse([str(refused)], as_json=options["json"])
        told["directory_kept"] = not plan.whole
        told["erased"] = {line.part.key: {"title": str(line.part.label), "records": line.total} for line in plan.goes}
        told["kept"] = [_kept(line) for line in plan.stays]
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self._tell(told, dry=options["dry_run"])

    def _tell(self, told: dict[str, Any], *, dry: bool) -> None:
        head = _("Would be erased:") if dry else _("Erased, reference %(reference)s:") % told
        self.stdout.write(head)
        for key, each in told["erased"].items():
            self.stdout.write(f"  {part(key).label}: {each['records']}")
        if told["kept"]:
            self.stdout.write(_("Kept:"))
        for each in told["kept"]:
            until = _("until %(day)s") % {"day": each["until"]} if each["until"] else _("as long as the reason holds")
            self.stdout.write(f"  {each['title']}: {each['records']}, {until}. {each['why']}")
        if not dry:
            self.stdout.write(_("Backups still hold a copy until %(backups_until)s at the latest.") % told)

    def _refuse(self, sentences: list[str], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"refused": sentences}, ensure_ascii=False))
        else:
            for sentence in sentences:
                self.stderr.write(sentence)
        sys.exit(1)


def _kept(line: Line) -> dict[str, Any]:
    return {
        "part": line.part.key,
        "title": str(line.part.label),
        "records": line.total,
        "why": line.kept_because,
        "until": line.until.isoformat() if line.until else None,
    }
