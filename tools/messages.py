"""The catalogues of words: `python -m tools.messages collect` writes them, `... check` says what has no Chinese.

Django's own makemessages reads the code and the templates, in a copy, so that the tree stays as it is. What it found is
merged here and not by msgmerge: no guesses marked fuzzy, no dates, so that a catalogue changes only when words do.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("site", "tasks", "content", "training", "parents", "screening")
LANGUAGE = "zh_Hans"
_METADATA = {
    "Project-Id-Version": "xinqiao",
    "Language": LANGUAGE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
_PLACE = re.compile(r"%\(\w+\)[sd]")

Word = tuple[str, str | None]
"""A msgid and its context."""


def found_in(room: str, root: Path = ROOT) -> polib.POFile:
    """What the code and the templates of one room ask to be translated, with the places."""
    with tempfile.TemporaryDirectory(prefix="xinqiao-messages-") as scratch:
        copy = Path(scratch) / room
        shutil.copytree(
            root / room, copy, ignore=shutil.ignore_patterns("locale", "static", "migrations", "__pycache__")
        )
        (copy / "locale").mkdir()
        command = [sys.executable, "-m", "django", "makemessages", "-l", LANGUAGE, "--keep-pot", "--no-wrap", "-v0"]
        subprocess.run(command, cwd=copy, check=True, env={"PATH": "/usr/local/bin:/usr/bin:/bin"})
        pot = copy / "locale" / "django.pot"
        return polib.pofile(str(pot)) if pot.exists() else polib.POFile()


def catalogue_path(room: str, root: Path = ROOT) -> Path:
    return root / room / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def catalogue(room: str, root: Path = ROOT) -> polib.POFile:
    path = catalogue_path(room, root)
    return polib.pofile(str(path), wrapwidth=0) if path.exists() else polib.POFile(wrapwidth=0)


def collect(room: str, root: Path = ROOT) -> int:
    """Write the room's catalogue: what is asked for, in the order of the files, with the Chinese there is. Returns how many."""
    known = {_word(entry): entry for entry in catalogue(room, root) if not entry.obsolete}
    made = polib.POFile(wrapwidth=0)
    made.metadata = dict(_METADATA)
    for asked in sorted(
        found_in(room, root), key=lambda entry: min(entry.occurrences, key=_place, default=("", "0"))[0]
    ):
        entry = polib.POEntry(msgid=asked.msgid, msgctxt=asked.msgctxt, flags=asked.flags, comment=asked.comment)
        old = known.get(_word(asked))
        if asked.msgid_plural:
            entry.msgid_plural = asked.msgid_plural
            entry.msgstr_plural = {0: (old.msgstr_plural.get(0, "") or old.msgstr) if old else ""}
        else:
            entry.msgstr = old.msgstr if old else ""
        if old and "fuzzy" in old.flags:
            entry.flags = [*entry.flags, "fuzzy"]
        made.append(entry)
    path = catalogue_path(room, root)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != f"{made}\n":
        path.write_text(f"{made}\n", encoding="utf-8")
    return len(made)


def complaints(root: Path = ROOT) -> list[str]:
    """One line for each word that would be shown in English or wrongly; empty where all is well."""
    books = {room: catalogue(room, root) for room in ROOMS}
    said: dict[Word, dict[str, str]] = {}
    found = []
    for room, book in books.items():
        for entry in book:
            if entry.obsolete or "fuzzy" in entry.flags or not _chinese(entry):
                continue
            said.setdefault(_word(entry), {})[room] = _chinese(entry)
            asked = set(_PLACE.findall(entry.msgid)) | set(_PLACE.findall(entry.msgid_plural or ""))
            if set(_PLACE.findall(_chinese(entry))) != asked:
                found.append(f"{room}: the Chinese of “{entry.msgid}” has other places to fill in than the English.")
    # All catalogues are one at run time: of two translations of the same words only one would ever be seen.
    for (words, _context), by_room in said.items():
        if len(set(by_room.values())) > 1:
            both = ", ".join(f"{room} “{chinese}”" for room, chinese in by_room.items())
            found.append(f"“{words}” is translated in two ways: {both}. Agree on one, or give one a context.")
    with ThreadPoolExecutor(2) as pool:
        for room, asked in zip(ROOMS, pool.map(lambda room: found_in(room, root), ROOMS), strict=True):
            for entry in asked:
                if _word(entry) not in said:
                    place, line = (entry.occurrences or [("?", "0")])[0]
                    found.append(f"{room}/{place}:{line}: “{entry.msgid}” has no Chinese.")
    return found


def _word(entry: polib.POEntry) -> Word:
    return entry.msgid, entry.msgctxt or None


def _chinese(entry: polib.POEntry) -> str:
    return (entry.msgstr_plural or {}).get(0, "") or entry.msgstr


def _place(occurrence: tuple[str, str]) -> tuple[str, int]:
    return occurrence[0], int(occurrence[1] or 0)


def main(argv: list[str]) -> int:
    if argv == ["collect"]:
        for room in ROOMS:
            print(f"{room}: {collect(room)} words")
        return 0
    if argv == ["check"]:
        found = complaints()
        for line in found:
            print(line)
        if found:
            print(
                f"{len(found)} to mend in */locale/{LANGUAGE}/LC_MESSAGES/django.po (`make messages` adds what is new)."
            )
        return 1 if found else 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
