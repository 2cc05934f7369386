"""The loop's first step: an instrument, a round, a class's pass in it, and what was seen of its children."""

import datetime

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from screening.instruments.answers import asserted, from_codes, pack, unpack
from screening.instruments.models import InstrumentVersion
from screening.instruments.observation import DEFINITION, KEY
from screening.instruments.publish import publish_version
from screening.rounds.enums import Considered, PassState, ResponseState, RoundState
from screening.rounds.models import ClassPass, Response, Round
from screening.rounds.submit import fill_in_scores
from tests.factories.accounts import UserFactory, person_with
from tests.factories.school import SchoolClassFactory, SchoolFactory, StudentFactory, TermFactory
from xinqiao.accounts.enums import Role
from xinqiao.school.models import Term

A_SIGN = {"e1": 1}
"""One sign, seen now and then: general."""
MANY_SIGNS = {"e1": 2, "e2": 2, "b1": 3, "b2": 2, "s1": 2}
"""Two domains over their cuts: priority."""
A_CRITICAL_SIGN = {"e5": 1}
"""A critical sign: high."""


class InstrumentVersionFactory(DjangoModelFactory):
    """The product's own form, published once however often it is asked for; another with `definition=`."""

    class Meta:
        model = InstrumentVersion

    key = KEY
    definition = factory.LazyFunction(lambda: DEFINITION)

    @classmethod
    def _create(cls, model_class, *args, key, definition):
        return publish_version(key=key, definition=definition)


class RoundFactory(DjangoModelFactory):
    """An open round that began today and is due in a week; its school's one term is made with it."""

    class Meta:
        model = Round

    school = factory.SubFactory(SchoolFactory)
    term = factory.LazyAttribute(
        lambda round_: Term.objects.filter(school=round_.school).first() or TermFactory(school=round_.school)
    )
    number = factory.LazyAttribute(lambda round_: Round.objects.filter(term=round_.term).count() + 1)
    instrument_version = factory.SubFactory(InstrumentVersionFactory)
    state = RoundState.OPEN
    opens_on = factory.LazyFunction(timezone.localdate)
    due_on = factory.LazyAttribute(lambda round_: round_.opens_on + datetime.timedelta(days=7))


class ClassPassFactory(DjangoModelFactory):
    """A class's pass, being filled in; with `submitted=True`, submitted by somebody just now."""

    class Meta:
        model = ClassPass

    class Params:
        submitted = factory.Trait(
            state=PassState.SUBMITTED,
            submitted_by=factory.SubFactory(UserFactory),
            submitted_at=factory.LazyFunction(timezone.now),
        )

    school_class = factory.SubFactory(SchoolClassFactory)
    round = factory.SubFactory(RoundFactory, school=factory.SelfAttribute("..school_class.grade.school"))


class ResponseFactory(DjangoModelFactory):
    """What was seen of one child: `signs={"e1": 2}` as code and option, nothing unusual without.

    A draft of a pass that is filled in, and scored and submitted where the pass is.
    """

    class Meta:
        model = Response

    class Params:
        signs = factory.LazyFunction(dict)

    class_pass = factory.SubFactory(ClassPassFactory)
    student = factory.SubFactory(
        StudentFactory,
        school=factory.SelfAttribute("..class_pass.school_class.grade.school"),
        current_class=factory.SelfAttribute("..class_pass.school_class"),
    )
    considered = factory.LazyAttribute(
        lambda row: Considered.MARKED if any(row.signs.values()) else Considered.CONFIRMED
    )
    answers = factory.LazyAttribute(
        lambda row: pack(from_codes(row.class_pass.round.instrument_version.parsed, row.signs))
    )
    state = factory.LazyAttribute(
        lambda row: ResponseState.SUBMITTED if row.class_pass.submitted else ResponseState.DRAFT
    )
    # A sentence is of the class's own teacher, unless the test says whose.
    note_by = factory.LazyAttribute(
        lambda row: getattr(row.class_pass, "teacher", None) if hasattr(row, "note") else None
    )
    saved_by = factory.SubFactory(UserFactory)
    saved_at = factory.LazyFunction(timezone.now)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        row = model_class(*args, **kwargs)
        if row.state != ResponseState.DRAFT:
            fill_in_scores(row, row.class_pass.round.instrument_version.parsed)
        row.save(force_insert=True)
        return row


def pass_of_a_class(children: int = 3, **kwargs) -> ClassPass:
    """A pass whose class has so many children and a homeroom teacher: `class_pass.teacher`, `class_pass.kids`."""
    class_pass = ClassPassFactory(**kwargs)
    if class_pass.submitted:
        class_pass.children = children
        class_pass.save(update_fields=["children"])
    school_class = class_pass.school_class
    class_pass.kids = StudentFactory.create_batch(
        children, school=school_class.grade.school, current_class=school_class
    )
    class_pass.teacher = person_with(Role.HOMEROOM, school_class=school_class)
    return class_pass


def answers_of(class_pass: ClassPass, **signs: int) -> tuple[int | None, ...]:
    """Answers in item order, as `save_child` takes them; what is not named was not marked."""
    return from_codes(class_pass.round.instrument_version.parsed, signs)


def stated(row: Response) -> tuple[int | None, ...]:
    """The answers of a row once it is submitted: what was not marked was not seen."""
    return asserted(unpack(row.answers))
