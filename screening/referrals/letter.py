"""The referral letter: what stands on it beside the counselor's sentences, whether it fits, and whether it may leave."""

from __future__ import annotations

import datetime
import math
import unicodedata
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from screening.errors import Refused
from screening.referrals.enums import BEFORE_THE_LETTER, NOTHING_LEAVES
from screening.referrals.models import LETTER_TEXTS, Referral
from screening.referrals.read import may_take_letter
from tasks import fonts
from tasks.pdf import UnshowableCharacter, needs_whole_font, render_pdf
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.consents.enums import ConsentHow, ConsentState
from xinqiao.school.models import Guardianship

TEMPLATE = "screening_referrals/pdf/letter.html"
LINES = 19
"""How many lines the three texts may have together, so that the letter stays one page."""
_ROOMY_LINES, _NORMAL_LINES = 6, 12
_CHARACTERS_A_LINE = 40

# The letter is a Chinese document whatever language the page is read in.
_SEX = {"f": "女", "m": "男"}
_RELATIONS = {
    Guardianship.Relation.MOTHER: "母亲",
    Guardianship.Relation.FATHER: "父亲",
    Guardianship.Relation.GRANDPARENT: "祖辈监护人",
    Guardianship.Relation.OTHER: "监护人",
}
_HOW = {ConsentHow.IN_PERSON: "当面", ConsentHow.PHONE: "电话", ConsentHow.PAPER: "书面", ConsentHow.ONLINE: "线上"}


class LetterStopped(Refused):
    sentence = _(
        "This letter is not given out: it is not issued, or the consent was taken back, or the referral ended."
    )


class NotShowable(Refused):
    sentence = _("A character of the letter is in none of our fonts.")

    def __init__(self, character: str) -> None:
        super().__init__(
            _("No font of ours has the character “%(character)s”. Please write it in another way.")
            % {"character": character}
        )


def may_leave(referral: Referral) -> bool:
    """Issued, not ended, and no consent taken back since."""
    if referral.state in BEFORE_THE_LETTER or referral.state in NOTHING_LEAVES or referral.sent_at is None:
        return False
    taken_back_at = referral.consent.withdrawn_at if referral.consent else None
    return taken_back_at is None or taken_back_at < referral.sent_at


def facts_of(referral: Referral, *, signed_by: User, today: datetime.date) -> dict[str, str]:
    """What the letter says besides the three texts: who the child is, who writes, and under whose consent."""
    student, school = referral.case.student, referral.case.school
    age = student.age_on(today)
    return {
        "name": student.name,
        "sex": _SEX[student.sex],
        "age": f"{age} 岁" if age is not None else "不详",
        "school": school.name,
        "room": school.counselling_room,
        "phone": school.phone,
        "contact": str(signed_by),
        "day": _day(today),
        "consent": _consent_line(referral),
        "code": str(referral.pk).split("-")[0].upper(),
    }


def _consent_line(referral: Referral) -> str:
    consent = referral.consent
    if consent is None or consent.state != ConsentState.GIVEN:
        return (
            "情况紧急，为保护孩子的安全，本函在取得监护人同意之前出具，理由已记录，并已告知学校负责人；学校会尽快告知监护人。"
            if referral.emergency
            else "（尚未取得监护人同意）"
        )
    guardianship = consent.guardian.guardianships.filter(student=consent.student_id).first()
    relation = _RELATIONS[guardianship.relation] if guardianship else "监护人"
    when = _day(timezone.localdate(consent.answered_at))
    return f"孩子的{relation}已于 {when}以{_HOW[consent.how]}方式同意学校出具本函，同意书版本 {consent.text_version}。"


def _day(day: datetime.date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def lines_of(text: str) -> int:
    """How many lines the text takes on the letter."""
    return sum(max(1, math.ceil(_width(line) / _CHARACTERS_A_LINE)) for line in text.splitlines())


def _width(line: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.55 for character in line)


def too_long_by(texts: list[str]) -> int:
    """How many lines the texts have too many together; 0 where they fit."""
    return max(0, sum(map(lines_of, texts)) - LINES)


def letter_context(referral: Referral, reader: User) -> dict[str, Any]:
    """For the letter's template: the frozen facts once issued, what they would be today before that."""
    facts = referral.frozen or facts_of(referral, signed_by=reader, today=timezone.localdate())
    return {"referral": referral, "facts": facts, "issued": bool(referral.frozen)}


def check_showable(referral: Referral) -> None:
    """Refuse, before anything is issued, a letter that no font of ours can show.

    Raises:
        NotShowable
    """
    fonts.prepare()
    try:
        needs_whole_font(
            "".join([referral.hospital, *(getattr(referral, name) for name in LETTER_TEXTS), *referral.frozen.values()])
        )
    except UnshowableCharacter as unshowable:
        raise NotShowable(unshowable.character) from unshowable


def give_out(*, user: User, referral: Referral, form: str) -> bytes:
    """The issued letter as PDF, and on the record that it was taken out.

    Args:
        form: `pdf` or `picture`, for the record.

    Raises:
        NotPermitted
        LetterStopped: nothing leaves without consent or before it is issued.
    """
    if not may_take_letter(user, referral):
        raise NotPermitted(Capability.REFER)
    if not may_leave(referral):
        raise LetterStopped
    pdf = render_pdf(TEMPLATE, {**letter_context(referral, user), "words": referral, "size": _size(referral)})
    record(
        actor=user,
        action="referral.export",
        target=referral,
        student_id=referral.case.student_id,
        details={"form": form, "bytes": len(pdf)},
    )
    return pdf


def _size(referral: Referral) -> str:
    """A short letter is set larger, a long one closer."""
    lines = sum(lines_of(getattr(referral, name)) for name in LETTER_TEXTS)
    return "roomy" if lines <= _ROOMY_LINES else "normal" if lines <= _NORMAL_LINES else "compact"


def file_name(referral: Referral, ending: str) -> str:
    """Named by its code: a child's name does not belong into download lists."""
    return f"referral-{str(referral.pk).split('-')[0]}.{ending}"
