"""The demo's training: one course, its question bank, all staff enrolled, some certified. Made by the real functions."""

from __future__ import annotations

import datetime
import random
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Site

from training.completion import is_complete
from training.demo_texts.lessons import COURSE, LESSONS
from training.demo_texts.questions import QUESTIONS
from training.enrol import enrol
from training.learn import finish_lesson, keep_place
from training.models import (
    CourseEnrolment,
    CoursePage,
    LessonPage,
    Option,
    Question,
    QuestionBank,
    TrainingIndexPage,
)
from training.quiz import start_attempt, submit_attempt
from training.scoring import is_right
from xinqiao.accounts.groups import ensure_groups, sync_groups

BANK = "小学校园心理危机识别与应对"
NOT_STARTED = {"teacher"}
"""`teacher` is due in three days and has not begun: the reminder and the day on a phone start from here."""
UNTOUCHED = {"teacher", "homeroom", "trainer", "admin"}
CERTIFIED_SHARE, BEGUN_SHARE, FAILED_SHARE = 0.62, 0.2, 0.08
_ID_SPACE = uuid.UUID("6d1f2f6e-2c5b-4b0a-9a57-4e1d6a6f0c11")


@transaction.atomic
def load(demo: Any) -> None:
    """Make the course where there is none. Running it again changes nothing."""
    index = _index()
    # The page to which the training managers' rights belong exists only now.
    ensure_groups()
    sync_groups(demo.user("trainer"))
    if CoursePage.objects.child_of(index).filter(slug=COURSE["slug"]).exists():
        return
    course = _course(index, demo)
    _people(course, demo)


def _index() -> TrainingIndexPage:
    existing = TrainingIndexPage.objects.first()
    if existing is not None:
        return existing
    home: Page = Site.objects.get(is_default_site=True).root_page
    index = TrainingIndexPage(
        title="教师培训",
        slug="training",
        introduction="十分钟一步，手机上就能学，学到哪里都记得。通过测验，当场得到证书。",
        search_description="教师的心理危机识别与应对课程。",
        show_in_menus=True,
    )
    home.add_child(instance=index)
    return index


def _course(index: TrainingIndexPage, demo: Any) -> CoursePage:
    bank = QuestionBank.objects.create(name=BANK, note="测验每次抽十题；每题都写明理由，并指向课程中的一步。")
    course = CoursePage(
        **COURSE,
        bank=bank,
        due_days=21,
        questions_drawn=10,
        pass_mark=80,
        attempts_a_day=5,
        validity_months=12,
    )
    index.add_child(instance=course)
    lessons = {}
    for data in LESSONS:
        lesson = LessonPage(
            title=data["title"],
            slug=data["slug"],
            minutes=data["minutes"],
            goal=data["goal"],
            sections=stream_of(data["slug"], data["sections"]),
        )
        course.add_child(instance=lesson)
        lessons[lesson.slug] = lesson
    for page in (course, *lessons.values()):
        # A first revision, so that the editor's history begins with what was published.
        page.save_revision().publish(log_action=False)
    for kind, slug, section, text, options, reason in QUESTIONS:
        question = Question(bank=bank, kind=kind, text=text, reason=reason, lesson=lessons[slug], section=section)
        question.options = [
            Option(text=words, correct=right, feedback=feedback, sort_order=number)
            for number, (words, right, feedback) in enumerate(options)
        ]
        question.save()
    return CoursePage.objects.get(pk=course.pk)


def stream_of(slug: str, sections: list[tuple[str, list[tuple[str, Any]]]]) -> list[dict[str, Any]]:
    """The sections as StreamField data with ids that are the same at each load."""
    made = []
    for number, (title, blocks) in enumerate(sections, 1):
        body = []
        for place, (kind, value) in enumerate(blocks, 1):
            block_id = uuid.uuid5(_ID_SPACE, f"{slug}/{number}/{place}")
            body.append({"type": kind, "value": _value(kind, value, block_id), "id": str(block_id)})
        section_id = str(uuid.uuid5(_ID_SPACE, f"{slug}/{number}"))
        made.append({"type": "section", "id": section_id, "value": {"title": title, "body": body}})
    return made


