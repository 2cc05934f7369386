"""A referral: written and moved by the counselor; the letter of a high case read by the leads too."""

from tests.access.matrix import LET_IN, Line, only
from tests.factories.cases import LETTER, SchoolWithPeople, a_case, a_referral
from xinqiao.accounts.enums import Role

LEADS = (Role.PRINCIPAL, Role.DEPUTY)


def prepare(world):
    here, there = SchoolWithPeople(world.school), SchoolWithPeople(world.foreign_school)
    world.put(
        case=a_case(here, "priority", here.child()),
        foreign_case=a_case(there, "priority", there.child()),
        high_referral=a_referral(here, a_case(here, "high", world.student), "sent"),
        referral=a_referral(here, a_case(here, "priority", world.other_student), "sent"),
        draft=a_referral(here, a_case(here, "priority", here.child()), "given"),
        foreign_referral=a_referral(there, a_case(there, "high", world.foreign_student), "sent"),
    )


def _of(name, **more):
    return lambda world: {"referral_id": getattr(world, name).pk, **more}


def _reads(name, **more):
    """Read by the counselor for all cases, and by the leads for high ones; the others are not there for them."""
    return [
        Line(
            name,
            only(Role.COUNSELOR, *LEADS),
            inside=_of("high_referral", **more),
            outside=_of("foreign_referral", **more),
            note="high",
        ),
        Line(
            name,
            only(Role.COUNSELOR, *LEADS).but(*LEADS, inside=404),
            inside=_of("referral", **more),
            note="priority",
        ),
    ]


_COUNSELOR = only(Role.COUNSELOR, status=LET_IN)
_ACTS = (
    "referral_ask",
    "referral_consent",
    "referral_withdraw",
    "referral_issue",
    "referral_emergency",
    "referral_move",
)

LINES = [
    Line(
        "screening:refer",
        _COUNSELOR,
        inside=lambda world: {"case_id": world.case.pk},
        outside=lambda world: {"case_id": world.foreign_case.pk},
        method="post",
    ),
    *_reads("screening:referral"),
    *_reads("screening:letter"),
    *_reads("screening:letter_pdf"),
    *_reads("screening:letter_picture", page=1),
    Line(
        "screening:referral",
        _COUNSELOR.but(*LEADS, outside=404),
        inside=_of("high_referral"),
        outside=_of("foreign_referral"),
        method="post",
        data=lambda world: {**LETTER, "version": 1},
    ),
    *(
        Line(f"screening:{name}", _COUNSELOR, inside=_of("draft"), outside=_of("foreign_referral"), method="post")
        for name in _ACTS
    ),
]
