"""Guardians are invited by the homeroom teacher of the class and the administrator; joining is for whoever holds a letter."""

import uuid

from tests.access.matrix import LET_IN, Line, everyone, only
from tests.factories.invitations import invitation_for
from xinqiao.accounts.enums import Role
from xinqiao.accounts.invitations import letters

_OPENS = only(Role.HOMEROOM, Role.ADMINISTRATOR)
_ACTS = only(Role.HOMEROOM, Role.ADMINISTRATOR, status=302)
_TRIES = only(Role.HOMEROOM, Role.ADMINISTRATOR, status=LET_IN)
# Kept for the person who made them, and for half an hour.
_MAKERS_OWN = only(Role.HOMEROOM, status=200).but(Role.ADMINISTRATOR, inside=404, outside=404)
_PRINTING = uuid.UUID(int=77)


def prepare(world) -> None:
    homeroom = world.people[Role.HOMEROOM]
    letter, _code = invitation_for(world.student, homeroom)
    foreign_letter, _code = invitation_for(world.foreign_student, homeroom)
    world.put(letter=letter, foreign_letter=foreign_letter)


def _with_pdf(world) -> None:
    pdf = letters.render_letters(world.school, 30)([])
    letters.keep(_PRINTING, pdf, of=world.people[Role.HOMEROOM], back="/directory/invitations/")


def _class(world):
    return {"class_id": world.school_class.pk}


def _other_class(world):
    return {"class_id": world.foreign_class.pk}


def _child(world):
    return {"student_id": world.student.pk}


def _other_child(world):
    return {"student_id": world.foreign_student.pk}


def _page(world):
    return {"printing": _PRINTING, "page": 1}


def _printing(world):
    return {"printing": _PRINTING}


def _another_printing(world):
    return {"printing": uuid.UUID(int=78)}


def _letter(world):
    return {"invitation_id": world.letter.pk}


def _foreign_letter(world):
    return {"invitation_id": world.foreign_letter.pk}


LINES = [
    # Who has one class only is sent on to it.
    Line("directory:invitations", only(Role.HOMEROOM, Role.ADMINISTRATOR, status=LET_IN)),
    Line("directory:invitations_class", _OPENS, inside=_class, outside=_other_class),
    Line("directory:invitations_make", _TRIES, inside=_class, outside=_other_class, method="post"),
    Line("directory:invitations_child", _OPENS, inside=_child, outside=_other_child),
    Line("directory:invitations_make_one", _TRIES, inside=_child, outside=_other_child, method="post"),
    Line(
        "directory:invitations_mail",
        _ACTS,
        inside=_child,
        outside=_other_child,
        method="post",
        data=lambda world: {"address": "a@family.example", "days": "30"},
    ),
    Line("directory:invitation_letters", _MAKERS_OWN, inside=_printing, outside=_another_printing, prepare=_with_pdf),
    Line(
        "directory:invitation_letters_pdf", _MAKERS_OWN, inside=_printing, outside=_another_printing, prepare=_with_pdf
    ),
    Line("directory:invitation_letters_page", _MAKERS_OWN, inside=_page, prepare=_with_pdf),
    Line("directory:invitation_revoke", _ACTS, inside=_letter, outside=_foreign_letter, method="post"),
    Line("join", everyone()),
    Line("join", everyone(LET_IN), method="post"),
    Line("join_by_code", everyone(302), inside=lambda world: {"code": "ABCDEFGHJKLM"}),
    # Without the two facts it leads back to them.
    Line("join_account", everyone(302)),
    Line("join_account", everyone(302), method="post"),
    Line("family:home", only(Role.GUARDIAN)),
]
