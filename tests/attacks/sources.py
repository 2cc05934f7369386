"""The product's own source, for rules that hold for all of it."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def sources(*endings: str) -> Iterator[tuple[str, str]]:
    """Path and text of each of our files; Python where no ending is named."""
    for folder in ("site", "content", "training", "parents", "screening", "tasks"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (endings or (".py",)) and "__pycache__" not in path.parts:
                yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
