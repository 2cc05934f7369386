"""`make bench`: a line a figure, and the same as JSON under var/. `make bench ONLY=name` runs one."""

import importlib
import json
import os
import pkgutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    sys.path[:0] = [str(ROOT / "site"), str(ROOT)]
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    import django  # noqa: PLC0415 - the path and the settings are chosen just above

    django.setup()
    from django.conf import settings  # noqa: PLC0415

    from tests import databases  # noqa: PLC0415
    from xinqiao.engines import embedded  # noqa: PLC0415

    only = sys.argv[1] if len(sys.argv) > 1 else ""
    names = [m.name for m in pkgutil.iter_modules([str(ROOT / "benchmarks")]) if m.name.startswith("figure_")]
    chosen = [name for name in names if only in name]
    if not chosen:
        print(f"No figure is called {only!r}. There are: {', '.join(n.removeprefix('figure_') for n in names)}")
        return 2
    figures = []
    with embedded.running(Path(settings.VAR)):
        name = f"bench_{os.getpid()}"
        databases.clone(databases.demo_template(), name)
        databases.use(name)
        try:
            print(f"{'figure':<46}{'value':>12}{'floor':>12}{'ratio':>8}  target")
            for module in chosen:
                for figure in importlib.import_module(f"benchmarks.{module}").measure():
                    figures.append(figure)
                    print(
                        f"{figure.name:<46}{figure.value:>9.1f} {figure.unit:<3}"
                        f"{'' if figure.floor is None else format(figure.floor, '.1f'):>11}"
                        f"{'' if figure.ratio is None else format(figure.ratio, '.2f'):>8}  "
                        f"{figure.target}  {'held' if figure.held else 'NOT HELD'}",
                        flush=True,
                    )
        finally:
            databases.drop(name)
    report = Path(settings.VAR).parent / "bench.json"
    report.write_text(json.dumps([{**vars(f), "ratio": f.ratio} for f in figures], ensure_ascii=False, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
