"""Courses with lessons and a question bank, people on their way through them, and certificates."""

from __future__ import annotations

import datetime
import itertools
import random
from typing import Any

from wagtail.models import Page, Site

from content.models import HomePage
from tests.factories.accounts import person_with
from tests.factories.school import SchoolFactory
from training.enrol import enrol
from training.enums import QuestionKind
from training.learn import finish_lesson
from training.models import (
    Certificate,
    CourseEnrolment,
    CoursePage,
    LessonPage,
    Option,
    Question,
    QuestionBank,
    QuizAttempt,
    TrainingIndexPage,
)
from training.quiz import start_attempt, submit_attempt
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import User
from xinqiao.school.models import School

_numbers = itertools.count(1)


def training_index() -> TrainingIndexPage:
    """The page at /training/, below a home page."""
    existing = TrainingIndexPage.objects.first()
    if existing is not None:
        return existing
    home = HomePage.objects.first()
    if home is None:
        home = HomePage(title="首页", slug="home-of-training")
        Page.get_first_root_node().add_child(instance=home)
        Site.objects.filter(is_default_site=True).update(root_page=home)
        Site.clear_site_root_paths_cache()
    index = TrainingIndexPage(title="教师培训", slug="training", introduction="十分钟一步。", show_in_menus=True)
    home.add_child(instance=index)
    return index


def section(title: str = "看见变化") -> dict[str, Any]:
    options = [("告诉心理老师", True), ("再等一个学期", False)]
    check = {
        "question": "先做什么？",
        "options": [{"text": text, "correct": right, "reason": "因为变化最要紧。"} for text, right in options],
    }
    return {"title": title, "body": [("text", "<p>和他自己从前比。</p>"), ("check", check)]}


def lesson_of(course: CoursePage, *, sections: int = 3, **fields: Any) -> LessonPage:
    number = next(_numbers)
    fields = {"title": f"第{number}课", "slug": f"lesson-{number}", "minutes": 10, **fields}
    lesson = LessonPage(sections=[("section", section(f"小节{n}")) for n in range(1, sections + 1)], **fields)
    course.add_child(instance=lesson)
    course.__dict__.pop("lessons", None)
    return lesson


def question_of(
    bank: QuestionBank, *, kind: str = QuestionKind.SINGLE, right: int = 1, options: int = 3, **fields: Any
) -> Question:
    number = next(_numbers)
    question = Question(bank=bank, kind=kind, **{"text": f"题目{number}", "reason": f"理由{number}", **fields})
    question.options = [
        Option(text=f"选项{n}", correct=n < right, feedback="" if n < right else f"提示{n}", sort_order=n)
        for n in range(options)
    ]
    question.save()
    return question


def course_with(*, lessons: int = 2, questions: int = 12, sections: int = 3, **fields: Any) -> CoursePage:
    """A published course with its lessons and its own bank, in which every fourth question has two right options."""
    number = next(_numbers)
    bank = QuestionBank.objects.create(name=f"题库{number}")
    fields = {
        "title": f"识别与应对{number}",
        "slug": f"course-{number}",
        "summary": "两句话。",
        "audience": "全校教师",
        **fields,
    }
    course = CoursePage(bank=bank, **fields)
    training_index().add_child(instance=course)
    made = [lesson_of(course, sections=sections) for _each in range(lessons)]
    for each in range(questions):
        several = each % 4 == 3
        kind = QuestionKind.MULTIPLE if several else QuestionKind.SINGLE
        lesson = made[each % len(made)] if made else None
        question_of(bank, kind=kind, right=2 if several else 1, lesson=lesson, section=2)
    return course


def learner(school: School | None = None, **user: Any) -> User:
    return person_with(Role.COUNSELOR, school=school or SchoolFactory(), **user)


def trainer_of(school: School, **user: Any) -> User:
    return person_with(Role.TRAINER, school=school, **user)


def enrolled(course: CoursePage, person: User | None = None, *, today: datetime.date | None = None) -> CourseEnrolment:
    """The person (a new counselor) takes the course by themselves."""
    person = person or learner()
    return enrol(course=course, person=person, by=person, today=today)


def lessons_learned(enrolment: CourseEnrolment, now: datetime.datetime | None = None) -> CourseEnrolment:
    for lesson in enrolment.course.lessons:
        finish_lesson(person=enrolment.person, enrolment=enrolment, lesson=lesson, now=now)
    enrolment.refresh_from_db()
    return enrolment


def answers_of(attempt: QuizAttempt, *, wrong: int = 0) -> dict[str, list[str]]:
    """Answers to all questions, the first `wrong` of them wrong."""
    answers = {}
    for number, question in enumerate(attempt.questions):
        options = question["options"]
        if number < wrong:
            answers[question["key"]] = [next(option["key"] for option in options if not option["correct"])]
        else:
            answers[question["key"]] = [option["key"] for option in options if option["correct"]]
    return answers


def quiz_taken(enrolment: CourseEnrolment, *, wrong: int = 0, now: datetime.datetime | None = None) -> QuizAttempt:
    """One try, submitted."""
    attempt = start_attempt(person=enrolment.person, enrolment=enrolment, now=now, shuffle=random.Random(7))
    answers = answers_of(attempt, wrong=wrong)
    return submit_attempt(person=enrolment.person, attempt_id=attempt.pk, answers=answers, now=now)


def certified(
    course: CoursePage, person: User | None = None, *, now: datetime.datetime | None = None, **user: Any
) -> Certificate:
    """Somebody who has taken the course and passed; their certificate."""
    today = now.date() if now is not None else None
    enrolment = lessons_learned(enrolled(course, person or learner(**user), today=today), now)
    quiz_taken(enrolment, now=now)
    return Certificate.objects.get(enrolment=enrolment)
