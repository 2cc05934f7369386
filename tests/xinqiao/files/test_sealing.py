"""A sealed content opens for its own row, whole and in order, and for nothing else."""

import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinqiao.files.errors import ContentBroken
from xinqiao.files.sealing import PIECE, new_key, seal, unseal

_MAGIC, _TAG = 4, 16


def sealed(content: bytes, key: bytes, row: object = 1) -> bytes:
    out = io.BytesIO()
    seal([content], out, key=key, row=row)
    return out.getvalue()


def opened(stored: bytes, key: bytes, row: object = 1) -> bytes:
    return b"".join(unseal(io.BytesIO(stored), key=key, row=row))


@given(size=st.sampled_from([0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 7]), cut=st.integers(1, 90_000))
@settings(max_examples=30, deadline=None)
def test_what_was_sealed_in_any_pieces_opens_to_the_same(size, cut):
    content = bytes(range(256)) * (size // 256 + 1)
    content, key, out = content[:size], new_key(), io.BytesIO()
    assert seal((content[at : at + cut] for at in range(0, size, cut)), out, key=key, row=1) == size
    assert opened(out.getvalue(), key) == content


def test_it_opens_for_no_other_row_and_with_no_other_key():
    key = new_key()
    stored = sealed(b"story", key, row="a")
    with pytest.raises(ContentBroken):
        opened(stored, key, row="b")
    with pytest.raises(ContentBroken):
        opened(stored, new_key(), row="a")


def test_pieces_cannot_be_left_out_swapped_added_or_changed():
    key = new_key()
    whole = sealed(b"a" * PIECE + b"b" * PIECE + b"c", key)
    length = PIECE + _TAG
    head, pieces = whole[:_MAGIC], [whole[_MAGIC + at : _MAGIC + at + length] for at in range(0, len(whole), length)]
    broken = {
        "the last is missing": head + pieces[0] + pieces[1],
        "only the first": head + pieces[0],
        "the middle is missing": head + pieces[0] + pieces[2],
        "swapped": head + pieces[1] + pieces[0] + pieces[2],
        "twice": head + pieces[0] + pieces[0] + pieces[1] + pieces[2],
        "another behind": whole + pieces[2],
        "a bit is changed": whole[:100] + bytes([whole[100] ^ 1]) + whole[101:],
        "cut in a piece": whole[:-1],
        "nothing": b"",
        "only the head": head,
        "not sealed": b"%PDF-1.7 something",
    }
    for what, stored in broken.items():
        assert not _opens(stored, key), what


def _opens(stored: bytes, key: bytes) -> bool:
    try:
        opened(stored, key)
    except ContentBroken:
        return False
    return True


def test_of_two_contents_of_one_row_no_third_can_be_made():
    first, second = new_key(), new_key()
    one, two = sealed(b"a" * PIECE + b"b", first), sealed(b"c" * PIECE + b"d", second)
    with pytest.raises(ContentBroken):
        opened(one[: _MAGIC + PIECE + _TAG] + two[_MAGIC + PIECE + _TAG :], first)


def test_memory_does_not_grow_with_the_file(tmp_path):
    key, path = new_key(), tmp_path / "sealed"
    tracemalloc.start()
    with path.open("wb") as out:
        seal((b"x" * 10_000 for _ in range(2_000)), out, key=key, row=1)
    with path.open("rb") as stored:
        size = sum(len(piece) for piece in unseal(stored, key=key, row=1))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == 20_000_000
    assert peak < 2_000_000
