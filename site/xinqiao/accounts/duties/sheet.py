"""A list of duties as a file: which column holds what, and what each cell says. Reads as carefully as the roster's import."""

from __future__ import annotations

import dataclasses
import datetime
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from xinqiao.accounts.enums import Role
from xinqiao.school.roster import cells as read
from xinqiao.school.roster.errors import CellError, FileRefused, shown
from xinqiao.school.roster.reading import Row, Sheet, sheets_of

LOGIN, NAME, ROLE, CLASS, GRADE, FROM, UNTIL = "login", "name", "role", "class", "grade", "from", "until"
MAX_ROWS = 3000
_LOOKED_THROUGH = 20

_HEADINGS = {
    LOGIN: ["登录名", "登陆名", "账号", "帐号", "用户名", "登录账号", "login", "loginname", "username", "account", "user"],
    NAME: ["姓名", "教师姓名", "老师姓名", "教师", "老师", "名字", "name", "teacher", "fullname", "person", "staff"],
    ROLE: ["职务", "职责", "岗位", "角色", "任职", "担任职务", "duty", "role", "position", "post"],
    CLASS: ["班级", "班", "任教班级", "所在班级", "所带班级", "class", "classname", "schoolclass"],
    GRADE: ["年级", "所在年级", "负责年级", "grade", "gradelevel", "yeargroup"],
    FROM: ["开始", "开始日期", "起", "起始日期", "开始时间", "任职开始", "从", "自", "from", "start", "startson", "startdate"],
    UNTIL: ["结束", "结束日期", "止", "截止日期", "终止日期", "结束时间", "至", "到", "until", "to", "end", "endson", "enddate"],
}  # fmt: skip

_ROLES = {
    Role.PRINCIPAL: ["校长", "principal", "headteacher"],
    Role.DEPUTY: ["副校长", "viceprincipal", "deputyprincipal", "deputy"],
    Role.MORAL_EDUCATION: ["德育处", "德育主任", "德育", "政教处", "政教主任", "moraleducationoffice", "moraleducation", "moral"],
    Role.COUNSELOR: ["心理教师", "心理老师", "专职心理教师", "兼职心理教师", "心理辅导教师", "心理", "counselor", "counsellor"],
    Role.GRADE_LEADER: ["年级组长", "年级主任", "级长", "段长", "gradeleader", "headofgrade"],
    Role.HOMEROOM: ["班主任", "正班主任", "homeroomteacher", "homeroom", "classteacher"],
    Role.TEACHER: ["任课教师", "任课老师", "科任教师", "科任老师", "学科教师", "课任教师", "subjectteacher", "teacher"],
    Role.EDITOR: ["内容编辑", "编辑", "editor"],
    Role.TRAINER: ["培训管理员", "培训负责人", "trainingmanager", "trainer"],
    Role.ADMINISTRATOR: ["系统管理员", "管理员", "administrator", "admin"],
}  # fmt: skip
_ROLE_OF = {word: role for role, words in _ROLES.items() for word in words}


@dataclasses.dataclass(frozen=True)
class DutyRow:
    """A row as it stands in the file; what is empty says nothing.

    Attributes:
        place: (grade, class), or (grade, 0) for a grade; None where the duty is the whole school's.
    """

    row: int
    login: str
    name: str
    role: Role
    place: tuple[int, int] | None
    starts_on: datetime.date | None
    ends_on: datetime.date | None


@dataclasses.dataclass
class DutyList:
    """A whole file, read.

    Attributes:
        titles: the headings by field, as the file says them.
    """

    rows: list[DutyRow]
    errors: list[CellError]
    titles: dict[str, str]

    def title(self, name: str) -> str:
        return self.titles.get(name) or headings()[name]


def headings() -> dict[str, str]:
    """What the columns are called in the template, in their order."""
    return {
        LOGIN: _("Login name"),
        NAME: _("Teacher's name"),
        ROLE: _("Duty"),
        CLASS: _("Class"),
        GRADE: _("Grade"),
        FROM: _("Start date"),
        UNTIL: _("End date"),
    }


def read_duties(path: Path, *, year_began: int) -> DutyList:
    """Read the first sheet that has the headings.

    Args:
        year_began: of the school year, so that 2024级 says which grade.

    Raises:
        FileRefused: no sheet has them, or the file is not one to open.
    """
    for sheet in sheets_of(path):
        found = _find(sheet)
        if found is not None:
            return _read(*found, sheet, year_began)
        for _rest in sheet.rows:
            pass
    known = headings()
    raise FileRefused(
        _("No row of headings was found. The first rows must name these columns: %(columns)s.")
        % {"columns": _(", ").join(known[name] for name in (NAME, ROLE))}
    )


def _plain(cell: object) -> str:
    text = unicodedata.normalize("NFKC", str(cell or "")).lower()
    return re.sub(r"[\W_]+", "", re.sub(r"\((?:必填|选填|可选|required|optional)\)", "", text))


