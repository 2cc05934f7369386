"""The first pass: the class's own teacher fills it in, the counselor manages rounds, the leaders see how far it is."""

import datetime

from tests.access.matrix import LET_IN, Line, only
from tests.factories.screening import ClassPassFactory, InstrumentVersionFactory, ResponseFactory, RoundFactory
from xinqiao.accounts.enums import Role

SEE_COMPLETION = (
    Role.HOMEROOM,
    Role.COUNSELOR,
    Role.GRADE_LEADER,
    Role.MORAL_EDUCATION,
    Role.DEPUTY,
    Role.PRINCIPAL,
)
REMIND = (Role.COUNSELOR, Role.MORAL_EDUCATION, Role.DEPUTY, Role.PRINCIPAL)


def prepare(world):
    """An open round with the class and one beside it, and one of another school."""
    InstrumentVersionFactory()
    round_ = RoundFactory(school=world.school, term=world.term)
    foreign = RoundFactory(school=world.foreign_school, term=world.foreign_term)
    world.put(round=round_, foreign_round=foreign)
    world.put(class_pass=ClassPassFactory(round=round_, school_class=world.school_class))
    ClassPassFactory(round=round_, school_class=world.other_class)
    ClassPassFactory(round=foreign, school_class=world.foreign_class)


def prepare_submitted(world):
    """The class in an earlier pass that is submitted, with one child's response in it."""
    earlier = RoundFactory(school=world.school, term=world.term)
    world.put(submitted_round=earlier)
    done = ClassPassFactory(round=earlier, school_class=world.school_class, submitted=True)
    ResponseFactory(class_pass=done, student=world.student)


def of_round(world):
    return {"round_id": world.round.pk}


def of_foreign_round(world):
    return {"round_id": world.foreign_round.pk}


def of_class(world):
    return {"round_id": world.round.pk, "class_id": world.school_class.pk}


def of_other_class(world):
    return {"round_id": world.round.pk, "class_id": world.other_class.pk}


def of_child(world):
    return {**of_class(world), "student_id": world.student.pk}


def of_other_child(world):
    return {**of_other_class(world), "student_id": world.other_student.pk}


def of_stray_child(world):
    """A child of another class, asked for through one's own."""
    return {**of_class(world), "student_id": world.other_student.pk}


def of_submitted_child(world):
    return {"round_id": world.submitted_round.pk, "class_id": world.school_class.pk, "student_id": world.student.pk}


def new_round(world):
    today = datetime.date.today()
    return {"opens_on": today, "due_on": today + datetime.timedelta(days=5), "classes": [world.school_class.pk]}


HOMEROOM = only(Role.HOMEROOM)
HOMEROOM_ACTS = only(Role.HOMEROOM, status=LET_IN)
COUNSELOR_ACTS = only(Role.COUNSELOR, status=LET_IN)

LINES = [
    Line("screening:overview", only(*SEE_COMPLETION)),
    Line("screening:new_round", only(Role.COUNSELOR)),
    Line("screening:new_round", COUNSELOR_ACTS, method="post", data=new_round),
    Line(
        "screening:due_day", COUNSELOR_ACTS, of_round, of_foreign_round, "post", lambda world: {"due_on": "2099-01-01"}
    ),
    Line("screening:close_round", COUNSELOR_ACTS, of_round, of_foreign_round, "post"),
    # The district officer and the grade leader may see counts, so the door opens; no school's round lies behind it.
    Line(
        "screening:remind",
        only(*REMIND, status=LET_IN).but(Role.DISTRICT, Role.GRADE_LEADER, inside=404, outside=404),
        of_round,
        of_foreign_round,
        "post",
    ),
    Line("screening:class_form", HOMEROOM, of_class, of_other_class),
    Line("screening:rest", HOMEROOM, of_class, of_other_class),
    Line("screening:rest", HOMEROOM_ACTS, of_class, of_other_class, "post"),
    Line("screening:submit", HOMEROOM, of_class, of_other_class),
    Line("screening:submit", HOMEROOM_ACTS, of_class, of_other_class, "post"),
    Line(
        "screening:confirm_one",
        HOMEROOM_ACTS,
        of_class,
        of_other_class,
        "post",
        lambda world: {"child": f"{world.student.pk}:0"},
    ),
    Line("screening:child", HOMEROOM, of_child, of_other_child),
    Line("screening:child", HOMEROOM, of_child, of_stray_child, note="a child of another class"),
    Line("screening:child", HOMEROOM_ACTS, of_child, of_other_child, "post", lambda world: {"version": 0, "s-e1": 1}),
    Line(
        "screening:child",
        HOMEROOM,
        of_child,
        of_other_child,
        "post",
        lambda world: {"version": 0, "s-e1": 1},
        {"Accept": "application/json"},
        note="by the script",
    ),
    Line("screening:amend", HOMEROOM, of_submitted_child, of_other_child, prepare=prepare_submitted),
    Line(
        "screening:amend",
        HOMEROOM_ACTS,
        of_submitted_child,
        of_other_child,
        "post",
        lambda world: {"version": 1, "reason": "又看到一次"},
        prepare=prepare_submitted,
    ),
]