def _value(kind: str, value: Any, block_id: uuid.UUID) -> Any:
    """Lists as Wagtail stores them: each entry with its type and its own id."""
    if kind == "text":
        return value
    return {
        name: [
            {"type": "item", "value": entry, "id": str(uuid.uuid5(block_id, f"{name}/{place}"))}
            for place, entry in enumerate(part)
        ]
        if isinstance(part, list)
        else part
        for name, part in value.items()
    }


def _people(course: CoursePage, demo: Any) -> None:
    """Everybody enrolled by the training manager; how far each is, drawn from the demo's own generator."""
    trainer = demo.user("trainer")
    generator = random.Random(demo.seed + 1)  # noqa: S311 - a repeatable demo, not a secret
    for person in demo.staff:
        name = person.username
        if name in NOT_STARTED:
            due = demo.today + datetime.timedelta(days=3)
            enrol(course=course, person=person, by=trainer, due=due, today=demo.today)
            continue
        if name in UNTOUCHED:
            enrol(course=course, person=person, by=trainer, today=demo.today - datetime.timedelta(days=6))
            continue
        days_ago = generator.randint(24, 75)
        lot = generator.random()
        begun_on = demo.today - datetime.timedelta(days=days_ago)
        if lot >= CERTIFIED_SHARE:
            begun_on = demo.today - datetime.timedelta(days=generator.randint(4, 26))
        enrolment = enrol(course=course, person=person, by=trainer, today=begun_on)
        if lot < CERTIFIED_SHARE:
            day = begun_on + datetime.timedelta(days=generator.randint(2, 20))
            _learn(enrolment, course, len(course.lessons), day)
            _take_quiz(enrolment, day, generator, wrong=generator.choice([0, 0, 1, 1, 2]))
        elif lot < CERTIFIED_SHARE + FAILED_SHARE:
            day = demo.today - datetime.timedelta(days=1)
            _learn(enrolment, course, len(course.lessons), day)
            _take_quiz(enrolment, day, generator, wrong=4)
        elif lot < CERTIFIED_SHARE + FAILED_SHARE + BEGUN_SHARE:
            day = begun_on + datetime.timedelta(days=1)
            _learn(enrolment, course, generator.randint(0, len(course.lessons) - 1), day)


def _learn(enrolment: CourseEnrolment, course: CoursePage, finished: int, day: datetime.date) -> None:
    """So many lessons done on a day, and the next one begun."""
    for number, lesson in enumerate(course.lessons):
        now = _moment(day, 12, number * 15)
        if number < finished:
            finish_lesson(person=enrolment.person, enrolment=enrolment, lesson=lesson, now=now)
        elif number == finished:
            keep_place(person=enrolment.person, enrolment=enrolment, lesson=lesson, index=1, now=now)


def _moment(day: datetime.date, hour: int, minute: int) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour, minute)))


def _take_quiz(enrolment: CourseEnrolment, day: datetime.date, generator: random.Random, *, wrong: int) -> None:
    """Answer a quiz at four in the afternoon of that day. Past certificates are not mailed again."""
    now = _moment(day, 16, generator.randint(0, 59))
    attempt = start_attempt(person=enrolment.person, enrolment=enrolment, now=now, shuffle=generator)
    missed = set(generator.sample(range(len(attempt.questions)), wrong))
    answers = {}
    for number, question in enumerate(attempt.questions):
        right = [option["key"] for option in question["options"] if option["correct"]]
        other = [option["key"] for option in question["options"] if not option["correct"]]
        answers[question["key"]] = other[:1] if number in missed else right
        if is_right(question, answers[question["key"]]) == (number in missed):
            raise ValueError("the demo answered another way than it meant to")
    submit_attempt(person=enrolment.person, attempt_id=attempt.pk, answers=answers, now=now, tell=False)
    enrolment.refresh_from_db()
    if is_complete(enrolment) != (wrong <= 2):
        raise ValueError("the demo's quiz came out another way than it was meant to")
