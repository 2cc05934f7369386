"""Start everything on this machine: engines, database, web, worker and clock."""

import logging
import os
import signal
from argparse import ArgumentParser
from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from xinqiao.engines import embedded, external, serve
from xinqiao.engines.errors import EngineError
from xinqiao.engines.programs import exit_on

DEMO_USERS = "principal deputy moral counselor grade3 homeroom teacher parent editor trainer admin district"
DEMO_PASSWORD = "xinqiao-demo"  # noqa: S105 - printed for everybody; production refuses to start with it


class Command(BaseCommand):
    """Runs until Ctrl-C, SIGTERM or the web's death; then nothing that it started is left."""

    help = "Run the whole product here: engines, migrations, demo data, web, worker and clock. Ctrl-C stops it all."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--port", default=os.environ.get("PORT", "").strip() or "8000", help="default: PORT, or 8000"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        exit_on(signal.SIGTERM, signal.SIGHUP)
        var = embedded.var_path()
        try:
            with ExitStack() as stack:
                port = self._port(options["port"], var)
                stack.enter_context(serve.only_one(var))
                engines = self._engines(stack, var)
                self._prepare(var)
                serving = serve.Serving(port=port, var=var, root=_root(), engines=engines, write=self._line)
                code = serving.run(lambda: self._greet(port))
        except EngineError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            code = 0
        if code:
            raise SystemExit(code)

    def _port(self, wanted: str, var: Path) -> int:
        """The port, after the web of an earlier run that was killed has let go of it."""
        try:
            return serve.chosen_port(wanted)
        except EngineError:
            if serve.is_serving(var):
                # By us: that is the better sentence.
                with serve.only_one(var):
                    raise
            if not serve.wait_for_an_earlier_web(var):
                raise
            return serve.chosen_port(wanted)

    def _engines(self, stack: ExitStack, var: Path) -> embedded.Engines | None:
        """The embedded engines, or the given servers once they have answered."""
        if embedded.given_by_environment():
            found = external.complaints()
            if found:
                raise CommandError("\n".join(found))
            return None
        self._line("Starting PostgreSQL and Valkey ...")
        return stack.enter_context(embedded.running(var))

    def _prepare(self, var: Path) -> None:
        """Bring the database, the demo, the PDFs' fonts and the static files to what this version needs."""
        self._line("Bringing the database up to date (the first time takes half a minute) ...")
        call_command("migrate", interactive=False, verbosity=0)
        # A mark stands while the demo is made, so that one that was interrupted is completed; it may be made again.
        unfinished = var / "demo.unfinished"
        if settings.DEMO and "demo" in get_commands() and (unfinished.exists() or not _a_school_exists()):
            self._line("Making the demo school (once) ...")
            unfinished.touch()
            # Fifty people entered are fifty events in a log; here they are one line that has been said.
            logging.disable(logging.INFO)
            call_command("demo", verbosity=0, stdout=StringIO())
            logging.disable(logging.NOTSET)
            unfinished.unlink()
        if "prepare_fonts" in get_commands():
            call_command("prepare_fonts", stdout=StringIO())
        if settings.STATIC_ROOT:
            # Whitenoise warns at each start of a folder that is not there, even where nothing is collected into it.
            Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        if not settings.DEBUG and not getattr(settings, "WHITENOISE_USE_FINDERS", False):
            call_command("collectstatic", interactive=False, verbosity=0)
        # This process serves nothing: it keeps no connection that the programs could use.
        connections.close_all()

    def _greet(self, port: int) -> None:
        address = f"http://{serve.HOST}:{port}/"
        self._line("")
        self._line(f"Xinqiao is ready: {address}")
        if settings.DEMO:
            self._line(f"  users     {DEMO_USERS}")
            self._line(f"  password  {DEMO_PASSWORD}")
            self._line(f"  their mail {address}demo/mail/")
        self._line("  Ctrl-C stops everything.")
        self._line("")

    def _line(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _a_school_exists() -> bool:
    return bool(apps.get_model("school", "School")._default_manager.exists())


def _root() -> Path:
    """Where the programs run: beside manage.py."""
    return Path(getattr(settings, "ROOT", Path.cwd()))
