"""What a person may do, how far and why: the same grounds that `access` decides by, put into words.

An explanation says yes exactly when `may` does; a property test holds the two together.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from xinqiao.accounts.access import Ground, Placed, Reach, grounds, is_child_of, reach_of
from xinqiao.accounts.capabilities import Capability as C
from xinqiao.accounts.capabilities import Scope
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment, User

if TYPE_CHECKING:
    from xinqiao.accounts.access import Place

RECORDS: tuple[tuple[Any, C, Any], ...] = (
    (gettext_lazy("Name and class"), C.READ_STUDENT, ""),
    (gettext_lazy("Number, birthday, classes so far"), C.READ_FACTS, ""),
    (gettext_lazy("How the guardians are reached"), C.READ_CONTACTS, ""),
    (gettext_lazy("Identity number"), C.READ_IDENTITY, ""),
    (gettext_lazy("Answers of the first pass"), C.READ_FIRST_PASS, ""),
    (gettext_lazy("That there is a case, its state and times"), C.READ_CASE, ""),
    (gettext_lazy("Level of concern"), C.READ_LEVEL, ""),
    (gettext_lazy("What is written in assessment and case"), C.READ_NARRATIVE, ""),
    (
        gettext_lazy("What is written, while the level is high"),
        C.READ_HIGH_NARRATIVE,
        gettext_lazy("only while it is a high-risk case"),
    ),
    (gettext_lazy("What the class can do, and that there is a referral"), C.READ_CLASS_SUPPORT, ""),
    (gettext_lazy("Referral letters"), C.READ_REFERRAL, ""),
    (gettext_lazy("Consents of the guardians"), C.READ_CONSENT, ""),
    (gettext_lazy("Who has read the records"), C.READ_AUDIT, ""),
)
"""The kinds of records about a child, each with the capability that shows it and with what it hangs on beside that."""

CHANGES: tuple[tuple[Any, C, Any], ...] = (
    (gettext_lazy("Fill in the first pass"), C.FILL_FIRST_PASS, ""),
    (gettext_lazy("Assess, and determine the level"), C.DETERMINE_LEVEL, ""),
    (gettext_lazy("Write in the case"), C.WRITE_CASE, ""),
    (gettext_lazy("Refer to a hospital"), C.REFER, ""),
    (gettext_lazy("Record consents"), C.COLLECT_CONSENT, ""),
    (gettext_lazy("Give and withdraw consents"), C.ANSWER_CONSENT, ""),
    (gettext_lazy("Take out the whole file"), C.EXPORT_FILE, ""),
    (gettext_lazy("Erase the file"), C.ERASE_FILE, ""),
    (gettext_lazy("Change class, facts and guardians"), C.MANAGE_DIRECTORY, ""),
    (gettext_lazy("Open the story in an emergency, for an hour"), C.BREAK_GLASS, ""),
)
"""What may be done about a child besides reading."""


@dataclasses.dataclass(frozen=True)
class Explanation:
    """One capability for one person, on one object or anywhere.

    Attributes:
        grounds: every reason that counts here; none means no.
    """

    capability: C
    user_id: int
    grounds: tuple[Ground, ...]

    @property
    def yes(self) -> bool:
        return bool(self.grounds)

    @property
    def reach(self) -> Reach:
        return reach_of(self.user_id, self.grounds)

    @property
    def because(self) -> list[str]:
        return [because(ground) for ground in self.grounds]


def explain(
    user: User,
    capability: C,
    on: Placed | None = None,
    today: datetime.date | None = None,
    *,
    guards: bool | None = None,
) -> Explanation:
    """Why this person may, or (without grounds) that they may not.

    Args:
        guards: whether the person is a guardian of the child concerned, where the caller knows it already.
    """
    found = grounds(user, capability, today)
    if on is not None and found:
        place = on.access_place()
        found = [ground for ground in found if _counts(ground, user, place, guards)]
    return Explanation(capability, user.pk, tuple(found))


def _counts(ground: Ground, user: User, place: Place, guards: bool | None) -> bool:
    extent = reach_of(user.pk, [ground])
    if extent.covers(place):
        return True
    if extent.children_of is None:
        return False
    return is_child_of(user, place.student_id) if guards is None else guards


def everything(user: User, today: datetime.date | None = None) -> list[Explanation]:
    """Every capability there is, in the order of the table."""
    return [explain(user, capability, today=today) for capability in C]


@dataclasses.dataclass(frozen=True)
class Kind:
    """One kind of record or act about a child.

    Attributes:
        on_condition: what it hangs on besides the right, in words.
    """

    label: Any
    explanation: Explanation
    on_condition: Any

    @property
    def yes(self) -> bool:
        return self.explanation.yes


def kinds(
    user: User,
    student: Placed,
    of: Iterable[tuple[Any, C, Any]] = RECORDS,
    today: datetime.date | None = None,
    *,
    guards: bool | None = None,
) -> list[Kind]:
    """What this person sees of this child, kind by kind, or may do about it."""
    return [
        Kind(label, explain(user, capability, student, today, guards=guards), condition)
        for label, capability, condition in of
    ]


# -- in words ----------------------------------------------------------------------------------------------------------


def place_of(appointment: Appointment) -> str:
    """Where the duty lies: its class, its grade, or the school."""
    return str(appointment.school_class or appointment.grade or appointment.school)


def duty_in_words(appointment: Appointment) -> str:
    """Such as 班主任（三（2）班）."""
    role = str(appointment.get_role_display())
    if appointment.role == Role.GUARDIAN:
        return role
    return _("%(duty)s (%(place)s)") % {"duty": role, "place": place_of(appointment)}


def because(ground: Ground) -> str:
    """One reason as a sentence part, with what ends it."""
    if ground.exception is not None:
        until = date_format(timezone.localtime(ground.exception.ends_at), "H:i")
        return _("emergency reading, until %(time)s") % {"time": until}
    if ground.appointment is None:
        raise ValueError("a ground is a duty or an exception")
    appointment = ground.appointment
    words = duty_in_words(appointment)
    if ground.scope is Scope.OWN_CHILD:
        words = _("guardian of the child")
    if appointment.ends_on is not None:
        return _("%(duty)s, until %(day)s") % {"duty": words, "day": date_format(appointment.ends_on, "Y-m-d")}
    return words


def ends_in_words(appointment: Appointment) -> str:
    """What would end what this duty opens."""
    if appointment.role == Role.GUARDIAN:
        return _("when the tie to the child ends, or a court restricts it")
    if appointment.ends_on is not None:
        return _("by itself, at midnight after %(day)s") % {"day": date_format(appointment.ends_on, "Y-m-d")}
    return _("when the administrator ends or withdraws the duty")


def reach_in_words(explanation: Explanation) -> list[str]:
    """How far it goes, one phrase a ground: the whole school, a class, own children."""
    phrases = []
    for ground in explanation.grounds:
        appointment, scope = ground.appointment, ground.scope
        if ground.exception is not None or appointment is None:
            phrase = pgettext("reach", "one child, for an hour")
        elif scope is Scope.SCHOOL:
            phrase = pgettext("reach", "the whole school")
        elif scope is Scope.DISTRICT:
            phrase = pgettext("reach", "all schools, as counts")
        elif scope is Scope.OWN:
            phrase = pgettext("reach", "only their own")
        elif scope is Scope.OWN_CHILD:
            phrase = pgettext("reach", "their own children")
        else:
            phrase = place_of(appointment)
        if phrase not in phrases:
            phrases.append(phrase)
    return phrases
