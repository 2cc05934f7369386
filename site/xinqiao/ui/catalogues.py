"""Compiling the message catalogues, without GNU gettext: `python -m xinqiao.ui.catalogues`.

A fresh machine has no msgfmt, and the product must speak Chinese from its first start.
"""

import os
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[3]


def catalogues(root: Path = ROOT) -> list[Path]:
    """Every catalogue of the product, in the house and in the rooms."""
    return sorted(
        path
        for pattern in ("site/wagtail_locale/*/LC_MESSAGES/*.po", "*/locale/*/LC_MESSAGES/*.po")
        for path in root.glob(pattern)
    )


def compile_catalogues(root: Path = ROOT) -> list[Path]:
    """Write each catalogue that is newer than its compiled form. Returns those written."""
    written = []
    for source in set(catalogues(root)):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        draft = target.with_name(f"{target.name}.{os.getpid()}")
        polib.pofile(str(source)).save_as_mofile(str(draft))
        draft.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    compile_catalogues()
