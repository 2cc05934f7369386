"""Consents: collected by homeroom teachers for their class and by the counselor; answered by guardians; kept by the leads."""

from django.utils import timezone

from tests.access.matrix import LET_IN, Line, everyone, only
from tests.factories.consents import SCREENING, AskingSchool
from xinqiao.accounts.enums import Role
from xinqiao.consents.models import Asking, Consent
from xinqiao.privacy.assessment import draft_for
from xinqiao.privacy.notice import publish_notice, save_settings

LEADS = (Role.PRINCIPAL, Role.DEPUTY)


class _Here(AskingSchool):
    """The world's own school and class, with its people."""

    def __init__(self, school, school_class, people):
        self.school, self.school_class = school, school_class
        self.counselor = people[Role.COUNSELOR]


class _There(AskingSchool):
    def child_of(self, student):
        self.guardian(student)
        return student


def prepare(world):
    here = _Here(world.school, world.school_class, world.people)
    there = _There(world.foreign_school)
    question = here.asked(world.student)
    foreign = there.asked(there.child_of(world.foreign_student))
    world.put(
        question=question,
        asking=Asking.objects.get(consents=question),
        foreign_question=foreign,
        foreign_asking=Asking.objects.get(consents=foreign),
    )


def prepare_given(world):
    here = _Here(world.school, world.school_class, world.people)
    here.said(world.student, given=True, guardian=world.guardian, kind="questionnaire")
    world.put(given=Consent.objects.get(student=world.student, kind="questionnaire"))


def prepare_privacy(world):
    principal = world.people[Role.PRINCIPAL]
    there = AskingSchool(world.foreign_school)
    world.put(
        draft=draft_for(user=principal, school=world.school),
        foreign_draft=draft_for(user=there.principal, school=world.foreign_school),
    )
    world.school.phone = "010-00000000"
    world.school.save()
    save_settings(user=principal, school=world.school, officer="某负责人", contact="010", address="某路")
    world.put(notice=publish_notice(user=principal, school=world.school))


_COLLECTS = only(Role.HOMEROOM, Role.COUNSELOR)
_COUNSELOR_ALONE = only(Role.COUNSELOR).but(Role.HOMEROOM, inside=404, outside=404)
_READS = only(Role.HOMEROOM, Role.COUNSELOR, *LEADS)
_KEEPS = only(*LEADS)


def _class(world):
    return {"kind": SCREENING, "class_id": world.school_class.pk}


def _other_class(world):
    return {"kind": SCREENING, "class_id": world.foreign_class.pk}


def _child(**more):
    return lambda world: {"student_id": world.student.pk, **more}


def _foreign_child(**more):
    return lambda world: {"student_id": world.foreign_student.pk, **more}


def _today(_world):
    return {"due_on": timezone.localdate().isoformat()}


def _collects(name, inside, outside, **more):
    return Line(f"consents:{name}", only(Role.HOMEROOM, Role.COUNSELOR, **_status(more)), inside=inside, outside=outside, **more)  # fmt: skip


def _status(more):
    return {"status": LET_IN} if more.get("method") == "post" else {}


_ASKING = {
    "inside": lambda world: {"asking_id": world.asking.pk},
    "outside": lambda world: {"asking_id": world.foreign_asking.pk},
}
_POST_OF_A_CHILD = only(Role.HOMEROOM, Role.COUNSELOR, status=LET_IN)

_OWN = {
    "inside": lambda world: {"consent_id": world.question.pk},
    "outside": lambda world: {"consent_id": world.foreign_question.pk},
}
_OWN_GIVEN = {
    "inside": lambda world: {"consent_id": world.given.pk},
    "outside": lambda world: {"consent_id": world.foreign_question.pk},
    "prepare": prepare_given,
}
_DRAFT = {
    "inside": lambda world: {"assessment_id": world.draft.pk},
    "outside": lambda world: {"assessment_id": world.foreign_draft.pk},
    "prepare": prepare_privacy,
}

