"""Nothing that leads to a child is forgotten: each such model is in a part, or stands here with its reason."""

import pytest
from django.apps import apps
from django.db import models

from tests.factories.records import a_known_child
from xinqiao.crypto.fields import EncryptedTextField
from xinqiao.records.parts import NOBODY, Erasing, Fact, Part, covered, facts, parts, register
from xinqiao.records.retention import CLASSES
from xinqiao.school.models import Guardian, Student

NOT_PART_OF_THE_FILE = {
    "records.Erasure": "the proof of an erasure; whom it was about is encrypted and goes with the law's last day",
    "records.Hold": "why nothing was erased; kept as the proof of that",
    "records.RetentionItem": "which part was due and erased; a key and a date",
}


def belongs_to_a_child() -> set[str]:
    """Every model with a way of foreign keys to a child, the guardian's own row among them."""
    found: set[type[models.Model]] = {Student, Guardian}
    while True:
        more = {
            model
            for model in apps.get_models(include_auto_created=True)
            if model not in found
            and any(
                (field.is_relation and field.many_to_one) or (field.one_to_one and field.concrete)
                for field in model._meta.get_fields()
                if getattr(field, "concrete", False) and field.related_model in found
            )
        }
        if not more:
            return {model._meta.label for model in found}
        found |= more


def test_every_model_that_leads_to_a_child_is_in_a_part_or_says_why_not():
    forgotten = belongs_to_a_child() - covered() - set(NOT_PART_OF_THE_FILE)
    assert not forgotten, f"in which part of the child's file do these belong? {sorted(forgotten)}"


def test_no_part_covers_a_model_that_is_gone_and_no_reason_is_left_over():
    known = {model._meta.label for model in apps.get_models()}
    assert covered() <= known
    assert set(NOT_PART_OF_THE_FILE) <= belongs_to_a_child()


def test_each_part_names_a_class_and_each_class_is_used():
    assert {part.keeping for part in parts()} == set(CLASSES)
    assert len({part.key for part in parts()}) == len(parts())


def test_a_key_is_registered_once():
    with pytest.raises(ValueError):
        register(parts()[0])
    first = parts()[0]
    with pytest.raises(ValueError):
        register(Part(**{**{f: getattr(first, f) for f in first.__dataclass_fields__}, "key": "x", "keeping": "?"}))


def test_lines_without_a_value_are_left_out():
    assert facts(("a", "A", ""), ("b", "B", None), ("c", "C", 0)) == [Fact("c", "C", "0")]


@pytest.mark.django_db
def test_everything_that_is_encrypted_about_a_child_stands_in_the_file():
    """Whatever a part does not read would be missing in a guardian's copy of the law's right."""
    known = a_known_child()
    read = " ".join(fact.value for part in parts() for entry in part.read(known.student) for fact in entry.facts)
    for label in sorted(covered()):
        model = apps.get_model(label)
        texts = [f.name for f in model._meta.local_concrete_fields if isinstance(f, EncryptedTextField)]
        for row in model.objects.all() if texts else ():
            for name in texts:
                text = getattr(row, name)
                # A key of a paper and its sum are no story; what is frozen of a letter is JSON.
                if text and name not in {"data_key", "sha256", "facts", "removed_because", "identity_index"}:
                    assert text in read, f"{label}.{name} is not read"


@pytest.mark.django_db
def test_every_part_counts_what_it_reads():
    known = a_known_child()
    empty = known.people.child()
    for part in parts():
        if part.read(known.student):
            assert sum(number for _label, number in part.count(known.student)), part.key
        if part.key != "directory":
            assert part.read(empty) == [], part.key
            assert not sum(number for _label, number in part.count(empty)), part.key


@pytest.mark.django_db
def test_a_child_at_the_school_passes_what_is_emptied_on_to_nobody():
    known = a_known_child()
    erasing = Erasing(student=known.student, whole=False, reference="D1")
    assert erasing.onto is erasing.onto
    assert (erasing.onto.name, erasing.onto.current_class) == (NOBODY, None)
    assert Erasing(student=known.student, whole=True, reference="D2").onto == known.student
