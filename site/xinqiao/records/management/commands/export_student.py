"""Take a child's whole file out: `manage.py export_student NUMBER --output FILE --password-file F`. Exit 0, 1 refused, 2 wrong use."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tasks.pdf import UnshowableCharacter
from xinqiao.audit.trail import record
from xinqiao.exports import SHORTEST_PASSWORD
from xinqiao.records.assemble import Order
from xinqiao.records.enums import Edition, ExportPurpose
from xinqiao.records.errors import Refused
from xinqiao.records.export import check_password, whole_file
from xinqiao.records.found import NoSuchChild, child_of_number
from xinqiao.records.parts import new_reference

_BARELY = 8


class Command(BaseCommand):
    help = "Write a child's whole file as an encrypted zip: a PDF to read, JSON, and the attached papers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="the child's school number")
        parser.add_argument("--output", type=Path, required=True, help="the zip to write")
        parser.add_argument("--password-file", type=Path, required=True, help="a file whose first line is the password")
        parser.add_argument("--edition", choices=Edition.values, default=Edition.WHOLE)
        parser.add_argument("--purpose", choices=ExportPurpose.values, default=ExportPurpose.OTHER)
        parser.add_argument("--recipient", default="", help="who gets it; stands in the file")
        parser.add_argument("--school", type=int, help="key of the school, where several have the number")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        output: Path = options["output"]
        if not output.parent.is_dir() or output.is_dir():
            raise CommandError(_("There is no folder for %(path)s.") % {"path": output}, returncode=2)
        password = _password(options["password_file"])
        try:
            student = child_of_number(options["number"], options["school"])
            check_password(password, student, shortest=_BARELY)
        except NoSuchChild:
            self._refuse(_("No child has this number."), as_json=options["json"])
        except Refused as refused:
            self._refuse(str(refused), as_json=options["json"])
        if len(password) < SHORTEST_PASSWORD:
            self.stderr.write(_("The password is short: take at least 12 characters where the file leaves the school."))
        order = Order(
            code=new_reference(),
            edition=options["edition"],
            purpose=options["purpose"],
            recipient=options["recipient"],
            made_by=_("the server's command"),
            made_at=timezone.now(),
        )
        try:
            made, content = whole_file(student=student, order=order, password=password)
        except UnshowableCharacter as unshowable:
            self._refuse(_("No font of ours has the character “%s”.") % unshowable.character, as_json=options["json"])
        with transaction.atomic():
            record(
                actor=None,
                action="records.export",
                target=student,
                student_id=student.pk,
                details={
                    "channel": "command",
                    "edition": f"{order.edition}_copy",
                    "purpose": f"for_{order.purpose}",
                    "records": made.records,
                    "papers": len(made.papers),
                },
            )
            _write(output, content)
        told = {
            "file": str(output),
            "reference": order.code,
            "edition": order.edition,
            "records": made.records,
            "parts": {part["key"]: len(part["records"]) for part in made.data["parts"]},
            "papers": len(made.papers),
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "not_included": made.data["not_included"],
        }
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write(
                _(
                    "Written: %(file)s, %(records)s records, %(papers)s papers, %(bytes)s bytes. Reference %(reference)s."
                )
                % told
            )
            self.stdout.write(_("It opens only with the password, and holds file.pdf and file.json."))

    def _refuse(self, sentence: str, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"refused": sentence}, ensure_ascii=False))
        else:
            self.stderr.write(sentence)
        sys.exit(1)


def _password(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise CommandError(_("The password file cannot be read: %(path)s.") % {"path": path}, returncode=2) from None
    password = lines[0].strip() if lines else ""
    if not password:
        raise CommandError(_("The first line of the password file is empty."), returncode=2)
    return password


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing, readable by whoever ran the command alone."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            target.write(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
