"""Training: one's own learning, the lists of those who answer for it, and the public page for certificates.

The pages that Wagtail serves below /training/ have one address name for all: tests/training/test_who_sees_pages.py.
"""

from tests.access.matrix import LET_IN, STAFF, Line, everyone, only
from tests.factories.training import answers_of, certified, course_with, enrolled, learner, lessons_learned
from training.quiz import start_attempt
from xinqiao.accounts.enums import Role

_LEARNERS = STAFF
_MANAGER = only(Role.TRAINER)
_ANSWERS_FOR_IT = only(Role.TRAINER, Role.PRINCIPAL, Role.DEPUTY, Role.DISTRICT)
# A certificate, an enrolment or a try is its owner's alone: here the counselor's. For other staff it does not exist.
_OWN = only(*_LEARNERS, status=404).but(Role.COUNSELOR, inside=200)
_OWN_ACT = only(*_LEARNERS, status=404).but(Role.COUNSELOR, inside=LET_IN)


def prepare(world) -> None:
    counselor = world.people[Role.COUNSELOR]
    course = course_with(lessons=1)
    attempt = start_attempt(person=counselor, enrolment=lessons_learned(enrolled(course, counselor)))
    world.put(
        course=course,
        lesson=course.lessons[0],
        attempt=attempt,
        certificate=certified(course_with(lessons=1), counselor),
        foreign_certificate=certified(course, learner(world.foreign_school)),
        foreign_attempt=start_attempt(
            person=(stranger := learner(world.foreign_school)), enrolment=lessons_learned(enrolled(course, stranger))
        ),
    )


def _course(world):
    return {"pk": world.course.pk}


def _no_course(world):
    return {"pk": 0}


def _lesson(world):
    return {"pk": world.lesson.pk}


def _attempt(world):
    return {"attempt_id": world.attempt.pk}


def _foreign_attempt(world):
    return {"attempt_id": world.foreign_attempt.pk}


def _certificate(world):
    return {"certificate_id": world.certificate.pk}


def _foreign_certificate(world):
    return {"certificate_id": world.foreign_certificate.pk}


def _answers(world):
    keys = [question["key"] for question in world.attempt.questions]
    return {"shown": keys, **{f"q{key}": chosen for key, chosen in answers_of(world.attempt).items()}}


LINES = [
    Line("training:join", only(*_LEARNERS, status=302), inside=_course, outside=_no_course),
    Line("training:join", only(*_LEARNERS, status=LET_IN), inside=_course, outside=_no_course, method="post"),
    Line("training:lesson_step", only(*_LEARNERS, status=302), inside=_lesson, outside=_no_course),
    Line("training:lesson_step", only(*_LEARNERS, status=302), inside=_lesson, outside=_no_course, method="post"),
    # Who does not take the course is led to its page.
    Line(
        "training:quiz_start",
        only(*_LEARNERS, status=302).but(Role.COUNSELOR, inside=200),
        inside=_course,
        outside=_no_course,
    ),
    Line("training:quiz_start", only(*_LEARNERS, status=302), inside=_course, outside=_no_course, method="post"),
    Line("training:quiz", _OWN, inside=_attempt, outside=_foreign_attempt),
    Line("training:quiz", _OWN_ACT, inside=_attempt, outside=_foreign_attempt, method="post", data=_answers),
    Line(
        "training:quiz_save",
        _OWN_ACT,
        inside=_attempt,
        outside=_foreign_attempt,
        method="post",
        data=_answers,
        headers={"HX-Request": "true"},
    ),
    Line("training:certificate", _OWN, inside=_certificate, outside=_foreign_certificate),
    Line("training:certificate_pdf", _OWN, inside=_certificate, outside=_foreign_certificate),
    Line("training:certificate_picture", _OWN, inside=_certificate, outside=_foreign_certificate),
    Line("training:completion", _ANSWERS_FOR_IT),
    # A district has counts and no list: it is led back to them.
    Line("training:completion_export", _ANSWERS_FOR_IT.but(Role.DISTRICT, inside=302)),
    Line("training:assign", _MANAGER),
    Line(
        "training:assign",
        only(Role.TRAINER, status=302),
        method="post",
        data=lambda world: {"course": world.course.pk, "people": [world.people[Role.HOMEROOM].pk]},
    ),
    Line("training:certificate_revoke", _MANAGER, inside=_certificate, outside=_foreign_certificate),
    Line(
        "training:certificate_revoke",
        only(Role.TRAINER, status=302),
        inside=_certificate,
        outside=_foreign_certificate,
        method="post",
        data=lambda world: {"reason": "代他人学习"},
    ),
    Line("training:certificate_lookup", everyone()),
    Line("training:certificate_verify", everyone(), inside=lambda world: {"code": world.certificate.code}),
    Line(
        "training:certificate_verify",
        everyone(404),
        inside=lambda world: {"code": "XQ-2222-3333-4444"},
        note="unknown",
    ),
]
