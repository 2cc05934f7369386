"""`manage.py verify_audit`: does the chain of the audit trail hold?"""

import json

from django.core.management.base import BaseCommand, CommandParser

from xinqiao.audit.chain import seal, verify


class Command(BaseCommand):
    help = "Verify the hash chain of the audit trail; names the first entry that does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: object, **options: object) -> None:
        seal()
        verdict = verify()
        if options["json"]:
            self.stdout.write(
                json.dumps({"entries": verdict.entries, "ok": verdict.ok, "first_bad": verdict.first_bad})
            )
        elif verdict.ok:
            self.stdout.write(f"{verdict.entries} entries, the chain holds")
        else:
            self.stdout.write(f"{verdict.entries} entries, the chain is broken: {verdict.first_bad}")
        if not verdict.ok:
            raise SystemExit(1)
