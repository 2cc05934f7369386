"""Every record that holds or concerns a child or a person has a queryset that asks who is reading: none is left out by default."""

import pytest
from django.apps import apps
from django.db import models

from tests.access.world import World, build_world
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment
from xinqiao.school.models import Enrolment, Guardian, Guardianship, SchoolClass, Student

OURS = {"xinqiao", "tasks", "content", "training", "parents", "screening"}
CONCERNS = {"school.Student", "school.Guardian", "accounts.User"}

EXCEPTIONS = {
    "accounts.User": "who may look up whom is asked by `accounts.reachable` and `audit.people`; a colleague's name is no secret",
    "accounts.KeptInput": "typed by one person before the session ended; `kept_input` gives it to its owner alone",
    "accounts.FactorSecret": "sealed, read by the second factor's own code, shown to nobody",
    "accounts.IdentityCheck": "asked through `accounts.identity.people_to_confirm`",
    "accounts.Joining": "a try to join by an invitation, read by `accounts.invitations` for its own limits alone",
    "school.Restriction": "read on the page of its child by whoever sees the child's guardians",
    "records.RetentionChoice": "a school's period for a kind of record; says who chose it and holds no child",
    "records.RetentionItem": "the lines of a retention run, shown on the run's own page",
    "consents.SafetyOverride": "why somebody acted without consent: read by the act that it allows, and on the trail",
    "files.SealedFile": "a paper is opened by whoever may open the record it belongs to: `files` asks that record's app",
    "content.Picture": "pictures of public pages; the uploader is Wagtail's note, and private files are `files.SealedFile`",
    "content.GuidancePage": "a public page; the owner is Wagtail's note of who wrote it",
    "content.HelpNowPage": "a public page",
    "content.HomePage": "a public page",
    "content.StandardPage": "a public page",
    "training.TrainingIndexPage": "a public page",
    "training.CoursePage": "a public page",
    "training.LessonPage": "a page whose view asks for the capability to learn",
    "parents.ParentsIndexPage": "a public page",
    "parents.ArticlePage": "a public page",
}
"""Models that concern a person and have no `visible_to`, each with the reason why not."""


def concerned() -> list[type[models.Model]]:
    """Ours that hold a relation to a child, a guardian or a login, in themselves or through the record they belong to."""
    own = [model for model in apps.get_models() if model.__module__.split(".")[0] in OURS]
    direct = {model for model in own if _points_at(model, CONCERNS)} | {apps.get_model(label) for label in CONCERNS}
    # One step further: a line of a record that concerns somebody, such as a step of an emergency protocol.
    return sorted(
        {m for m in own if m in direct or _belongs_to(m, direct)},
        key=lambda model: model._meta.label,
    )


def _points_at(model: type[models.Model], labels: set[str]) -> bool:
    return any(
        field.is_relation
        and not field.auto_created
        and getattr(field.related_model, "_meta", None)
        and field.related_model._meta.label in labels
        for field in model._meta.get_fields()
    )


def _belongs_to(model: type[models.Model], direct: set[type[models.Model]]) -> bool:
    """Only of records about children: everything hangs on somebody sooner or later."""
    children = {m for m in direct if _points_at(m, {"school.Student"})}
    return any(
        field.many_to_one and not field.auto_created and field.related_model in children
        for field in model._meta.get_fields()
    )


@pytest.mark.parametrize("model", concerned(), ids=lambda model: model._meta.label)
def test_it_asks_who_is_reading_or_says_why_not(model):
    label = model._meta.label
    asks = hasattr(model._default_manager.all(), "visible_to")
    assert asks or label in EXCEPTIONS, f"{label} concerns a person: give its queryset a visible_to, or a reason here"
    assert not (asks and label in EXCEPTIONS), f"{label} has a visible_to: remove its exception"


def test_no_exception_is_left_over():
    assert set(EXCEPTIONS) <= {model._meta.label for model in concerned()}


@pytest.fixture
def world(db) -> World:
    return build_world()


def test_nobody_sees_a_record_of_another_school_by_any_of_them(world):
    """Whatever there is of the other school is in nobody's querysets: asked for every model and every role."""
    there = {
        Student: [world.foreign_student.pk],
        SchoolClass: [world.foreign_class.pk],
        Enrolment: list(Enrolment.objects.filter(student=world.foreign_student).values_list("pk", flat=True)),
    }
    for role, person in world.people.items():
        for model, keys in there.items():
            assert keys
            assert not model.objects.visible_to(person).filter(pk__in=keys).exists(), (role, model)


@pytest.mark.parametrize("role", Role)
def test_every_queryset_can_be_asked_by_every_role(world, role):
    person = world.people[role]
    for model in concerned():
        rows = model._default_manager.all()
        if hasattr(rows, "visible_to"):
            assert rows.visible_to(person).count() >= 0, model


def test_guardians_are_seen_by_whoever_may_reach_them_and_by_themselves(world):
    sees = {role: Guardianship.objects.visible_to(person).exists() for role, person in world.people.items()}
    reach_them = {Role.PRINCIPAL, Role.DEPUTY, Role.COUNSELOR, Role.HOMEROOM, Role.ADMINISTRATOR, Role.GUARDIAN}
    assert {role for role, yes in sees.items() if yes} == reach_them
    for role, person in world.people.items():
        assert Guardian.objects.visible_to(person).filter(pk=world.guardian.pk).exists() == (role in reach_them)


def test_a_guardian_whom_a_court_keeps_away_sees_no_tie(world):
    guardian = world.people[Role.GUARDIAN]
    Guardianship.objects.update(restricted=True)
    assert not Guardianship.objects.visible_to(guardian).exists()
    assert not Enrolment.objects.visible_to(guardian).exists()


def test_duties_are_seen_by_their_holder_and_by_those_who_give_or_account_for_them(world):
    for role, person in world.people.items():
        seen = Appointment.objects.visible_to(person)
        assert seen.filter(user=person).exists()
        everybodys = seen.exclude(user=person).exists()
        assert everybodys == (role in {Role.PRINCIPAL, Role.ADMINISTRATOR}), role
