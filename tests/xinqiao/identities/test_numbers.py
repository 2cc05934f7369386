"""What an identity number must be like, and what of it may be seen."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.identities.numbers import check_number, masked, normal_number


def number(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


@pytest.mark.parametrize(
    "given_number",
    [
        "11010519491231002X",
        "G11010519491231002X",
        "11010519491231002x",
        "110105 1949 1231 002X",
        "１１０１０５１９４９１２３１００２Ｘ",
    ],
)
def test_a_right_number_is_taken_in_any_writing(given_number):
    assert check_number(given_number) in {"11010519491231002X", "G11010519491231002X"}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("", "form"),
        ("1101051949123100", "form"),
        ("110105194912310021", "sum"),
        ("11010519491321002X", "sum"),
        (number("11010519491331002"), "day"),
        (number("11010529991231002"), "day"),
        ("=cmd|'/C calc'!A0", "form"),
        ("1" * 5000, "form"),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "form"),
    ],
)
def test_a_wrong_one_is_refused_without_being_repeated(wrong, code):
    with pytest.raises(ValidationError) as refused:
        check_number(wrong)
    assert refused.value.code == code
    assert not wrong or wrong not in str(refused.value)


def test_another_birthday_than_the_childs_is_refused():
    assert check_number(number("11010520160301003"), datetime.date(2016, 3, 1))
    with pytest.raises(ValidationError) as refused:
        check_number(number("11010520160301003"), datetime.date(2016, 3, 2))
    assert refused.value.code == "birthday"


@given(st.integers(10**16, 10**17 - 1), st.integers(0, 16), st.integers(1, 9))
def test_any_single_wrong_figure_is_found(body, place, by):
    right = number(str(body))
    wrong = right[:place] + str((int(right[place]) + by) % 10) + right[place + 1 :]
    with pytest.raises(ValidationError) as refused:
        check_number(wrong)
    assert refused.value.code == "sum"


def test_of_a_masked_number_two_figures_are_seen():
    assert masked("11010519491231002X") == "•" * 16 + "2X"
    assert masked("") == ""
    assert normal_number(" 1１ x·") == "11X"
