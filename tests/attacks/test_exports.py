"""Whatever leaves as a spreadsheet: no cell of it runs. Every writer of one is known here, so that a new one is looked at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attacks.sources import sources
from xinqiao.spreadsheets import neutral

WRITERS = {
    "screening/workspace/case_export.py",
    "site/xinqiao/accounts/duties/tables.py",
    "site/xinqiao/consents/export.py",
    "site/xinqiao/school/children/export.py",
    "site/xinqiao/school/roster/error_sheet.py",
    "site/xinqiao/school/roster/template.py",
    "training/export.py",
}
FORMULAS = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    '=HYPERLINK("http://evil")',
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_that_would_run_is_text(text):
    assert neutral(text) == f"'{text}"


@given(st.text(max_size=8))
def test_no_text_begins_as_a_formula_after_it(text):
    assert not neutral(text).lstrip(" \u3000\t\r\n").startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


def test_every_writer_of_spreadsheets_is_known_and_neutralises():
    found = {
        path: text
        for path, text in sources()
        if any(word in text for word in ("xlsxwriter", "csv.writer", "DictWriter"))
    }
    assert set(found) == WRITERS, "look at the new one: each text that a person wrote goes through `neutral`"
    for path, text in found.items():
        assert "neutral" in text or "template" in path, path
        assert "write_formula" not in text, path
