"""What the retention schedule would erase today: `manage.py retention [--json]`. Shows, and erases nothing."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from xinqiao.records.enums import RunState
from xinqiao.records.models import RetentionRun
from xinqiao.records.parts import part, parts
from xinqiao.records.retention import in_force
from xinqiao.records.schedule import choices_of, due
from xinqiao.school.models import School


class Command(BaseCommand):
    help = "Show what is due for erasing by the retention schedule, school by school. Nothing is erased or proposed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--school", type=int, help="key of one school")
        parser.add_argument("--on", type=datetime.date.fromisoformat, help="as on this day, such as 2028-09-01")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        today = options["on"] or timezone.localdate()
        schools = School.objects.order_by("pk")
        if options["school"] is not None:
            schools = schools.filter(pk=options["school"])
        told = {"on": today.isoformat(), "schools": [_school(school, today) for school in schools]}
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for school in told["schools"]:
            self.stdout.write(school["name"])
            for key, count in school["due"].items():
                self.stdout.write(_("  %(part)s: %(count)s children") % {"part": part(key).label, "count": count})
            if not school["due"]:
                self.stdout.write(_("  Nothing is due."))
            if school["run"]:
                self.stdout.write(_("  A run is under way; it acts on %(acts_on)s.") % school["run"])


def _school(school: School, today: datetime.date) -> dict[str, Any]:
    run = RetentionRun.objects.filter(school=school).exclude(state=RunState.DONE).first()
    found = due(school, today)
    return {
        "school": school.pk,
        "name": school.name,
        "periods": {each.keeping: in_force(choices_of(school), each.keeping) for each in parts()},
        "due": dict(Counter(each.part for each in found)),
        "children": len({each.student_id for each in found}),
        "run": {"state": run.state, "acts_on": run.acts_on.isoformat()} if run else None,
    }
