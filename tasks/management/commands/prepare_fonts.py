"""`manage.py prepare_fonts`: make the small Chinese font of our PDFs, once."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tasks import fonts


class Command(BaseCommand):
    help = "Make the small Chinese font that PDFs use. Done already: nothing happens."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        made = fonts.prepare()
        sizes = {path.name: path.stat().st_size for path in sorted(fonts.subset_folder().glob("*.ttf"))}
        if options["json"]:
            self.stdout.write(json.dumps({"made": made, "characters": len(fonts.shown_by_subset()), "bytes": sizes}))
            return
        self.stdout.write("The PDF fonts are made." if made else "The PDF fonts were there already.")
