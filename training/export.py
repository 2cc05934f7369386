"""The completion list as a spreadsheet. Every cell is text, a number or a date, and none can act as a formula."""

from __future__ import annotations

import io

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from training.roster import Row
from xinqiao.spreadsheets import neutral


def completion_workbook(*, title: str, rows: list[Row]) -> bytes:
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_("Completion"))
        bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E2F1EF"})
        day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        sheet.write_string(0, 0, neutral(title), book.add_format({"bold": True, "font_size": 14}))
        headings = [
            pgettext("training", "Name"),
            _("Role"),
            _("State"),
            _("Lessons done"),
            _("Lessons"),
            _("Due on"),
            pgettext("training", "Late"),
            _("Score"),
            _("Certified on"),
            _("Valid until"),
            _("Certificate code"),
        ]
        for column, heading in enumerate(headings):
            sheet.write_string(2, column, heading, bold)
        for number, row in enumerate(rows, 3):
            sheet.write_string(number, 0, neutral(str(row.person)))
            sheet.write_string(number, 1, neutral(row.role_label))
            sheet.write_string(number, 2, row.state_label)
            sheet.write_number(number, 3, row.lessons_done)
            sheet.write_number(number, 4, row.lessons_total)
            if row.due_on is not None:
                sheet.write_datetime(number, 5, row.due_on, day)
            sheet.write_string(number, 6, _("yes") if row.is_late else "")
            if row.certificate is not None:
                sheet.write_number(number, 7, row.certificate.score)
                sheet.write_datetime(number, 8, row.certificate.issued_on, day)
                sheet.write_datetime(number, 9, row.certificate.valid_until, day)
                sheet.write_string(number, 10, row.certificate.code)
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, 2, 18)
        sheet.set_column(3, 9, 11)
        sheet.set_column(10, 10, 22)
        sheet.freeze_panes(3, 1)
        sheet.autofilter(2, 0, max(3, len(rows) + 2), len(headings) - 1)
    return target.getvalue()
