"""WeasyPrint, as we use it: the only module that loads it, because loading fails where Pango is missing."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from tasks import fonts, own_files

# A page without styles of its own is readable already. `sans-serif` and every other family end in the same fonts.
_BASE_STYLE = f"""
@page {{ size: A4; margin: 20mm; }}
html {{ font-family: "{fonts.FAMILY}"; font-size: 11pt; line-height: 1.6; color: #1d2b2f; }}
h1 {{ bookmark-level: 1; }}
"""

# Pango's font map is not made for two threads at once.
_lock = threading.RLock()
_configurations: dict[bool, FontConfiguration] = {}
_styles: dict[bool, weasyprint.CSS] = {}
_read_styles: dict[tuple[str, int], weasyprint.CSS] = {}
_STYLES_KEPT = 32


class Untitled(ValueError):
    """The page has no title."""


class WithoutLanguage(ValueError):
    """The page's `html` element has no `lang`."""


class _OwnFiles(URLFetcher):
    """WeasyPrint swallows what a fetcher raises, so the first refusal is kept and raised afterwards."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=())
        self.refused: own_files.RefusedAddress | None = None

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        try:
            content, mimetype = own_files.read(url)
        except own_files.RefusedAddress as refused:
            self.refused = self.refused or refused
            raise
        return URLFetcherResponse(url, content, {"Content-Type": mimetype})


def typeset(page: str, *, title: str, whole_font: bool) -> bytes:
    """One HTML page as PDF/UA-1.

    Raises:
        RefusedAddress, Untitled, WithoutLanguage.
    """
    fetcher = _OwnFiles()
    with _lock, _without_collecting():
        configuration = _configuration(whole_font)
        source = weasyprint.HTML(string=page, base_url=own_files.root_address(), url_fetcher=fetcher)
        if not source.etree_element.get("lang"):
            raise WithoutLanguage
        document = source.render(
            font_config=configuration,
            stylesheets=[_styles[whole_font], *_take_styles(source, configuration, fetcher)],
            pdf_variant="pdf/ua-1",
            pdf_tags=True,
        )
        if fetcher.refused:
            raise fetcher.refused
        document.metadata.title = title or document.metadata.title
        if not document.metadata.title:
            raise Untitled
        return document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Python's collector of cycles waits for the document: it would walk a layout in use, over and over, and find nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _take_styles(
    source: weasyprint.HTML, configuration: FontConfiguration, fetcher: _OwnFiles
) -> Iterator[weasyprint.CSS]:
    """The page's plain `<style>` elements, taken out of it and read once in a process: a template's are always the same.

    Where the page links a style sheet too, they stay where they are: which of two rules wins depends on their places.
    """
    root = source.etree_element
    if any(link.get("rel") == "stylesheet" for link in root.iter("link")):
        return
    for element in root.iter("style"):
        text = element.text or ""
        if element.attrib or not text:
            continue
        key = (text, id(configuration))
        if key not in _read_styles:
            made = weasyprint.CSS(
                string=text, base_url=own_files.root_address(), url_fetcher=fetcher, font_config=configuration
            )
            if fetcher.refused:
                return
            if len(_read_styles) >= _STYLES_KEPT:
                _read_styles.clear()
            _read_styles[key] = made
        element.text = ""
        yield _read_styles[key]


def _configuration(whole: bool) -> FontConfiguration:
    """Made once in a process: each new one would read the fonts again."""
    if whole not in _configurations:
        # Nothing else in the process uses fontconfig; it reads the variable when a configuration is made.
        os.environ["FONTCONFIG_FILE"] = str(fonts.fontconfig_file(whole=whole))
        _configurations[whole] = FontConfiguration()
        _styles[whole] = weasyprint.CSS(string=_BASE_STYLE, font_config=_configurations[whole])
    return _configurations[whole]
