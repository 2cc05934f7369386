"""The check of words: what has no Chinese is named with its place, and nothing is written by looking."""

from pathlib import Path

import polib
import pytest

from tools import messages


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three rooms, each with a word in code; one also has some in a template."""
    monkeypatch.setattr(messages, "ROOMS", ("tasks", "content", "parents"))
    for room in messages.ROOMS:
        (tmp_path / room / "templates").mkdir(parents=True)
        (tmp_path / room / "words.py").write_text(f'from x import gettext as _\n\nA = _("Word of {room}")\n')
    (tmp_path / "tasks" / "templates" / "a.html").write_text(
        '{% load i18n %}\n{% translate "In a page" %}{% blocktranslate count n=n %}{{ n }} mail{% plural %}{{ n }} mails{% endblocktranslate %}'
    )
    return tmp_path


def translate(root: Path, room: str, **how: str) -> None:
    """Put Chinese into the room's catalogue for everything that is asked for."""
    messages.collect(room, root)
    book = messages.catalogue(room, root)
    for entry in book:
        chinese = how.get(entry.msgid.partition(" ")[0], "词")
        if entry.msgid_plural:
            entry.msgstr_plural = {0: f"%(n)s {chinese}"}
        else:
            entry.msgstr = chinese
    book.save(str(messages.catalogue_path(room, root)))


def test_each_word_without_chinese_is_named_with_file_and_line(root):
    found = messages.complaints(root)
    assert len(found) == 5
    assert "content/words.py:3: “Word of content” has no Chinese." in found
    assert "tasks/templates/a.html:2: “In a page” has no Chinese." in found


def test_with_all_translated_nothing_is_said(root):
    for room in messages.ROOMS:
        translate(root, room)
    assert messages.complaints(root) == []


def test_a_fuzzy_guess_is_no_translation(root):
    for room in messages.ROOMS:
        translate(root, room)
    book = messages.catalogue("content", root)
    book[0].flags = ["fuzzy"]
    book.save(str(messages.catalogue_path("content", root)))
    assert messages.complaints(root) == ["content/words.py:3: “Word of content” has no Chinese."]


def test_one_word_in_two_rooms_has_one_translation(root):
    for room in ("content", "parents"):
        (root / room / "words.py").write_text('_("Same")\n')
    for room in messages.ROOMS:
        translate(root, room)
    translate(root, "parents", Same="另一个词")
    [said] = messages.complaints(root)
    assert "“Same” is translated in two ways: content “词”, parents “另一个词”" in said


def test_what_is_filled_in_must_be_in_both(root):
    (root / "content" / "words.py").write_text('_("Hello %(name)s")\n')
    for room in messages.ROOMS:
        translate(root, room)
    [said] = messages.complaints(root)
    assert "other places to fill in" in said


def test_collecting_again_changes_nothing_and_drops_what_is_gone(root):
    translate(root, "tasks")
    messages.collect("tasks", root)
    before = messages.catalogue_path("tasks", root).read_bytes()
    messages.collect("tasks", root)
    assert messages.catalogue_path("tasks", root).read_bytes() == before
    (root / "tasks" / "words.py").write_text("")
    assert messages.collect("tasks", root) == 2
    assert not polib.pofile(str(messages.catalogue_path("tasks", root))).find("Word of tasks")
    assert not list(root.rglob("*.pot")), "nothing is left beside the code"