LINES = [
    Line("consents:overview", _READS),
    Line("consents:ask", _COLLECTS, inside=lambda world: {"kind": SCREENING}),
    Line("consents:ask", _COUNSELOR_ALONE, inside=lambda world: {"kind": "counselling"}, note="counselling"),
    Line(
        "consents:ask",
        only(Role.HOMEROOM, Role.COUNSELOR, status=LET_IN),
        inside=lambda world: {"kind": SCREENING},
        method="post",
        data=_today,
    ),
    Line("consents:export", _COLLECTS, inside=lambda world: {"kind": SCREENING}),
    Line("consents:export", only(Role.COUNSELOR), inside=lambda world: {"kind": "counselling"}, note="counselling"),
    _collects("class_page", _class, _other_class),
    Line(
        "consents:class_page",
        _COUNSELOR_ALONE,
        inside=lambda world: {"kind": "counselling", "class_id": world.school_class.pk},
        note="counselling",
    ),
    _collects("paper", _class, _other_class),
    _collects("paper", _class, _other_class, method="post"),
    _collects("export_class", _class, _other_class),
    _collects("export_class", _class, _other_class, method="post"),
    Line("consents:export", only(Role.HOMEROOM, Role.COUNSELOR, status=LET_IN), inside=lambda world: {"kind": SCREENING}, method="post"),
    Line("consents:remind", only(Role.COUNSELOR, status=LET_IN).but(Role.HOMEROOM, inside=404, outside=404), method="post", note="of the whole school", **_ASKING),
    Line("consents:due_day", only(Role.COUNSELOR, status=LET_IN).but(Role.HOMEROOM, inside=404, outside=404), method="post", data=_today, **_ASKING),
    Line("consents:child", _COLLECTS, inside=_child(), outside=_foreign_child()),
    Line("consents:ask_one", _POST_OF_A_CHILD, inside=_child(kind=SCREENING), outside=_foreign_child(kind=SCREENING), method="post"),
    Line("consents:answer", _POST_OF_A_CHILD, inside=_child(kind=SCREENING), outside=_foreign_child(kind=SCREENING), method="post"),
    Line(
        "consents:answer",
        _POST_OF_A_CHILD.but(Role.HOMEROOM, inside=404, outside=404),
        inside=_child(kind="counselling"),
        outside=_foreign_child(kind="counselling"),
        method="post",
        note="counselling",
    ),
    Line("consents:safety", only(Role.COUNSELOR, status=LET_IN), inside=_child(kind=SCREENING), outside=_foreign_child(kind=SCREENING), method="post"),
    Line("consents:texts", _KEEPS),
    Line("consents:text", _KEEPS, inside=lambda world: {"kind": SCREENING}),
    Line("consents:text", only(*LEADS, status=LET_IN), inside=lambda world: {"kind": SCREENING}, method="post"),
    Line("consents:rules", only(*LEADS, status=LET_IN), method="post"),
    Line("family_consents", only(Role.GUARDIAN)),
    Line("family_consent", only(Role.GUARDIAN), **_OWN),
    Line("family_consent", only(Role.GUARDIAN, status=LET_IN), method="post", **_OWN),
    Line("family_consent_withdraw", only(Role.GUARDIAN), **_OWN_GIVEN),
    Line("family_consent_withdraw", only(Role.GUARDIAN, status=LET_IN), method="post", **_OWN_GIVEN),
    Line("family_consent_receipt", only(Role.GUARDIAN), **_OWN_GIVEN),
    Line("privacy:notice", everyone(200), inside=lambda world: {"notice_id": world.notice.pk}, prepare=prepare_privacy),
    Line("privacy:manage", _KEEPS),
    Line("privacy:manage", only(*LEADS, status=LET_IN), method="post"),
    Line("privacy:publish", only(*LEADS, status=LET_IN), method="post"),
    Line("privacy:assessments", _KEEPS),
    Line("privacy:assessment_begin", only(*LEADS, status=LET_IN), method="post"),
    Line("privacy:assessment", _KEEPS, **_DRAFT),
    Line("privacy:assessment", only(*LEADS, status=LET_IN), method="post", **_DRAFT),
    Line("privacy:assessment_sign", only(*LEADS, status=LET_IN), method="post", **_DRAFT),
    Line("privacy:assessment_pdf", _KEEPS, **_DRAFT),
    Line(
        "privacy:assessment_picture",
        _KEEPS,
        inside=lambda world: {"assessment_id": world.draft.pk, "page": 1},
        outside=lambda world: {"assessment_id": world.foreign_draft.pk, "page": 1},
        prepare=prepare_privacy,
    ),
]  # fmt: skip
