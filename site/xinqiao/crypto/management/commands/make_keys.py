"""Write a new keys file that only its owner may read, or add a new key to one. Keep a copy apart from the backups."""

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from xinqiao.crypto.keyfile import add_new_key, write_new_keys


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="where to write it; an existing file is left as it is")
        parser.add_argument("--add", action="store_true", help="put a new key above those in the file")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            key_id = add_new_key(path) if options["add"] else write_new_keys(path)
        except ImproperlyConfigured as refused:
            raise CommandError(str(refused), returncode=1) from None
        except FileExistsError:
            raise CommandError(
                f"{path} exists already and is left as it is: its keys may be in use.", returncode=1
            ) from None
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.", returncode=1) from None
        if options["json"]:
            self.stdout.write(json.dumps({"file": str(path), "key": key_id}))
            return
        if options["add"]:
            self.stdout.write(f"{path} has a new key, {key_id}, above the others. Copy the file to where you keep it;")
            self.stdout.write("then `manage.py rotate_keys` renews what lies under older keys.")
            return
        self.stdout.write(f"Wrote {path} with one key ({key_id}). Set XINQIAO_KEYS_FILE={path}")
        self.stdout.write("Keep a copy apart from the backups: without it no encrypted text can ever be read again.")
