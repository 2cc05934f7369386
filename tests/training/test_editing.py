"""The training manager writes courses, lessons and questions in Wagtail, and is told what does not fit."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from tests.factories.school import SchoolFactory
from tests.factories.training import (
    certified,
    course_with,
    enrolled,
    lesson_of,
    question_of,
    trainer_of,
    training_index,
)
from training.models import CoursePage, LessonPage, Question
from training.question_form import check_options
from xinqiao.accounts.groups import ensure_groups, sync_groups

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    training_index()
    ensure_groups()
    trainer = trainer_of(SchoolFactory())
    sync_groups(trainer)
    client.force_login(trainer)
    return client


def course_form(course: CoursePage, **changes) -> dict:
    form = {
        name: getattr(course, name)
        for name in [
            "title",
            "summary",
            "audience",
            "slug",
            "due_rule",
            "due_days",
            "questions_drawn",
            "pass_mark",
            "quiz_minutes",
            "attempts_a_day",
            "pause_minutes",
            "validity_months",
            "renewal_days",
        ]
    }
    nothing = inline_formset([])
    extra = nested_form_data({"comments": nothing})
    return {**form, **extra, "bank": course.bank_id, "description": "null", "search_description": "", **changes}


def save(client, page: Page, form: dict):
    return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form)


def test_a_course_is_saved_with_its_quiz_settings(editor):
    course = course_with()
    answer = save(editor, course, course_form(course, pass_mark=90))
    assert answer.status_code == 302
    assert CoursePage.objects.get(pk=course.pk).get_latest_revision_as_object().pass_mark == 90


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"questions_drawn": 40}, "questions_drawn", "题库里使用中的题只有 12 道"),
        ({"due_rule": "fixed_date", "due_date": ""}, "due_date", "请填写课程的截止日期"),
        ({"pass_mark": 101}, "pass_mark", "100"),
    ],
)
def test_what_does_not_fit_is_said_in_words(editor, changes, field, words):
    course = course_with()
    answer = save(editor, course, course_form(course, **changes))
    assert words in str(answer.context["form"].errors[field])


def test_no_course_may_take_an_address_of_the_training_pages(editor):
    course = course_with()
    course.slug = "completion"
    with pytest.raises(ValidationError):
        course.full_clean()


@pytest.mark.parametrize(
    ("kind", "right", "total", "fits"),
    [
        ("single", 1, 3, True),
        ("single", 0, 3, False),
        ("single", 2, 3, False),
        ("multiple", 2, 3, True),
        ("multiple", 3, 3, True),
        ("multiple", 0, 3, False),
        ("true_false", 1, 2, True),
        ("true_false", 1, 3, False),
    ],
)
def test_options_fit_their_kind_of_question(kind, right, total, fits):
    if fits:
        check_options(kind, right=right, total=total)
        return
    with pytest.raises(ValidationError):
        check_options(kind, right=right, total=total)


def question_form(question: Question, *correct: bool) -> dict:
    options = [
        {"id": option.pk, "text": option.text, "feedback": "", "ORDER": number, **({"correct": "on"} if yes else {})}
        for number, (option, yes) in enumerate(zip(question.options.all(), correct, strict=True), 1)
    ]
    form = {"kind": question.kind, "text": question.text, "reason": question.reason, "bank": question.bank_id}
    formset = inline_formset(options, initial=len(options), min=2, max=8)
    return {**form, "lesson": "", "section": "", "active": "on", **nested_form_data({"options": formset})}


def test_a_question_is_checked_as_it_stands_on_the_page(editor):
    question = question_of(course_with().bank)
    url = reverse("wagtailsnippets_training_question:edit", args=[question.pk])
    refused = editor.post(url, question_form(question, False, False, False))
    assert "请至少把一个选项标为正确" in refused.content.decode()
    assert editor.post(url, question_form(question, False, True, False)).status_code == 302
    question = Question.objects.get(pk=question.pk)
    assert ([option.correct for option in question.options.all()], question.version) == ([False, True, False], 2)


def test_a_preview_shows_the_course_as_a_learner_finds_it(editor):
    course = course_with()
    response = course.make_preview_request(preview_mode="")
    assert response.status_code == 200
    assert course.lessons[0].title in response.content.decode()


def test_a_preview_of_a_lesson_shows_all_its_sections(editor):
    lesson = LessonPage.objects.get(pk=lesson_of(course_with(lessons=0), sections=3).pk)
    words = lesson.make_preview_request(preview_mode="").content.decode()
    assert all(f"小节{number}" in words for number in (1, 2, 3))


def test_a_new_course_can_be_previewed_before_it_is_saved():
    course = CoursePage(title="新课程", slug="new", summary="两句话", audience="全体")
    course.path, course.depth = training_index().path + "0099", training_index().depth + 1
    assert course.make_preview_request(preview_mode="").status_code == 200


def test_the_start_page_can_be_previewed():
    course = course_with()
    assert course.title in training_index().make_preview_request(preview_mode="").content.decode()


def test_a_page_that_somebody_learned_on_is_kept(editor):
    lesson = certified(course_with(lessons=1)).course.lessons[0]
    answer = editor.post(reverse("wagtailadmin_pages:delete", args=[lesson.pk]), follow=True)
    assert "请取消发布" in answer.content.decode()
    assert LessonPage.objects.filter(pk=lesson.pk).exists()


def test_a_course_that_nobody_took_may_be_deleted(editor):
    course = course_with(lessons=0)
    enrolled(course_with())
    editor.post(reverse("wagtailadmin_pages:delete", args=[course.pk]))
    assert not CoursePage.objects.filter(pk=course.pk).exists()
