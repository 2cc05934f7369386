"""Write a new keys file that only its owner may read. Keep a copy of it apart from the database's backups."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from xinqiao.crypto.keyring import write_new_keys


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="where to write it; an existing file is left as it is")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            key_id = write_new_keys(path)
        except FileExistsError:
            raise CommandError(
                f"{path} exists already and is left as it is: its keys may be in use.", returncode=1
            ) from None
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.", returncode=1) from None
        if options["json"]:
            self.stdout.write(json.dumps({"file": str(path), "key": key_id}))
            return
        self.stdout.write(f"Wrote {path} with one key ({key_id}). Set XINQIAO_KEYS_FILE={path}")
        self.stdout.write("Keep a copy apart from the backups: without it no encrypted text can ever be read again.")
