"""What a move refuses, by name. Each carries a sentence that says how to go on; none names a child."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from xinqiao.refused import Refused


class SameClass(Refused):
    sentence = _("The child sits in this class already.")


class ClassClosed(Refused):
    sentence = _("This class is closed. Choose another one, or open it again first.")


class ClassNotEmpty(Refused):
    sentence = _("Children sit in this class, or will. Move them first, or merge it with another class.")


class ClassThere(Refused):
    sentence = _("There is a class of this number in the grade already.")


class OtherGrade(Refused):
    sentence = _("Only two classes of one grade can become one.")


class InNoClass(Refused):
    sentence = _("The child sits in no class. Use “Comes back” instead.")


class InClassAlready(Refused):
    sentence = _("The child sits in a class already. Use “Change class” instead.")


class NumberTaken(Refused):
    sentence = _("Another child has this school number.")


class NobodyChosen(Refused):
    sentence = _("Choose at least one child, and leave at least one in the class.")


class NamesakeThere(Refused):
    """Somebody who may be the same child is in the directory. Carries them, so that a person decides."""

    sentence = _("A child who may be the same one is in the directory. Look at it below before you go on.")

    def __init__(self, found: list[Any]) -> None:
        super().__init__()
        self.found = found


class DayRefused(Refused):
    """The day does not fit: too early, too late, or before what is there already."""

    @classmethod
    def before_start(cls, day: datetime.date) -> "DayRefused":
        return cls(
            _(
                "The present class, or a move that is entered already, begins on %(day)s. Choose a later day, or take that back."
            )
            % {"day": day.isoformat()}
        )

    @classmethod
    def ends_later(cls, day: datetime.date) -> "DayRefused":
        return cls(_("A move after %(day)s is entered already. Take it back first.") % {"day": day.isoformat()})

    @classmethod
    def out_of_range(cls, earliest: datetime.date, latest: datetime.date) -> "DayRefused":
        return cls(
            _("Choose a day from %(earliest)s to %(latest)s.")
            % {"earliest": earliest.isoformat(), "latest": latest.isoformat()}
        )


class CannotUndo(Refused):
    sentence = _("Something was built on this move since. Take the later change back first, or enter a new move.")


class UndoTooLate(CannotUndo):
    sentence = _("This move lies too far back to be taken back. Enter a new move instead.")


class Changed(Refused):
    """Somebody changed the same record since the page was opened. Carries what stands there now, by field."""

    sentence = _("A colleague changed this while your page was open. Both are shown: check, and save again.")

    def __init__(self, now: dict[str, Any]) -> None:
        super().__init__()
        self.now = now
