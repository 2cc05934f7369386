"""What a file's export, erasure and retention refuse, each in a sentence for the page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """Not done, nothing changed. `sentence` says why and what to do."""

    sentence = _("This cannot be done now.")

    def __init__(self, sentence: object = "") -> None:
        super().__init__(str(sentence or self.sentence))


class WeakPassword(Refused):
    sentence = _("The password is too short, or holds the child's name or number.")


class ExportGone(Refused):
    sentence = _("This file is deleted here. Take it out again if it is still needed.")


class NotReady(Refused):
    sentence = _("This file is not made yet.")


class OnlyOneAtATime(Refused):
    sentence = _("A file of this child is being made for you already.")


class SamePerson(Refused):
    sentence = _("Somebody else has to confirm what you asked for.")


class MovedOn(Refused):
    sentence = _("Somebody has dealt with this meanwhile. Here is how it stands.")


class Blocked(Refused):
    """Something has to be done first; one sentence for each thing."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class OnHold(Refused):
    sentence = _("A hold is set on this child: nothing is erased until it is lifted.")


class Changed(Refused):
    sentence = _("The file has changed since this was shown. Please look at it again before you confirm.")


class NothingToErase(Refused):
    sentence = _("There is nothing in this file that may be erased now.")


class OutOfBounds(Refused):
    sentence = _("This period is outside of what is allowed.")
