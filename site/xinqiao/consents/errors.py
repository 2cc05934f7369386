"""What the registry refuses, by name."""

from django.utils.translation import gettext_lazy as _

from xinqiao.refused import NotThisState, Refused

__all__ = [
    "InTheFuture",
    "ListChanged",
    "NoChange",
    "NobodyToAsk",
    "NotAskedHere",
    "NotTheirGuardian",
    "NotThisState",
    "ReasonMissing",
    "Refused",
]


class NotTheirGuardian(Refused):
    sentence = _("This person is not a guardian of the child, or a court has restricted them.")


class NobodyToAsk(Refused):
    sentence = _(
        "Everybody here has been asked already, or has answered. To ask one child's guardians again, open the child."
    )


class NotAskedHere(Refused):
    sentence = _("This is asked from the referral's own page, each time anew.")


class InTheFuture(Refused):
    sentence = _("This day lies in the future.")


class ListChanged(Refused):
    sentence = _("Meanwhile an answer has come in for somebody on this list. Please look at the list again.")


class ReasonMissing(Refused):
    sentence = _("Please write the reason. It is kept with the record.")


class NoChange(Refused):
    sentence = _("There is nothing to publish: the words are the same as before.")


class InThePast(Refused):
    sentence = _("This day has passed already. Choose today or a later one.")
