"""The list of cases as a spreadsheet: what its page shows to this person and no more; no cell can act as a formula."""

from __future__ import annotations

import io

import xlsxwriter
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from screening.cases.models import Case
from screening.levels import Level
from screening.workspace.case_list import CaseList, Line, Wanted
from xinqiao.accounts.access import NotPermitted, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.exports import mark_line
from xinqiao.spreadsheets import neutral


def require_to_take_out(user: User) -> None:
    """What is read for an hour in an emergency is not taken out.

    Raises:
        NotPermitted
    """
    if not reach(user, Capability.READ_CASE).by_duty:
        raise NotPermitted(Capability.READ_CASE)


def taken_out(case_list: CaseList, wanted: Wanted) -> QuerySet[Case]:
    """The list as it is narrowed, without a case that an emergency alone shows."""
    return case_list.narrowed(wanted).filter(school__in=reach(case_list.user, Capability.READ_CASE).schools)


@transaction.atomic
def export_cases(*, case_list: CaseList, wanted: Wanted, purpose: str) -> bytes:
    """The workbook, not sealed yet; that it was taken out, by whom, what for and how much, is on the record.

    Raises:
        NotPermitted
    """
    user = case_list.user
    require_to_take_out(user)
    lines = [case_list.line(case) for case in taken_out(case_list, wanted)]
    record(
        actor=user,
        action="case.export_list",
        details={
            "cases": len(lines),
            "names": sum(bool(line.name) for line in lines),
            "state": wanted.state,
            "level": wanted.level,
            "late": wanted.late,
            "purpose": purpose,
        },
    )
    mark = mark_line(user=user, now=case_list.now, purpose=purpose)
    return _workbook(lines, mark, with_levels=case_list.shows_levels)


def _workbook(lines: list[Line], mark: str, *, with_levels: bool) -> bytes:
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    headings = [
        _("Case"),
        _("Child"),
        _("Class"),
        *([_("Level")] if with_levels else []),
        _("State"),
        _("Owner"),
        _("Next follow-up"),
        _("Time left"),
        _("Opened"),
    ]
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_("Cases"))
        bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E2F1EF"})
        day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        sheet.write_string(0, 0, neutral(mark), book.add_format({"bold": True}))
        for column, heading in enumerate(headings):
            sheet.write_string(2, column, heading, bold)
        for number, line in enumerate(lines, 3):
            case = line.case
            cells = [
                case.number,
                line.name,
                line.school_class,
                *([str(Level(line.level).label) if line.level else ""] if with_levels else []),
                str(case.get_state_display()),
                str(case.owner or ""),
                case.next_follow_up_on if line.left else None,
                line.left.words if line.left else "",
                timezone.localdate(case.opened_at),
            ]
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(number, column, neutral(cell))
                elif cell is not None:
                    sheet.write_datetime(number, column, cell, day)
        sheet.set_column(0, len(headings) - 1, 15)
        sheet.freeze_panes(3, 1)
        sheet.autofilter(2, 0, max(3, len(lines) + 2), len(headings) - 1)
    return target.getvalue()
