"""What the training manager finds first in the admin."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories.accounts import person_with
from tests.factories.school import SchoolFactory
from tests.factories.training import course_with, enrolled, trainer_of, training_index
from xinqiao.accounts.enums import Role
from xinqiao.accounts.groups import ensure_groups, sync_groups

pytestmark = pytest.mark.django_db
HOME = "/admin/"


def test_it_shows_each_course_who_is_late_and_the_ways_on(client):
    training_index()
    ensure_groups()
    school = SchoolFactory()
    course = course_with()
    enrolled(course, person_with(Role.TEACHER, school=school), today=timezone.localdate() - datetime.timedelta(days=60))
    trainer = trainer_of(school)
    sync_groups(trainer)
    client.force_login(trainer)
    page = client.get(HOME).text
    assert course.title in page
    assert "1 人逾期" in page
    for way in (
        reverse("wagtailadmin_pages:edit", args=[course.pk]),
        reverse("training:assign"),
        f"{reverse('training:completion')}?course={course.pk}",
        "/admin/snippets/training/question/add/",
    ):
        assert f'href="{way}"' in page
        assert client.get(way).status_code == 200


def test_an_editor_does_not_meet_it(client):
    training_index()
    ensure_groups()
    editor = person_with(Role.EDITOR, school=SchoolFactory())
    sync_groups(editor)
    client.force_login(editor)
    assert "training-home" not in client.get(HOME).text
