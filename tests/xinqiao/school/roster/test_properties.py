"""Whatever stands in a roster: importing it twice changes nothing, columns may change places, Excel says the same as text."""

import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.rosters import HEADINGS, csv_file, row, xlsx
from tests.factories.school import SchoolFactory
from xinqiao.school.roster.apply import dry_run, import_roster
from xinqiao.school.roster.plan import OTHER

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 25)
GIVEN = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
NAMES = st.text("王李张小明骉䶮𠮷·雨晨", min_size=1, max_size=4).filter(lambda name: name.strip("·"))
PHONES = st.sampled_from(["", "13800138000", "13900139000", "010-88886666"])
ROWS = st.lists(
    st.builds(
        lambda number, name, sex, born, grade, place, one, two: row(
            f"S{number}",
            f"王{name}",
            性别=sex,
            出生日期=born,
            年级=f"{'一二三四五六'[grade]}年级",
            班级=f"{place}班",
            监护人姓名=f"李{one[0]}" if one else "",
            监护人电话=one[1] if one else "",
            第二监护人姓名=f"赵{two[0]}" if two else "",
            第二监护人电话=two[1] if two else "",
        ),
        st.integers(0, 99),
        NAMES,
        st.sampled_from(["男", "女"]),
        st.dates(datetime.date(2014, 1, 1), datetime.date(2020, 12, 31)),
        st.integers(0, 5),
        st.integers(1, 40),
        st.none() | st.tuples(NAMES, PHONES),
        st.none() | st.tuples(NAMES, PHONES),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda each: each["学号"],
)


@pytest.fixture
def school():
    return SchoolFactory()


@GIVEN
@given(rows=ROWS, order=st.permutations(HEADINGS))
def test_twice_is_once_in_any_order_of_columns_and_of_rows_in_excel_or_text(school, rows, order):
    with TemporaryDirectory() as place, transaction.atomic():
        first = import_roster(
            school=school, path=xlsx(Path(place) / "a.xlsx", rows), by=None, today=TODAY, decisions={"near": OTHER}
        )
        assert not first.errors
        assert len(first.created) == len(rows)
        for path in (
            xlsx(Path(place) / "b.xlsx", rows, order),
            xlsx(Path(place) / "c.xlsx", rows[::-1]),
            csv_file(Path(place) / "d.csv", rows, order, encoding="gb18030"),
        ):
            again = dry_run(school=school, path=path, by=None, today=TODAY)
            assert again.counts() == {"created": 0, "updated": 0, "unchanged": len(rows), "left": 0}
            assert again.changes_nothing
        transaction.set_rollback(True)


@GIVEN
@given(before=ROWS, after=ROWS)
def test_one_roster_after_another_is_taken_over_whole_and_then_at_rest(school, before, after):
    """Whatever was there: once the second is in, it is in, and nothing is left to do."""
    with TemporaryDirectory() as place, transaction.atomic():
        decisions = {"near": OTHER}
        import_roster(
            school=school, path=xlsx(Path(place) / "a.xlsx", before), by=None, today=TODAY, decisions=decisions
        )
        path = xlsx(Path(place) / "b.xlsx", after)
        second = import_roster(school=school, path=path, by=None, today=TODAY, decisions=decisions)
        if not second.errors:  # two rows that give one guardian two numbers stay refused
            third = dry_run(school=school, path=path, by=None, today=TODAY, decisions=decisions)
            assert third.counts() == {"created": 0, "updated": 0, "unchanged": len(after), "left": 0}
        transaction.set_rollback(True)
