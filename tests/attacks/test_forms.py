"""Mass assignment: no form has a field that nobody should set. That posting one changes nothing is held by the matrix
against every form (`assignment`)."""

import importlib
import pkgutil

import pytest
from django import forms
from django.apps import apps
from django.urls import reverse

from tests.attacks.assignment import EXTRA
from tests.attacks.sources import sources
from tests.factories.accounts import person_with
from tests.factories.school import SchoolClassFactory
from xinqiao.accounts.enums import Role
from xinqiao.accounts.groups import ensure_groups, sync_groups

OWN = ("xinqiao", "tasks", "content", "training", "parents", "screening")
NEVER = {*EXTRA, "user", "owner_type", "state", "version_of", "key_id", "sealed", "audit"} - {
    "code",
    "path",
    "password",
    "is_active",
    "digest",
}


TAKEN_OUT = {"PersonEditForm": {"is_superuser"}}
"""Declared because Wagtail's form looks for it, and removed when it is made: see the last test."""


def our_forms() -> list[type[forms.BaseForm]]:
    for config in apps.get_app_configs():
        if config.name.split(".")[0] in OWN:
            for info in pkgutil.walk_packages(config.module.__path__, f"{config.name}."):
                if (
                    "migrations" not in info.name
                    and "management" not in info.name
                    and not info.name.endswith("_program")
                ):
                    importlib.import_module(info.name)
    found, waiting = set(), [forms.BaseForm]
    while waiting:
        for sub in waiting.pop().__subclasses__():
            if sub not in found:
                found.add(sub)
                waiting.append(sub)
    return sorted((each for each in found if each.__module__.split(".")[0] in OWN), key=lambda each: each.__qualname__)


def test_no_form_of_ours_takes_every_column_of_its_table():
    for path, text in sources():
        assert '"__all__"' not in text or "fields" not in text.split('"__all__"')[0][-40:], path


@pytest.mark.parametrize("form", our_forms(), ids=lambda form: form.__qualname__)
def test_a_form_has_no_field_that_nobody_may_set(form):
    named = set(getattr(form, "base_fields", {})) - TAKEN_OUT.get(form.__name__, set())
    if issubclass(form, forms.ModelForm):
        assert not named & NEVER, named & NEVER
    assert not named & {"is_superuser", "is_staff", "user_permissions", "made_by", "school_id", "student_id"}


@pytest.mark.django_db
def test_no_administrator_makes_somebody_more_than_a_person(client):
    ensure_groups()
    school_class = SchoolClassFactory()
    admin = person_with(Role.ADMINISTRATOR, school=school_class.grade.school)
    other = person_with(Role.TEACHER, school_class=school_class)
    sync_groups(admin)
    client.force_login(admin)
    for person in (admin, other):
        given = {"username": person.username, "display_name": "名", "is_active": "on", **EXTRA, "groups": "1"}
        client.post(reverse("wagtailusers_users:edit", args=[person.pk]), {**given, "is_active": "on"})
        person.refresh_from_db()
        assert person.display_name == "名" or person == admin
        assert not person.is_superuser
        assert not person.is_staff
        assert not person.user_permissions.exists()
        assert person.check_password(EXTRA["password"]) is False
    groups = set(other.groups.all())
    sync_groups(other)
    assert set(other.groups.all()) == groups
