"""The demo's course is product content: whole, consistent with itself, and safe to read."""

import re

import pytest
from wagtail.blocks import StreamValue

from training.demo import stream_of
from training.demo_texts.lessons import COURSE, LESSONS
from training.demo_texts.questions import QUESTIONS
from training.models import LessonPage, Option
from training.question_form import check_options

LESSON = {lesson["slug"]: lesson for lesson in LESSONS}
EVERYTHING = str((COURSE, LESSONS, QUESTIONS))


@pytest.mark.parametrize("slug", LESSON)
def test_each_lesson_is_what_the_editor_itself_would_accept(slug):
    block = LessonPage._meta.get_field("sections").stream_block
    value = block.to_python(stream_of(slug, LESSON[slug]["sections"]))
    cleaned = block.clean(value)
    assert isinstance(cleaned, StreamValue)
    assert "None" not in str(block.render(cleaned))


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_each_question_fits_its_kind_and_leads_back_to_a_step_that_exists(number):
    kind, slug, section, text, options, reason = QUESTIONS[number]
    check_options(kind, right=sum(right for _words, right, _feedback in options), total=len(options))
    assert 1 <= section <= len(LESSON[slug]["sections"])
    assert text
    assert reason
    longest = Option._meta.get_field("text").max_length
    assert all(len(words) <= longest and len(feedback) <= longest for words, _right, feedback in options)
    assert all(feedback for _words, right, feedback in options if not right), "a wrong choice is told why"


def test_no_question_is_asked_twice_and_there_are_more_than_one_quiz_draws():
    texts = [question[3] for question in QUESTIONS]
    assert len(set(texts)) == len(texts) > 10


def test_lessons_take_about_ten_minutes():
    assert len(LESSONS) == 3
    assert all(8 <= lesson["minutes"] <= 15 for lesson in LESSONS)


def test_the_hotlines_are_the_right_ones_and_no_other_number_is_given():
    assert set(re.findall(r"(?<!\d)1\d{2,4}(?!\d)", EVERYTHING)) - {"100"} <= {"12356", "12355", "110", "120"}
    assert "12356" in EVERYTHING


@pytest.mark.parametrize(
    "word", ["自杀", "跳楼", "割腕", "上吊", "服药", "遗书", "精神病", "神经病", "变态", "问题学生"]
)
def test_it_describes_no_method_and_puts_no_label_on_a_child(word):
    assert word not in EVERYTHING
