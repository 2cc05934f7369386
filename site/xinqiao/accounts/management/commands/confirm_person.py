"""`manage.py confirm_person LOGIN`: whoever stands at the server confirms the first leaders of a school, whom nobody else can."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from xinqiao.accounts.identity import confirm_by_installation
from xinqiao.accounts.models import User


class Command(BaseCommand):
    help = "Confirm that a person is who they are, where no leader can do it yet. It stands on the trail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="the person's login name")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["login"], is_active=True).first()
        if person is None:
            raise CommandError("Nobody who may log in has this login name. Nothing was changed.", returncode=1)
        closed = confirm_by_installation(person)
        if options["json"]:
            self.stdout.write(json.dumps({"login": person.username, "confirmed": closed}))
        else:
            self.stdout.write(f"{person.username}: {'confirmed' if closed else 'was not waiting'}")
