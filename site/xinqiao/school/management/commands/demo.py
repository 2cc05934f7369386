"""`manage.py demo`: the demo school, once. Each app adds its own part in its `demo.py`."""

import importlib
import importlib.util
import json

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from xinqiao.accounts.groups import ensure_groups, sync_all
from xinqiao.accounts.models import User
from xinqiao.school.demo import Demo
from xinqiao.school.models import Student

NAMED_USERS = [
    "principal",
    "deputy",
    "moral",
    "counselor",
    "grade3",
    "homeroom",
    "teacher",
    "parent",
    "editor",
    "trainer",
    "admin",
    "district",
]


class Command(BaseCommand):
    help = "Load the demo school. Running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--students", type=int, default=810, help="how many children (default 810: 18 classes of 45)"
        )
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same school")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: object, **options: object) -> None:
        if not settings.DEMO:
            raise CommandError("The demo's password is known to everybody: it loads only with the demo settings.")
        if options["students"] < 18:
            raise CommandError("--students must be at least 18, one for each class.")
        demo = Demo(students=options["students"], seed=options["seed"])
        for config in apps.get_app_configs():
            name = f"{config.name}.demo"
            if importlib.util.find_spec(name) is not None:
                importlib.import_module(name).load(demo)
                if options["verbosity"] > 1:
                    self.stderr.write(name)
        # Now that pages exist, editors and training managers may write below them.
        ensure_groups()
        sync_all()
        students = Student.objects.filter(school=demo.school).count()
        if options["json"]:
            users = list(User.objects.filter(username__in=NAMED_USERS).values_list("username", flat=True))
            self.stdout.write(
                json.dumps({"school": demo.school.name, "students": students, "users": users}, ensure_ascii=False)
            )
        else:
            self.stdout.write(f"{demo.school.name}: {students} children, users: {' '.join(NAMED_USERS)}")
