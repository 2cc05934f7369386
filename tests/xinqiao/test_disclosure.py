"""Small counts stay hidden, also from somebody who adds and subtracts what is shown."""

from hypothesis import given
from hypothesis import strategies as st

from xinqiao.disclosure import SMALLEST, alone, suppressed

ROWS = st.dictionaries(st.text(max_size=2), st.integers(0, 30), min_size=1, max_size=6)


def bounds(shown) -> dict[str, tuple[float, float]]:
    """What can be known of each hidden cell from the cells and the total that are shown."""
    hidden = [key for key, count in shown.cells.items() if count is None]
    if shown.total is None:
        return dict.fromkeys(hidden, (0, float("inf")))
    rest = shown.total - sum(count for count in shown.cells.values() if count is not None)
    return dict.fromkeys(hidden, (rest if len(hidden) == 1 else 0, rest))


@given(ROWS)
def test_no_small_count_is_shown(row):
    shown = suppressed(row)
    assert all(count is None or count >= SMALLEST for count in shown.cells.values())
    assert shown.total is None or shown.total >= SMALLEST


@given(ROWS)
def test_no_hidden_count_can_be_worked_out(row):
    assert all(high - low >= SMALLEST for low, high in bounds(suppressed(row)).values())


@given(ROWS)
def test_what_is_shown_is_true(row):
    shown = suppressed(row)
    assert all(count is None or count == row[key] for key, count in shown.cells.items())
    assert shown.total in {None, sum(row.values())}


@given(st.dictionaries(st.text(max_size=2), st.integers(SMALLEST, 30), min_size=1, max_size=6))
def test_a_row_of_large_counts_hides_nothing(row):
    assert not suppressed(row).hides


def test_a_second_count_is_hidden_with_a_single_small_one():
    shown = suppressed({"high": 2, "priority": 6, "general": 19})
    assert shown.cells == {"high": None, "priority": None, "general": 19}
    assert shown.total == 27


def test_a_count_by_itself_is_hidden_when_small():
    assert (alone(4), alone(5)) == (None, 5)
