"""Small counts stay hidden, also from somebody who adds and subtracts all that is shown, today's and earlier."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from xinqiao.disclosure import SMALLEST, ShownTable, alone, suppressed, suppressed_table, told_after

LISTS = st.dictionaries(st.text(max_size=2), st.integers(0, 30), min_size=1, max_size=6)
COUNTS = st.one_of(st.integers(0, 6), st.integers(0, 40))


@st.composite
def tables(draw, most=4):
    rows, columns = draw(st.integers(1, most)), draw(st.integers(1, most))
    return {row: {column: draw(COUNTS) for column in range(columns)} for row in range(rows)}


class Attacker:
    """Knows every count that was published, that each sum is the sum of its parts, and that no count is below nothing."""

    def __init__(self, shown: ShownTable) -> None:
        self.values = shown.values()
        self.keys = list(self.values)
        self.at = {key: number for number, key in enumerate(self.keys)}
        sums = []
        for row in shown.rows:
            sums.append((("row", row), [("cell", row, column) for column in shown.columns]))
        for column in shown.columns:
            sums.append((("column", column), [("cell", row, column) for row in shown.rows]))
        sums.append((("total",), [("row", row) for row in shown.rows]))
        sums.append((("total",), [("column", column) for column in shown.columns]))
        self.equal = np.zeros((len(sums), len(self.keys)))
        for line, (whole, parts) in enumerate(sums):
            self.equal[line, self.at[whole]] = -1
            for part in parts:
                self.equal[line, self.at[part]] += 1

    def narrowest(self) -> float:
        """The width of the interval in which the best known hidden count lies."""
        bounds = [(0, None) if value is None else (value, value) for value in self.values.values()]
        widths = [float("inf")]
        for key, value in self.values.items():
            if value is None:
                widths.append(self._solve(key, bounds, -1) - self._solve(key, bounds, 1))
        return min(widths)

    def _solve(self, key, bounds, sign) -> float:
        cost = np.zeros(len(self.keys))
        cost[self.at[key]] = sign
        found = linprog(cost, A_eq=self.equal, b_eq=np.zeros(len(self.equal)), bounds=bounds, method="highs")
        if found.status == 3:
            return float("inf")
        assert found.status == 0
        return abs(round(found.fun, 6))


def as_table(row: dict) -> ShownTable:
    """A list with its sum as a table of one row whose columns nobody sums: the sums are the cells themselves."""
    shown = suppressed(row)
    return ShownTable(
        {(0, key): value for key, value in shown.cells.items()}, {0: shown.total}, dict(shown.cells), shown.total
    )


@given(LISTS)
def test_no_small_count_of_a_list_is_shown(row):
    shown = suppressed(row)
    assert all(count is None or count >= SMALLEST for count in shown.cells.values())
    assert shown.total is None or shown.total >= SMALLEST


@given(LISTS)
@settings(max_examples=60, deadline=None)
def test_no_hidden_count_of_a_list_is_known_within_five(row):
    assert Attacker(as_table(row)).narrowest() >= SMALLEST


@given(tables())
@settings(max_examples=120, deadline=None)
def test_no_hidden_count_of_a_table_is_known_within_five(counts):
    shown = suppressed_table(counts)
    assert all(value is None or value >= SMALLEST for value in shown.values().values())
    assert Attacker(shown).narrowest() >= SMALLEST


@given(tables())
def test_what_is_shown_of_a_table_is_true(counts):
    shown = suppressed_table(counts)
    for (row, column), value in shown.cells.items():
        assert value in {None, counts[row][column]}
    for row, value in shown.rows.items():
        assert value in {None, sum(counts[row].values())}
    for column, value in shown.columns.items():
        assert value in {None, sum(row[column] for row in counts.values())}


@given(LISTS)
def test_what_is_shown_of_a_list_is_true(row):
    shown = suppressed(row)
    assert all(count is None or count == row[key] for key, count in shown.cells.items())
    assert shown.total in {None, sum(row.values())}


@given(st.lists(tables(3), min_size=2, max_size=4))
@settings(max_examples=25, deadline=None)
def test_two_publications_are_not_subtracted_to_a_few_children(series):
    """Each count that both tell has not moved, or by five or more; and each table holds by itself."""
    size = {row: dict.fromkeys(range(3), 0) for row in range(3)}
    last = {}
    for counts in series:
        whole = {row: {**size[row], **counts.get(row, {})} for row in size}
        shown = suppressed_table(whole, last_told=last)
        for key, value in shown.values().items():
            if value is not None and key in last:
                assert value == last[key] or abs(value - last[key]) >= SMALLEST
        assert Attacker(shown).narrowest() >= SMALLEST
        last = told_after(last, shown)


@given(tables(3), st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_the_children_who_came_between_two_days_cannot_be_counted(counts, came):
    """The attacker takes yesterday's table from today's: what came is a table of its own, of which a few must stay unknown."""
    first = suppressed_table(counts)
    later = {row: dict(columns) for row, columns in counts.items()}
    for row, column in came:
        if row in later and column in later[row]:
            later[row][column] += 1
    second = suppressed_table(later, last_told=told_after({}, first))
    one, two = first.values(), second.values()
    known = {key: two[key] - one[key] for key in one if one[key] is not None and two[key] is not None}
    assert all(change == 0 or abs(change) >= SMALLEST for change in known.values())


def test_a_second_count_is_hidden_with_a_single_small_one():
    shown = suppressed({"high": 2, "priority": 6, "general": 19})
    assert shown.cells == {"high": None, "priority": None, "general": 19}
    assert shown.total == 27


def test_a_list_of_large_counts_hides_nothing():
    assert not suppressed({"a": 5, "b": 17}).hides
    assert suppressed_table({1: {"a": 5, "b": 9}, 2: {"a": 8, "b": 6}}).told == 9


def test_of_nothing_nothing_is_told():
    assert suppressed({}).total is None
    assert suppressed_table({}).told == 0
    assert suppressed_table({1: {}}).told == 0


def test_a_count_by_itself_is_hidden_when_small():
    assert (alone(4), alone(5)) == (None, 5)


def test_one_small_cell_of_a_table_takes_three_others_with_it():
    shown = suppressed_table({row: dict.fromkeys("abc", 20) for row in range(2)} | {2: {"a": 2, "b": 20, "c": 20}})
    assert sum(value is None for value in shown.cells.values()) == 4
    assert None not in [*shown.rows.values(), *shown.columns.values(), shown.total]


@pytest.mark.parametrize("schools", [100])
def test_a_district_of_a_hundred_schools_is_worked_out_at_once(schools):
    counts = {
        row: {"high": row % 4, "priority": row % 9, "general": row % 23, "none": 300 + row} for row in range(schools)
    }
    shown = suppressed_table(counts)
    assert shown.total == sum(sum(row.values()) for row in counts.values())
    assert shown.told > schools


def test_a_moved_count_that_was_never_told_is_told():
    assert suppressed_table({1: {"a": 9, "b": 9}}, last_told={}).told == 6
