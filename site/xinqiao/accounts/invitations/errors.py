"""What inviting and joining refuse, each with a sentence that says how to go on. None names a child."""

from django.utils.translation import gettext_lazy as _

from xinqiao.refused import Refused


class NobodyToInvite(Refused):
    sentence = _(
        "There is nobody to make a letter for: all children have guardians who joined, or need a letter of their own."
    )


class InNoClass(Refused):
    sentence = _("The child sits in no class of the school: nobody is invited for a child who has left.")


class NotOpen(Refused):
    sentence = _("This invitation is over already.")


class LettersGone(Refused):
    sentence = _(
        "These letters are not kept for longer than half an hour. Make them again: the codes will be new ones."
    )


class JoinRefused(Refused):
    """Joining did not go through."""


class NotConfirmed(JoinRefused):
    """The one answer to a wrong code, wrong facts, a dead letter and a guardian whom a court keeps away."""

    sentence = _(
        "This could not be confirmed. Please look at the code, the birthday and the telephone number again. After five"
        " wrong tries a letter is closed. If it does not go on, please speak with the school: the homeroom teacher"
        " makes a new letter at any time."
    )


class Over(JoinRefused):
    sentence = _("This letter is no longer good. Please ask the homeroom teacher for a new one.")


class HasJoined(JoinRefused):
    sentence = _(
        "Somebody has joined with this telephone number already. If it is you, please log in. If it is somebody else in"
        " the family, ask the homeroom teacher to have your own number entered, then try again."
    )


class TooManyTries(JoinRefused):
    sentence = _("There were many wrong tries from this network. Please wait ten minutes, then try again.")


class NotAnyMore(JoinRefused):
    sentence = _("Too much time has passed. Please start again with the code.")
