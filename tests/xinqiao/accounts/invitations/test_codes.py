"""Codes: readable, read as typed, and kept so that the database gives none back."""

import math
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from xinqiao.accounts.invitations.codes import ALPHABET, LENGTH, mark, marks, new_code, normal_code, shown

codes = st.text(alphabet=ALPHABET, min_size=LENGTH, max_size=LENGTH)


def test_a_code_has_sixty_bits_and_no_sign_that_looks_like_another():
    assert LENGTH * math.log2(len(ALPHABET)) >= 60
    assert len(set(ALPHABET)) == len(ALPHABET)
    assert not set("01IO") & set(ALPHABET)
    assert len({new_code() for _each in range(200)}) == 200


def _wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


@given(codes, st.sampled_from([" ", "-", "－", " - ", "　", ""]), st.booleans(), st.booleans())
def test_a_code_is_read_however_it_is_typed(code, between, small, wide):
    typed = between.join([code[:4], code[4:8], code[8:]])
    typed = typed.lower() if small else typed
    typed = _wide(typed) if wide else typed
    assert normal_code(f" {typed}\n") == code
    assert normal_code(shown(code)) == code


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_code_or_nothing(typed):
    found = normal_code(typed)
    assert found == "" or (len(found) == LENGTH and set(found) <= set(ALPHABET))
    if found:
        assert found in "".join(filter(str.isalnum, unicodedata.normalize("NFKC", typed).upper()))


@given(codes, codes)
def test_two_codes_have_two_marks_and_a_mark_does_not_show_its_code(first, second):
    assert (mark(first) == mark(second)) == (first == second)
    assert mark(first) in marks(first)
    assert first.lower() not in mark(first)
