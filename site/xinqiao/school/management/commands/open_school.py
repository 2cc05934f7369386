"""Open the first school: `manage.py open_school NAME --short-name ... --administrator ... --term ... --from ... --until ...`."""

import datetime
import getpass
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from xinqiao.school.models import SchoolClass
from xinqiao.school.opening import NewTerm, OpeningRefused, open_school


class Command(BaseCommand):
    help = "Enter a school with its classes and term, and its first administrator. The password is asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the school's full name")
        parser.add_argument("--short-name", required=True, help="what it is called in a menu")
        parser.add_argument("--classes", type=int, default=3, help="how many classes each grade has (default 3)")
        parser.add_argument("--term", required=True, help="the present term's name, such as 2026—2027学年第一学期")
        parser.add_argument("--from", dest="first", type=datetime.date.fromisoformat, required=True, help="YYYY-MM-DD")
        parser.add_argument("--until", dest="last", type=datetime.date.fromisoformat, required=True, help="YYYY-MM-DD")
        parser.add_argument("--administrator", required=True, help="the login name of the first administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            school = open_school(
                name=options["name"].strip(),
                short_name=options["short_name"].strip(),
                classes=options["classes"],
                term=NewTerm(options["term"].strip(), options["first"], options["last"]),
                administrator=options["administrator"].strip(),
                password=_password(),
            )
        except OpeningRefused as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        classes = SchoolClass.objects.filter(grade__school=school).count()
        self.stdout.write(
            f"{school} is open, with {classes} classes. {options['administrator']} can log in and give the other duties."
        )


def _password() -> str:
    """Asked for twice at a terminal; the first line of what is piped in otherwise. Never an argument, which others see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password of the administrator: ")
    if first != getpass.getpass("Once more: "):
        raise CommandError("The two are not the same.")
    return first
