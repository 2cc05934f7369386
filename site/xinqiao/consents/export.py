"""Answers as a spreadsheet: what the class page shows to this person; no cell can act as a formula; the taking is on record."""

from __future__ import annotations

import io

import xlsxwriter
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xinqiao.accounts.access import require
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.consents.kinds import Kind
from xinqiao.consents.reading import classes_to_collect, lines_of
from xinqiao.exports import mark_line
from xinqiao.school.models import SchoolClass
from xinqiao.spreadsheets import neutral


@transaction.atomic
def export_answers(*, user: User, kind: Kind, purpose: str, school_class: SchoolClass | None = None) -> bytes:
    """The workbook of one class, or of all classes of which this person collects answers; not sealed yet.

    Raises:
        NotPermitted
    """
    require(user, kind.asked_with, school_class)
    today = timezone.localdate()
    classes = [school_class] if school_class else list(classes_to_collect(user, kind))
    rows = [(each, line) for each in classes for line in lines_of(each, kind, today)]
    record(
        actor=user,
        action="consent.export",
        target=school_class,
        details={"kind": str(kind.key), "children": len(rows), "classes": len(classes), "purpose": purpose},
    )
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    headings = [
        _("Class"),
        _("School number"),
        _("Child"),
        _("State"),
        _("Guardian"),
        _("How"),
        _("When"),
        pgettext("version", "Words"),
    ]
    mark = mark_line(user=user, now=timezone.now(), purpose=purpose)
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_("Consents"))
        bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E2F1EF"})
        sheet.write_string(0, 0, neutral(mark), book.add_format({"bold": True}))
        sheet.write_string(1, 0, neutral(kind.label))
        for column, heading in enumerate(headings):
            sheet.write_string(3, column, heading, bold)
        for number, (each, line) in enumerate(rows, 4):
            for column, cell in enumerate(_cells(each, line)):
                sheet.write_string(number, column, neutral(cell))
        sheet.set_column(0, len(headings) - 1, 15)
        sheet.freeze_panes(4, 3)
        sheet.autofilter(3, 0, max(4, len(rows) + 3), len(headings) - 1)
    return target.getvalue()


def _cells(school_class: SchoolClass, line: object) -> list[str]:
    latest = line.picture.latest
    said = latest if latest is not None and latest.answered_at else None
    who = (said.withdrawn_by or said.guardian) if said else None
    when = (said.withdrawn_at or said.answered_at) if said else None
    how = (said.get_withdrawn_how_display() if said.withdrawn_at else said.get_how_display()) if said else ""
    return [
        str(school_class),
        line.student.number,
        line.student.name,
        str(line.picture.standing.label),
        who.name if who else "",
        str(how),
        date_format(timezone.localtime(when), "Y-m-d H:i") if when else "",
        latest.text_version if latest else "",
    ]
