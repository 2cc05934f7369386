"""The list of children as a workbook: what the page shows and no more. Sealing it is the page's."""

from __future__ import annotations

import io

import xlsxwriter
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.audit.trail import record
from xinqiao.exports import mark_line
from xinqiao.school.children.finding import Wanted
from xinqiao.school.models import Student
from xinqiao.school.sight import Sight
from xinqiao.spreadsheets import neutral


@transaction.atomic
def export_children(*, sight: Sight, children: QuerySet[Student], wanted: Wanted, purpose: str) -> bytes:
    """The workbook, not sealed yet; that it was taken out, by whom, what for and how much, is on the record.

    Raises:
        NotPermitted
    """
    require(sight.user, Capability.MANAGE_DIRECTORY)
    rows = list(children.visible_by(sight.managed))
    record(
        actor=sight.user,
        action="student.export_list",
        details={
            "children": len(rows),
            "grade": wanted.grade,
            "class": wanted.school_class,
            "state": wanted.state,
            "purpose": purpose,
        },
    )
    mark = mark_line(user=sight.user, now=timezone.now(), purpose=purpose)
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    headings = [_("School number"), _("Child's name"), _("Class"), _("Sex"), _("Date of birth")]
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(pgettext("place", "Children"))
        bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E2F1EF"})
        day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        sheet.write_string(0, 0, neutral(mark), book.add_format({"bold": True}))
        for column, heading in enumerate(headings):
            sheet.write_string(2, column, heading, bold)
        for line, child in enumerate(rows, 3):
            texts = [child.number, child.name, str(child.current_class or ""), str(child.get_sex_display())]
            for column, text in enumerate(texts):
                sheet.write_string(line, column, neutral(text))
            if child.born_on is not None:
                sheet.write_datetime(line, len(texts), child.born_on, day)
        sheet.set_column(0, len(headings) - 1, 15)
        sheet.freeze_panes(3, 1)
        sheet.autofilter(2, 0, max(3, len(rows) + 2), len(headings) - 1)
    return target.getvalue()
