"""Encrypt everything anew under the newest key, while people work. May be stopped (Ctrl-C) and run again to go on."""

import json
import signal
import sys
from types import FrameType
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from xinqiao.crypto.rotation import BATCH, Rotation, RotationRefused, rotate

STOPPED = 130
"""What the shell, too, says of a command that was stopped by Ctrl-C."""


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--batch", type=int, default=BATCH, help="rows of one transaction (%(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["batch"] < 1:
            raise CommandError("--batch must be at least 1.", returncode=2)
        asked: list[int] = []

        def ask_to_stop(number: int, frame: FrameType | None) -> None:
            asked.append(number)

        before = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            run = rotate(batch=options["batch"], progress=self._progress, stop=lambda: bool(asked))
        except (RotationRefused, ImproperlyConfigured) as refused:
            raise CommandError(str(refused), returncode=1) from None
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            self._end_line()
        self._tell(run, as_json=options["json"])
        if run.stopped:
            raise SystemExit(STOPPED)
        if run.unreadable or run.left:
            raise SystemExit(1)

    def _tell(self, run: Rotation, *, as_json: bool) -> None:
        if as_json:
            said = {"rows": run.rows, "from": ",".join(run.old), "to": run.new}
            self.stdout.write(json.dumps({**said, "left": run.left, "unreadable": run.unreadable}))
            return
        self.stdout.write(f"{run.rows} rows renewed under {run.new}.")
        for place in run.unreadable:
            self.stdout.write(f"Left as it is, because it does not open: {place}")
        if run.stopped:
            self.stdout.write(f"Stopped; {run.left} rows are left. Run it again to go on.")
        elif run.left:
            self.stdout.write(f"{run.left} rows were held by others all the while. Run it again.")
        elif not run.unreadable:
            self.stdout.write("Nothing lies under an older key: when it is in no backup you need, it can be removed.")

    def _progress(self, table: str, done: int, total: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r\033[K{table}  {done} / {total}  {done * 100 // total}%", ending="")
            self.stderr.flush()

    def _end_line(self) -> None:
        if sys.stderr.isatty():
            self.stderr.write("\r\033[K", ending="")