def _find(sheet: Sheet) -> tuple[dict[str, int], dict[str, str]] | None:
    for _count, (_number, cells) in zip(range(_LOOKED_THROUGH), sheet.rows, strict=False):
        columns: dict[str, int] = {}
        for place, cell in enumerate(cells):
            name = next((name for name, words in _HEADINGS.items() if _plain(cell) in words), None)
            if name is None:
                continue
            if name in columns and ROLE in columns:
                raise FileRefused(
                    _("The heading “%(title)s” stands there twice. Keep one of the columns.") % {"title": shown(cell)}
                )
            columns.setdefault(name, place)
        if ROLE in columns and (NAME in columns or LOGIN in columns):
            return columns, {name: shown(cells[place]) for name, place in columns.items()}
    return None


def _read(columns: dict[str, int], titles: dict[str, str], sheet: Sheet, year_began: int) -> DutyList:
    found = DutyList([], [], titles)
    count = 0
    for number, cells in sheet.rows:
        count += 1
        if count > MAX_ROWS:
            raise FileRefused(_("The list has more than %(rows)s rows.") % {"rows": MAX_ROWS})
        errors = list(_formulas(number, columns, sheet.formulas, found))
        duty = _Cells((number, cells), columns, found, errors).duty(year_began)
        if errors or duty is None:
            found.errors += errors
        else:
            found.rows.append(duty)
    if not count:
        raise FileRefused(_("The list is empty: there is no row below the headings."))
    return found


def _formulas(
    number: int, columns: dict[str, int], formulas: set[tuple[int, int]], found: DutyList
) -> Iterator[CellError]:
    for name, place in columns.items():
        if (number, place) in formulas:
            message = _("This cell holds a formula. Copy the column and paste it as values.")
            yield CellError(number, found.title(name), "=…", message)


class _Cells:
    """One row's cells; whatever cannot be read goes to the errors."""

    def __init__(self, row: Row, columns: dict[str, int], found: DutyList, errors: list[CellError]) -> None:
        self.number, self.cells = row
        self.columns, self.found, self.errors = columns, found, errors

    def cell(self, name: str) -> read.Cell:
        place = self.columns.get(name)
        return self.cells[place] if place is not None and place < len(self.cells) else ""

    def refuse(self, name: str, message: str) -> None:
        value = self.cell(name)
        value = read.text_of(value) if isinstance(value, tuple) else value
        self.errors.append(CellError(self.number, self.found.title(name), shown(value), message))

    def duty(self, year_began: int) -> DutyRow | None:
        login, name = read.text_of(self.cell(LOGIN)), self._name()
        if not login and not name and not self.errors:
            self.refuse(
                NAME if NAME in self.columns else LOGIN,
                _("Say who it is: the login name, or the name as it is known here."),
            )
        role = self._role()
        place = self._place(role, year_began) if role else None
        starts_on, ends_on = self._day(FROM), self._day(UNTIL)
        if starts_on and ends_on and ends_on < starts_on:
            self.refuse(UNTIL, _("The last day lies before the first one."))
        if self.errors or role is None:
            return None
        return DutyRow(self.number, login, name, role, place, starts_on, ends_on)

    def _name(self) -> str:
        if not read.text_of(self.cell(NAME)):
            return ""
        try:
            return read.person_name(self.cell(NAME))
        except read.Unreadable as error:
            self.refuse(NAME, str(error))
            return ""

    def _role(self) -> Role | None:
        text = _plain(self.cell(ROLE))
        role = _ROLE_OF.get(text) or next((r for r in _ROLES if _plain(r.label) == text or r.value == text), None)
        if role is None:
            words = _(", ").join(str(each.label) for each in _ROLES)
            self.refuse(ROLE, _("Write one of these duties: %(duties)s.") % {"duties": words})
        return role

    def _place(self, role: Role, year_began: int) -> tuple[int, int] | None:
        grade, school_class = self.cell(GRADE), self.cell(CLASS)
        try:
            if role in {Role.HOMEROOM, Role.TEACHER}:
                return read.class_place(grade, school_class, year_began)
            if role is Role.GRADE_LEADER:
                # 三年级 alone: any class of it says which grade is meant.
                return read.class_place(grade or school_class, "1班", year_began)[0], 0
        except read.Unreadable as error:
            self.refuse(GRADE if role is Role.GRADE_LEADER else CLASS, str(error))
            return None
        if read.text_of(school_class) or read.text_of(grade):
            self.refuse(
                CLASS if read.text_of(school_class) else GRADE,
                _("This duty is the whole school's: leave class and grade empty."),
            )
        return None

    def _day(self, name: str) -> datetime.date | None:
        try:
            return read.plain_date(self.cell(name))
        except read.Unreadable as error:
            self.refuse(name, str(error))
            return None
