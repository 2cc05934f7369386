"""`manage.py verify_audit`: does the chain of the audit trail hold, in itself and against what was noted outside?"""

import json
import sys

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from xinqiao.audit.anchors import AnchorUnreadable, note_head, parse_anchor, read_anchors
from xinqiao.audit.chain import Verdict, seal, stale, verify, waiting


class Command(BaseCommand):
    help = "Verify the hash chain of the audit trail; names the first entry that does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--anchor",
            action="append",
            default=[],
            metavar="POSITION:DIGEST",
            help="as a mail gives it; may be repeated",
        )

    def handle(self, *args: object, **options: object) -> None:
        try:
            typed = [parse_anchor(text) for text in options["anchor"]]
        except AnchorUnreadable as error:
            raise CommandError(str(error), returncode=2) from None
        tail = waiting()
        oldest = tail.order_by("at").values_list("at", flat=True).first()
        late, count = stale(oldest), tail.count()
        seal()
        try:
            anchors = [*read_anchors(), *typed]
            verdict = verify(anchors, self._progress)
        except AnchorUnreadable as error:
            anchors, verdict = [], Verdict(verify().entries, 0, None, str(error))
        if sys.stderr.isatty():
            self.stderr.write("\r\033[K", ending="")
        if late and oldest:
            minutes = int((timezone.now() - oldest).total_seconds() // 60)
            self.stderr.write(
                f"{count} entries had waited for their seal, the oldest {minutes} minutes: is the clock (beat) running?"
            )
        self._tell(verdict, anchored=len(anchors), tail=count, as_json=bool(options["json"]))
        if not verdict.ok:
            raise SystemExit(1)
        note_head()

    def _tell(self, verdict: Verdict, *, anchored: int, tail: int, as_json: bool) -> None:
        if as_json:
            said = {"entries": verdict.entries, "ok": verdict.ok, "first_bad": verdict.first_bad}
            self.stdout.write(json.dumps(said))
        elif verdict.ok:
            self.stdout.write(
                f"{verdict.entries} entries, the chain holds; compared with {anchored} anchors; {tail} sealed just now"
            )
        else:
            self.stdout.write(f"{verdict.entries} entries, the chain is broken: {verdict.first_bad}")

    def _progress(self, position: int) -> None:
        if sys.stderr.isatty() and position % 50_000 == 0:
            self.stderr.write(f"\r\033[K{position} entries", ending="")
            self.stderr.flush()
