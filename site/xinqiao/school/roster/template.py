"""The empty roster that an administrator downloads and fills in: headings, one sheet; how to fill it, on another."""

from __future__ import annotations

import io

import xlsxwriter
from django.utils.translation import gettext as _


def template_workbook() -> bytes:
    """An xlsx with the headings that the import knows, in the page's language."""
    headings = [
        (_("School number"), 14),
        (_("Child's name"), 12),
        (_("Sex"), 8),
        (_("Date of birth"), 14),
        (_("Grade"), 10),
        (_("Class"), 10),
        (_("Guardian 1 name"), 16),
        (_("Guardian 1 relation"), 16),
        (_("Guardian 1 phone"), 18),
        (_("Guardian 2 name"), 16),
        (_("Guardian 2 relation"), 16),
        (_("Guardian 2 phone"), 18),
    ]
    notes = [
        _("One row a child. The order of the columns does not matter; those about guardians may be left out."),
        _("School number, name and class are needed in every row; a new child needs the sex, too."),
        _("Class: 三年级 and 2班 in two columns, or 三年级2班 in one."),
        _("Date of birth: 2017-09-01. Telephone: one complete number."),
        _("A class that stands in the file is taken as whole: whoever sits in it and is not in the file has left."),
        _("An empty cell takes nothing away. The same file again changes nothing."),
    ]
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet(_("Roster"))
        bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E2F1EF"})
        # As text, so that no program rounds a long number.
        text = book.add_format({"num_format": "@"})
        for column, (heading, width) in enumerate(headings):
            sheet.set_column(column, column, width, text)
            sheet.write_string(0, column, heading, bold)
        sheet.freeze_panes(1, 0)
        help_sheet = book.add_worksheet(_("How to fill it in"))
        help_sheet.set_column(0, 0, 90)
        for place, note in enumerate(notes):
            help_sheet.write_string(place, 0, note)
    return target.getvalue()
