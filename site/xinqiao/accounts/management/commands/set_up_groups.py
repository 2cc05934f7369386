"""Give the groups of Wagtail's admin what they need, and put into them who holds the duties. Safe to run again."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from xinqiao.accounts.groups import ensure_groups, sync_all


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        changed, people = ensure_groups(), sync_all()
        if options["json"]:
            self.stdout.write(json.dumps({"permissions_changed": changed, "people_changed": people}))
            return
        for name, count in changed.items():
            self.stdout.write(f"{name}: {count} permissions changed")
        self.stdout.write(f"{people} people moved")
