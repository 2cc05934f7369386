"""Which column holds what: Chinese and English headings with their common variants, in any order, in one row or two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from django.utils.translation import gettext as _

from xinqiao.school.roster.errors import FileRefused, shown
from xinqiao.school.roster.reading import Row

NUMBER, NAME, SEX, BORN_ON, GRADE, CLASS = "number", "name", "sex", "born_on", "grade", "class"
SLOTS = ("1", "2", "father", "mother")
"""Where a guardian may stand. The last two name the relation by themselves."""
LOOKED_THROUGH = 20

# In order of preference: where a list has both a school number and a national one, the school's counts.
_CHILD = {
    NUMBER: [
        "学号", "学生学号", "学校学号", "校内学号", "学生编号", "编号", "学籍号", "学籍号码", "全国学籍号", "学籍辅号",
        "studentnumber", "studentno", "studentid", "schoolnumber", "schoolno", "number", "no", "id", "sid",
    ],
    NAME: [
        "姓名", "学生姓名", "孩子姓名", "学生", "名字", "name", "studentname", "fullname", "childname", "student", "child",
    ],
    SEX: ["性别", "学生性别", "男女", "sex", "gender"],
    BORN_ON: [
        "出生日期", "出生年月日", "出生年月", "生日", "出生", "学生出生日期",
        "birthday", "birthdate", "dateofbirth", "dob", "bornon", "born",
    ],
    GRADE: ["年级", "所在年级", "就读年级", "年级名称", "grade", "gradelevel", "year", "yeargroup"],
    CLASS: [
        "班级", "班", "班别", "所在班级", "班级名称", "就读班级", "行政班", "年级班级", "年班", "class", "classname",
        "schoolclass", "homeroom", "classno", "classnumber",
    ],
}  # fmt: skip
_GUARDIANS = r"(?:学生)?(?:监护人|家长|法定监护人|紧急联系人|联系人|guardian|parent|emergencycontact|contact)"
_WHICH = r"(?P<n>第?[一二12]|甲|乙)?"
_PARTS = {
    "name": r"(?:的?(?:姓名|名字|name|fullname))?",
    "phone": r"的?(?:联系)?(?:电话|手机|电话号码|手机号|手机号码|联系方式|方式|号码|phone|phoneno|phonenumber|mobile|mobileno|mobilenumber|tel|telephone|cell|cellphone|contact|number)",
    "relation": r"的?(?:关系|与学生关系|与孩子关系|与本人关系|与监护人关系|与学生的关系|身份|称谓|relation|relationship|relationtochild|relationshiptochild)",
}
_TAIL = r"(?P<m>[一二12])?"
_FIRST = r"(?P<f>第[一二]|primary|secondary|first|second|主要|次要)?"
_GUARDIAN = {part: re.compile(f"^{_FIRST}{_GUARDIANS}{_WHICH}{words}{_TAIL}$") for part, words in _PARTS.items()}
_BARE = {
    "phone": re.compile(r"^(?:联系电话|电话|手机|手机号|手机号码|电话号码|联系方式|phone|phonenumber|mobile|telephone|tel)([一二12])?$"),
    "relation": re.compile(r"^(?:关系|与学生关系|与监护人关系|relation|relationship)([一二12])?$"),
}  # fmt: skip
_PARENT = {
    "father": re.compile(r"^(?:学生)?(?:父亲|爸爸|父|father|dad)s?"),
    "mother": re.compile(r"^(?:学生)?(?:母亲|妈妈|母|mother|mom|mum)s?"),
}
_PARENT_PART = {part: re.compile(f"^{words}$") for part, words in _PARTS.items() if part != "relation"}
_SECOND = {"二", "2", "第二", "第2", "乙", "secondary", "second", "次要"}


@dataclass
class Headers:
    """Where each thing stands.

    Attributes:
        columns: field (such as "name" or "1.phone") to its place, from 0.
        titles: by place, as the file says it.
        unused: headings that mean nothing to a roster; they are left out.
        row: of the heading, counted from 1.
        rows: what came after it.
    """

    columns: dict[str, int]
    titles: dict[int, str]
    unused: list[str]
    row: int
    rows: Iterator[Row] = field(repr=False, default_factory=lambda: iter(()))

    def title(self, name: str) -> str:
        """The heading of a field; what we would call it where the file has no such column."""
        place = self.columns.get(name)
        return self.titles.get(place, "") if place is not None else named(name)


def named(name: str) -> str:
    """What a field is called in the template."""
    words = {
        NUMBER: _("School number"),
        NAME: _("Child's name"),
        SEX: _("Sex"),
        BORN_ON: _("Date of birth"),
        GRADE: _("Grade"),
        CLASS: _("Class"),
    }
    return words.get(name, name)


def field_of(heading: object) -> tuple[str, int] | None:
    """The field that a heading means, and how well (0 is best); None for one that means nothing here."""
    text = _plain(heading)
    if not text:
        return None
    for name, words in _CHILD.items():
        if text in words:
            return name, words.index(text)
    for slot, pattern in _PARENT.items():
        if found := pattern.match(text):
            for part, words in _PARENT_PART.items():
                if words.match(text[found.end() :]):
                    return f"{slot}.{part}", 0
    for part, pattern in _GUARDIAN.items():
        if found := pattern.match(text):
            second = _SECOND & {found["f"], found["n"], found["m"]}
            return f"{2 if second else 1}.{part}", 0
    for part, pattern in _BARE.items():
        if found := pattern.match(text):
            return f"{2 if found[1] in _SECOND else 1}.{part}", 1
    return None


def _plain(heading: object) -> str:
    text = unicodedata.normalize("NFKC", str(heading or "")).lower()
    text = re.sub(r"[((]\s*(?:必填|选填|必填项|可选|required|optional)\s*[))]", "", text)
    return re.sub(r"[\W_]+", "", text)


def find_headers(rows: Iterable[Row]) -> Headers | None:
    """The heading among the first rows: the one that names a number and a child; merged cells above it are joined in.

    Raises:
        FileRefused: it is there and lacks a column, or names one twice.
    """
    rows = iter(rows)
    before: Row | None = None
    for _count in range(LOOKED_THROUGH):
        row = next(rows, None)
        if row is None:
            return None
        best = _columns(row[1])
        if before is not None:
            joined = _joined(before[1], row[1])
            two = _columns(joined)
            if len(two) > len(best):
                best, row = two, (row[0], joined)
        if NUMBER in best and NAME in best:
            following = next(rows, None)
            if following is not None:
                joined = _joined(row[1], following[1])
                two = _columns(joined)
                # A first child could hold a heading's word only by an odd chance, and never make more of it.
                if len(two) > len(best):
                    return _checked(two, (following[0], joined), rows)
                rows = _again(following, rows)
            return _checked(best, row, rows)
        before = row
    return None


def _again(first: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rows


def _columns(cells: list) -> dict[str, int]:
    """Each field's column: the heading that says it best, the first of equals."""
    found: dict[str, tuple[int, int]] = {}
    for place, cell in enumerate(cells):
        meaning = field_of(cell) if isinstance(cell, str) else None
        if meaning and (meaning[0] not in found or meaning[1] < found[meaning[0]][0]):
            found[meaning[0]] = (meaning[1], place)
    return {name: place for name, (_rank, place) in found.items()}


def _joined(upper: list, lower: list) -> list:
    """Two heading rows as one: a merged cell above counts for all the cells below it."""
    above, joined = "", []
    for top, below in zip_longest(upper, lower, fillvalue=""):
        top, below = (str(each).strip() if isinstance(each, str) else "" for each in (top, below))
        above = top or (above if below else "")
        alone = field_of(below)
        joined.append(below if alone and not field_of(above + below) else above + below)
    return joined


def _checked(columns: dict[str, int], row: Row, rows: Iterator[Row]) -> Headers:
    titles = {place: shown(cell) for place, cell in enumerate(row[1]) if str(cell).strip()}
    used = set(columns.values())
    texts = [_plain(titles[place]) for place in sorted(used)]
    for place, title in titles.items():
        if place not in used and _plain(title) in texts:
            raise FileRefused(
                _("The heading “%(title)s” stands there twice. Keep one of the columns.") % {"title": title}
            )
    if CLASS not in columns:
        raise FileRefused(_("The column “%(column)s” is missing.") % {"column": named(CLASS)})
    unused = [title for place, title in titles.items() if place not in used]
    return Headers(columns=columns, titles=titles, unused=unused, row=row[0], rows=rows)
