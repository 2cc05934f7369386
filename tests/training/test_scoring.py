"""Marking, as rules that hold for every quiz."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.scoring import admissible, is_right, mark, unanswered


@st.composite
def questions(draw):
    made = []
    for number in range(draw(st.integers(1, 12))):
        count = draw(st.integers(2, 5))
        kind = draw(st.sampled_from(["single", "multiple"]))
        right = draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=1 if kind == "single" else count))
        options = [{"key": f"{number}-{n}", "correct": n in right} for n in range(count)]
        made.append({"key": str(number), "kind": kind, "options": options})
    return made


@st.composite
def quizzes(draw):
    made = draw(questions())
    answers = {}
    for question in made:
        keys = [option["key"] for option in question["options"]]
        answers[question["key"]] = draw(st.lists(st.sampled_from(keys), unique=True))
    return made, answers


def right_answers(made):
    return {q["key"]: [option["key"] for option in q["options"] if option["correct"]] for q in made}


@given(questions(), st.integers(1, 100))
def test_all_right_is_a_hundred_and_always_passes(made, pass_mark):
    marked = mark(made, right_answers(made), pass_mark=pass_mark)
    assert (marked.score, marked.passed, marked.right) == (100, True, len(made))


@given(questions(), st.integers(1, 100))
def test_no_answer_is_zero_and_never_passes(made, pass_mark):
    marked = mark(made, {}, pass_mark=pass_mark)
    assert (marked.score, marked.passed) == (0, False)
    assert unanswered(made, {}) == list(range(1, len(made) + 1))


@given(quizzes(), st.integers(1, 100))
def test_the_score_is_the_share_of_right_ones_rounded_down(quiz, pass_mark):
    made, answers = quiz
    marked = mark(made, answers, pass_mark=pass_mark)
    assert marked.score * marked.total <= marked.right * 100 < (marked.score + 1) * marked.total
    assert marked.passed == (marked.right * 100 >= pass_mark * marked.total)


@given(quizzes())
def test_mending_one_answer_never_lowers_the_score(quiz):
    made, answers = quiz
    before = mark(made, answers, pass_mark=80).score
    for question in made:
        better = {**answers, question["key"]: right_answers([question])[question["key"]]}
        assert mark(made, better, pass_mark=80).score >= before


@given(quizzes())
def test_the_order_of_questions_and_choices_does_not_matter(quiz):
    made, answers = quiz
    turned = {key: list(reversed(chosen)) for key, chosen in answers.items()}
    assert mark(list(reversed(made)), turned, pass_mark=80).score == mark(made, answers, pass_mark=80).score


@given(questions())
def test_one_option_too_many_is_not_right(made):
    for question in made:
        everything = [option["key"] for option in question["options"]]
        assert is_right(question, everything) == all(option["correct"] for option in question["options"])


@given(quizzes(), st.lists(st.text(max_size=6)))
def test_what_a_question_does_not_offer_is_never_taken(quiz, junk):
    made, answers = quiz
    for question in made:
        taken = admissible(question, [*junk, *answers[question["key"]]])
        offered = [option["key"] for option in question["options"]]
        assert set(taken) <= set(offered)
        assert len(taken) <= (len(offered) if question["kind"] == "multiple" else 1)


def test_a_quiz_without_questions_is_not_marked():
    with pytest.raises(ValueError):
        mark([], {}, pass_mark=80)
