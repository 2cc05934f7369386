"""Duties as a spreadsheet: an empty one to fill in, and a term's own, which imported again changes nothing."""

from __future__ import annotations

import io

import xlsxwriter
from django.utils.translation import gettext as _

from xinqiao.accounts.duties.grid import in_term
from xinqiao.accounts.duties.sheet import headings
from xinqiao.accounts.models import Appointment
from xinqiao.school.models import School, Term
from xinqiao.spreadsheets import neutral

_WIDTHS = (16, 14, 16, 14, 12, 14, 14)


def template_workbook() -> bytes:
    """The headings, and how to fill them in on a second sheet."""
    return _workbook([])


def term_workbook(school: School, term: Term) -> bytes:
    """All duties of the term; substitutes are left out, because they end by themselves."""
    return _workbook([_cells(each) for each in in_term(school, term) if each.substitute_for_id is None])


def _cells(duty: Appointment) -> list[str]:
    return [
        duty.user.username,
        duty.user.display_name,
        str(duty.get_role_display()),
        str(duty.school_class or ""),
        str(duty.grade or ""),
        duty.starts_on.isoformat(),
        duty.ends_on.isoformat() if duty.ends_on else "",
    ]


def _workbook(rows: list[list[str]]) -> bytes:
    notes = [
        _("One row a duty. A login name or a name is needed, and the duty; the order of the columns does not matter."),
        _("Homeroom and subject teachers need a class, such as 三年级2班; grade leaders need a grade."),
        _("Dates: 2026-09-01. Without a start date a new duty begins today; without an end date it lasts until it is ended."),
        _("People must be entered first. A file never enters anybody."),
        _(
            "Homeroom teachers and grade leaders are taken as whole for each class and grade in the file: whoever holds"
            " the duty and is not in the file ends when the one in the file begins."
        ),
        _("The same file again changes nothing. Nobody gives themselves a duty."),
    ]  # fmt: skip
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet(_("Duties"))
        bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E2F1EF"})
        text = book.add_format({"num_format": "@"})
        for column, (heading, width) in enumerate(zip(headings().values(), _WIDTHS, strict=True)):
            sheet.set_column(column, column, width, text)
            sheet.write_string(0, column, heading, bold)
        for place, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                sheet.write_string(place, column, neutral(value))
        sheet.freeze_panes(1, 0)
        help_sheet = book.add_worksheet(_("How to fill it in"))
        help_sheet.set_column(0, 0, 100)
        for place, note in enumerate(notes):
            help_sheet.write_string(place, 0, note)
    return target.getvalue()
