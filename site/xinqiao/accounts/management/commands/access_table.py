"""Print who may do what, or write it to docs/access.md."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from xinqiao.accounts import access_table


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--write", action="store_true", help="write docs/access.md")
        how.add_argument("--check", action="store_true", help="only say whether docs/access.md is up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        path, page = settings.ROOT / "docs" / "access.md", access_table.page()
        if options["write"]:
            path.write_text(page, encoding="utf-8")
            self.stdout.write(f"Wrote {path.relative_to(settings.ROOT)}")
        elif options["check"]:
            if not path.exists() or path.read_text(encoding="utf-8") != page:
                raise CommandError(
                    "docs/access.md is not what the table says: run `manage.py access_table --write`.", returncode=1
                )
            self.stdout.write("docs/access.md is up to date")
        else:
            self.stdout.write(page)
