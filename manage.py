#!/usr/bin/env python
"""Django's command line, with the embedded engines joined or started for the command's own time."""

import os
import sys
from pathlib import Path


def main() -> None:
    here = Path(__file__).resolve().parent
    for folder in (here / "site", here):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinqiao.settings.demo")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - the path is set just above

    from xinqiao.engines import embedded  # noqa: PLC0415

    try:
        with embedded.for_command(sys.argv):
            execute_from_command_line(sys.argv)
    except embedded.EngineError as error:
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
