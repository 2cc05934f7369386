"""What a step of the loop refuses, by name. Each carries a sentence that says how to go on; none names a child."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from xinqiao.refused import NotThisState, Refused

__all__ = [
    "AlreadySubmitted",
    "Conflict",
    "ConsentMissing",
    "ListChanged",
    "NotAllConsidered",
    "NotInClass",
    "NotScreened",
    "NotSubmitted",
    "NotThisState",
    "OwnerMissing",
    "ReasonMissing",
    "Refused",
    "RoundNotBegun",
    "RoundNotOpen",
    "SecondPersonNeeded",
]


class Conflict(Refused):
    """Somebody saved the same record since this person opened it. Carries the record as it is now."""

    sentence = _("This was changed in another window or by a colleague. Both versions are shown: choose one.")

    def __init__(self, current: Any) -> None:
        super().__init__()
        self.current = current


class RoundNotOpen(Refused):
    sentence = _("This round is not open, so nothing can be filled in. Please ask the counselor.")


class RoundNotBegun(Refused):
    sentence = _("This round has not begun yet, so nobody is reminded.")


class AlreadySubmitted(Refused):
    sentence = _("This class has been submitted. To change something, open the child and give a reason.")


class NotSubmitted(Refused):
    sentence = _("This class is not submitted yet: change it in the form itself.")


class NotInClass(Refused):
    sentence = _("This child is not in this class any more. Please reload the page.")


class NotScreened(Refused):
    sentence = _(
        "There is no guardian's consent for this child, so nothing is filled in. If you see danger, tell the counselor at once."
    )


class NotAllConsidered(Refused):
    def __init__(self, left: int) -> None:
        super().__init__(
            _("%(left)d children are not considered yet. Confirm each, or all of them together.") % {"left": left}
        )
        self.left = left


class NoteIsAnothers(Refused):
    sentence = _(
        "A colleague has written a sentence to the counselor about this child. It is not shown here; tell the counselor yours directly."
    )


class ListChanged(Refused):
    sentence = _("The list changed while you were reading it. Please look at the names again and confirm.")


class ReasonMissing(Refused):
    sentence = _("Please write the reason. It is kept with the record.")


class SecondPersonNeeded(Refused):
    sentence = _("Lowering a high-risk level needs a second person. Ask for it; somebody else agrees.")


class ConsentMissing(Refused):
    sentence = _("There is no guardian's consent yet. Record it first, or use the emergency path.")


class OwnerMissing(Refused):
    sentence = _("A high-risk case needs an owner.")
