"""What each kind of message is called on a page."""

from django.utils.translation import gettext_lazy as _

_WORDS = {"mail": _("E-mail")}


def name_kind(kind: str, words: object) -> None:
    """Say what a kind is called; an app does so where it registers the handler."""
    _WORDS[kind] = words


def words_for(kind: str) -> str:
    """The kind in words, or its own name where nobody has named it."""
    return str(_WORDS.get(kind, kind))
