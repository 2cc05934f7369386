"""PDFs in our own fonts and of our own files only, and their pages as pictures for WeChat, which shows no PDF."""

from __future__ import annotations

import html
import io
import threading
from typing import Any

import pypdfium2
from django.core.checks import Error, register
from django.template.loader import render_to_string

from tasks import fonts
from tasks.own_files import RefusedAddress

try:
    from tasks import typeset

    _LIBRARY_ERROR: OSError | None = None
except OSError as _error:  # Pango is missing: pages still work, and the check and the first PDF say what to install
    _LIBRARY_ERROR = _error

__all__ = [
    "NotAccessible",
    "PangoMissing",
    "RefusedAddress",
    "UnshowableCharacter",
    "count_pages",
    "pdfium",
    "render_pages",
    "render_pdf",
]

PANGO_SENTENCE = (
    "PDFs need the library Pango, which this machine lacks: run "
    "`apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0`."
)


class PangoMissing(RuntimeError):
    """The system library that lays out text is not installed."""

    def __init__(self) -> None:
        super().__init__(PANGO_SENTENCE)


class UnshowableCharacter(ValueError):
    """No font of ours has this character. The message names it, and nothing around it."""

    def __init__(self, character: str) -> None:
        super().__init__(f"No font can show “{character}” (U+{ord(character):04X})")
        self.character = character


class NotAccessible(ValueError):
    """The template sets no title or no language, which a screen reader needs."""


def render_pdf(template: str, context: dict[str, Any], *, title: str = "") -> bytes:
    """One template as PDF/UA-1.

    Args:
        template: an HTML page with `lang`. The font is "Xinqiao Sans" whatever it asks for, in 400 and 700. Pictures
            and styles by `{% static %}`, `stored:<name>` (public media), `private:<name>`, or `data:` up to 5 MB.
        context: for the template.
        title: the document's title; else the template's `<title>`.

    Raises:
        UnshowableCharacter: a name holds a character that no font has.
        RefusedAddress: the template asks for something that is not ours.
        NotAccessible: it has no title or no language.
        PangoMissing: the sentence says what to install.
    """
    if _LIBRARY_ERROR is not None:
        raise PangoMissing from _LIBRARY_ERROR
    page = render_to_string(template, context)
    fonts.prepare()
    whole = needs_whole_font(html.unescape(page) + title)
    try:
        return typeset.typeset(page, title=title, whole_font=whole)
    except typeset.Untitled as error:
        raise NotAccessible(f"{template} has no title") from error
    except typeset.WithoutLanguage as error:
        raise NotAccessible(f"{template} has no language") from error


def needs_whole_font(text: str) -> bool:
    """Whether a character of the text is not in the small font.

    Raises:
        UnshowableCharacter: it is in no font of ours at all.
    """
    common = fonts.shown_by_subset()
    rare = {character for character in set(text) if ord(character) not in common and fonts.is_drawn(character)}
    if rare:
        known = fonts.shown_by_whole_font()
        for character in sorted(rare):
            if ord(character) not in known:
                raise UnshowableCharacter(character)
    return bool(rare)


# PDFium keeps state of the whole process.
_pictures_lock = threading.Lock()


def pdfium() -> threading.Lock:
    """Held, with `with`, by whoever uses PDFium in this process."""
    return _pictures_lock


def count_pages(pdf: bytes) -> int:
    """How many pages the document has."""
    with _pictures_lock:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return len(document)
        finally:
            document.close()


def render_pages(pdf: bytes, *, width: int = 1240, max_pages: int = 20, first: int = 0) -> list[bytes]:
    """Pages as PNG of this width (A4 at 150 dpi), from the first one on: long press saves them in WeChat."""
    pictures = []
    with _pictures_lock:
        document = pypdfium2.PdfDocument(pdf)
        try:
            for number in range(first, min(len(document), first + max_pages)):
                page = document[number]
                picture = page.render(scale=width / page.get_width()).to_pil()
                page.close()
                kept = io.BytesIO()
                picture.convert("RGB").quantize(64).save(kept, "PNG", optimize=True)
                pictures.append(kept.getvalue())
        finally:
            document.close()
    return pictures


@register("pdf")
def pango_is_there(app_configs: object = None, **kwargs: object) -> list[Error]:
    """`manage.py check` says what to install."""
    return [Error(PANGO_SENTENCE, id="tasks.E001")] if _LIBRARY_ERROR is not None else []
