"""The rule from answers to a suggested level, for every answer that a teacher could give."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.instruments.answers import AnswerError, asserted, from_codes, none_yet, pack, seen, to_codes, unpack
from screening.instruments.explain import explain
from screening.instruments.observation import DEFINITION
from screening.instruments.schema import parse
from screening.instruments.scoring import score
from screening.levels import DANGER, Suggestion

FORM = parse(DEFINITION)
CRITICAL = [at for at, item in enumerate(FORM.items) if item.critical]
ORDINARY = [at for at, item in enumerate(FORM.items) if not item.critical]


def answer_to(item):
    return st.one_of(st.none(), st.integers(0, len(FORM.options(item)) - 1))


answers = st.tuples(*map(answer_to, FORM.items))
many = settings(max_examples=200, deadline=None)


def with_signs(**signs):
    """The form as submitted: what is not named was not seen."""
    return asserted(from_codes(FORM, signs))


@many
@given(answers, st.sampled_from(CRITICAL), st.integers(1, 3))
def test_any_critical_sign_suggests_high_whatever_else_was_answered(given_, at, option):
    result = score(FORM, (*given_[:at], option, *given_[at + 1 :]))
    assert result.level == Suggestion.HIGH
    assert FORM.items[at].code in result.critical


@many
@given(answers)
def test_high_comes_from_a_critical_sign_only(given_):
    result = score(FORM, given_)
    assert (result.level == Suggestion.HIGH) == bool(result.critical)


@many
@given(answers)
def test_with_too_many_answers_missing_nobody_is_called_fine(given_):
    result = score(FORM, given_)
    if result.missing > FORM.max_missing:
        assert result.level not in {Suggestion.NONE, Suggestion.GENERAL}


@many
@given(answers, st.integers(0, len(FORM.items) - 1), st.integers(1, 3))
def test_seeing_more_never_makes_a_child_less_urgent(given_, at, option):
    """Of an item that was answered: an answer in place of none may turn "cannot say" into a plain result."""
    before = given_[at] or 0
    lower = (*given_[:at], before, *given_[at + 1 :])
    higher = (*given_[:at], max(before, option), *given_[at + 1 :])
    assert DANGER[score(FORM, higher).level] <= DANGER[score(FORM, lower).level]


@many
@given(answers)
def test_the_total_is_the_sum_of_the_domains_and_nothing_is_counted_twice(given_):
    result = score(FORM, given_)
    assert result.total == sum(result.domain_scores.values())
    assert result.total == sum(
        FORM.options(item)[answer].weight for item, answer in zip(FORM.items, given_, strict=True) if answer
    )


@many
@given(answers)
def test_answers_are_packed_one_byte_an_item_and_come_back_the_same(given_):
    packed = pack(given_)
    assert len(packed) == len(FORM.items)
    assert unpack(packed) == given_
    assert from_codes(FORM, to_codes(FORM, given_)) == given_


@many
@given(answers)
def test_what_was_seen_are_the_answers_above_not_seen(given_):
    assert seen(FORM, given_) == {code: option for code, option in to_codes(FORM, given_).items() if option}
    assert None not in asserted(given_)
    assert seen(FORM, asserted(given_)) == seen(FORM, given_)


@many
@given(answers)
def test_every_suggestion_can_be_explained(given_):
    assert explain(FORM, score(FORM, given_))


def test_missing_is_not_the_same_as_not_seen():
    assert score(FORM, none_yet(FORM)).level == Suggestion.UNKNOWN
    assert score(FORM, asserted(none_yet(FORM))).level == Suggestion.NONE


@pytest.mark.parametrize(
    ("signs", "level"),
    [
        ({}, Suggestion.NONE),
        ({"e1": 1}, Suggestion.GENERAL),
        ({"e1": 2, "e2": 2}, Suggestion.GENERAL),  # one domain at its cut
        ({"e1": 2, "e2": 2, "b1": 3, "b2": 1}, Suggestion.PRIORITY),  # two domains at their cuts
        ({"v2": 3, "s1": 3, "s2": 1}, Suggestion.PRIORITY),  # one heavy event counts as its domain's cut
        ({"e1": 3, "b1": 3, "c1": 3}, Suggestion.GENERAL),  # nine points, no domain at its cut
        ({"e1": 3, "b1": 3, "c1": 3, "s1": 1}, Suggestion.PRIORITY),  # ten points
        ({"e5": 1}, Suggestion.HIGH),
        ({"v5": 1}, Suggestion.HIGH),
    ],
)
def test_the_rule_by_examples_that_a_counselor_can_check_by_hand(signs, level):
    assert score(FORM, with_signs(**signs)).level == level


def test_few_missing_answers_do_not_hide_what_was_seen():
    given_ = list(with_signs(e1=1))
    for at in ORDINARY[-FORM.max_missing :]:
        given_[at] = None
    assert score(FORM, given_).level == Suggestion.GENERAL


def test_over_a_cut_missing_answers_change_nothing():
    assert score(FORM, from_codes(FORM, {"e1": 3, "e2": 3, "b1": 3, "b2": 3})).level == Suggestion.PRIORITY


@pytest.mark.parametrize("chosen", [{"zz": 1}, {"e1": 4}, {"e1": -1}])
def test_an_answer_that_the_form_does_not_have_is_refused(chosen):
    with pytest.raises(AnswerError):
        from_codes(FORM, chosen)
