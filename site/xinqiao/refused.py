"""An act that the rules do not allow now, said in a sentence to the person who tried. No sentence names a child."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """`str()` is a sentence that says how to go on."""

    sentence = _("This cannot be done now.")

    def __init__(self, sentence: Any = None) -> None:
        self.sentence = sentence or self.sentence
        super().__init__(str(self.sentence))

    def __str__(self) -> str:
        return str(self.sentence)


class NotThisState(Refused):
    sentence = _("Its state has changed since. Please reload the page.")
