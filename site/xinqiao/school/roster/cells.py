"""What one cell says: numbers, names, dates, classes, telephones, as schools write them.

Each function gives the value, or raises `Unreadable` with a sentence that says what to write instead.
"""

from __future__ import annotations

import datetime
import functools
import re
import unicodedata

from django.utils.translation import gettext as _

from xinqiao.school.models import Guardianship, Student

Cell = str | int | float | tuple | None
_SERIAL_ZERO = datetime.date(1899, 12, 30)
_LARGEST_SERIAL = 80_000
_EXACT = 10**15
_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "两": "2"}
MAX_CLASS = 60


class Unreadable(ValueError):
    """The cell cannot be taken over; the text says what to do."""


def text_of(cell: Cell) -> str:
    """A cell as one line of plain text: full-width letters and digits narrowed, whole numbers without a point."""
    if cell is None or cell == "":
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        cell = int(cell)
    if isinstance(cell, tuple):
        return "-".join(f"{part:02d}" for part in cell)
    text = str(cell)
    if text.isascii() and text.isalnum():
        return text
    return " ".join(unicodedata.normalize("NFKC", text).replace("\u200b", "").replace("\ufeff", "").split())


def school_number(cell: Cell) -> str:
    if isinstance(cell, float) and (not cell.is_integer() or abs(cell) >= _EXACT):
        raise Unreadable(
            _("The number was rounded by the spreadsheet program. Format the column as text and enter it again.")
        )
    text = text_of(cell).replace(" ", "")
    if not text:
        raise Unreadable(_("The school number is missing."))
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,19}", text):
        raise Unreadable(_("A school number has up to 20 letters and digits."))
    if re.fullmatch(r"\d(?:\.\d+)?[Ee]\d+", text) and "." in text:
        raise Unreadable(
            _("The number was rounded by the spreadsheet program. Format the column as text and enter it again.")
        )
    return text


_PLAIN_NAME = re.compile(r"[\u3400-\u9fff]{2,6}")
_CHINESE_GAP = re.compile(
    r"(?<=[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U000323af])[\s\u3000]+(?=[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U000323af])"
)
_DOTS = str.maketrans(dict.fromkeys("•・‧∙●．", "·"))
_ALLOWED = set("·'’-. ()（）")


def person_name(cell: Cell) -> str:
    """A name as it is written, rare characters kept; the blanks that only align two-character names go."""
    if isinstance(cell, str) and _PLAIN_NAME.fullmatch(cell):
        return cell
    raw = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell if cell is not None else "")
    # Not NFKC: it would turn one character of a name into another.
    text = "".join(_narrow(c) for c in raw if unicodedata.category(c) != "Cf").translate(_DOTS)
    text = _CHINESE_GAP.sub("", " ".join(text.split()))
    if not text:
        raise Unreadable(_("The name is missing."))
    if len(text) > 40:
        raise Unreadable(_("A name has at most 40 characters."))
    for character in text:
        category = unicodedata.category(character)
        if category == "Co":
            raise Unreadable(_("The name holds a character that only one computer's own font shows. Enter it anew."))
        if character not in _ALLOWED and category[0] not in "LMN":
            raise Unreadable(
                _("A name cannot hold “%(character)s”.") % {"character": character if category[0] != "C" else "?"}
            )
    if text[0] in "-.'’·)）" or not any(unicodedata.category(c)[0] == "L" for c in text):
        raise Unreadable(_("This is not a name."))
    return text


def _narrow(character: str) -> str:
    code = ord(character)
    if code == 0x3000:
        return " "
    narrow = chr(code - 0xFEE0) if 0xFF10 <= code <= 0xFF5A else ""
    return narrow if narrow.isalnum() else character


_SEXES = {
    **dict.fromkeys(("男", "男性", "男生", "男孩", "m", "male", "boy", "1"), Student.Sex.MALE.value),
    **dict.fromkeys(("女", "女性", "女生", "女孩", "f", "female", "girl", "2"), Student.Sex.FEMALE.value),
}


@functools.lru_cache(maxsize=16384)
def sex(cell: Cell) -> str:
    """ "f", "m", or nothing for an empty cell."""
    text = text_of(cell).lower()
    if not text:
        return ""
    try:
        return _SEXES[text]
    except KeyError:
        raise Unreadable(_("Write 男 or 女.")) from None


_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:[ T]\d{1,2}:.*)?")


@functools.lru_cache(maxsize=16384)
def birthday(cell: Cell, today: datetime.date) -> datetime.date | None:
    """A date cell, a spreadsheet's serial number, 2017-09-01, 2017/9/1, 2017年9月1日, 20170901, 二〇一七年九月一日."""
    if cell is None or cell == "":
        return None
    day = _date(*cell) if isinstance(cell, tuple) else _from_text(cell)
    if day is None:
        raise Unreadable(_("Write the date as 2017-09-01."))
    if not 2 <= today.year - day.year <= 25:
        raise Unreadable(_("A child at school was not born on this day. Check the year."))
    return day


def plain_date(cell: Cell) -> datetime.date | None:
    """Any day in one of the same forms; None for an empty cell."""
    if cell is None or cell == "":
        return None
    day = _date(*cell) if isinstance(cell, tuple) else _from_text(cell)
    if day is None and text_of(cell):
        raise Unreadable(_("Write the date as 2017-09-01."))
    return day


def _from_text(cell: str | float) -> datetime.date | None:
    if isinstance(cell, str):
        found = _DATE.fullmatch(cell)
        if found:
            return _date(*map(int, found.groups()))
    text = text_of(cell)
    if not text:
        return None
    if found := _DATE.fullmatch(text):
        return _date(*map(int, found.groups()))
    if re.fullmatch(r"\d{8}", text):
        return _date(int(text[:4]), int(text[4:6]), int(text[6:]))
    if isinstance(cell, int | float) or re.fullmatch(r"\d{5}", text):
        serial = float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else 0
        return _SERIAL_ZERO + datetime.timedelta(days=int(serial)) if 20_000 < serial < _LARGEST_SERIAL else None
    if found := re.fullmatch(r"(.{4})年(.{1,3})月(.{1,3})[日号]", text):
        parts = [_chinese_number(part) for part in found.groups()]
        return _date(*parts) if all(part is not None for part in parts) else None
    return None


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _chinese_number(text: str) -> int | None:
    """二〇一七, 十二, 二十, 二十三, or plain digits."""
    text = "".join(_DIGITS.get(c, c) for c in text.replace("廿", "二十"))
    if found := re.fullmatch(r"(\d?)十(\d?)", text):
        return int(found[1] or 1) * 10 + int(found[2] or 0)
    return int(text) if text.isascii() and text.isdigit() else None


_G = r"(?P<g>[1-6一二三四五六])"
_C = r"(?P<c>\d{1,2}|[一二三四五六七八九十]{1,3})"
_BOTH = [
    re.compile(rf"(?:小学)?{_G}(?:年级|年)?[(\[]?{_C}[)\]]?班?"),
    re.compile(rf"{_G}[.\-_/]{_C}班?"),
    re.compile(rf"(?:grade|g|year|y){_G},?(?:class|c)?[(.-]?{_C}\)?"),
    re.compile(rf"class{_G}[(.-]{_C}\)?"),
]
_COHORT_BOTH = re.compile(rf"(?P<y>20\d\d)[级届]?(?:年级)?[(]?{_C}[)]?班?")
_ONLY_CLASS = re.compile(rf"(?:第|class|c)?[(]?{_C}[)]?班?")
_GRADE = re.compile(rf"(?:小学|grade|g|year)?{_G}(?:年级|年|th)?")
_COHORT = re.compile(r"(20\d\d)级?")


@functools.lru_cache(maxsize=4096)
def class_place(grade_cell: Cell, class_cell: Cell, year_began: int) -> tuple[int, int]:
    """(grade, class), from one cell such as 三年级2班, 三（2）班, 3.2 or 302, or from two.

    Args:
        year_began: of this school year, so that 2024级 says which grade.
    """
    grade_text, class_text = (re.sub(r"\s", "", text_of(cell)).lower() for cell in (grade_cell, class_cell))
    if not class_text:
        raise Unreadable(_("The class is missing."))
    grade = _grade(grade_text, year_began)
    if grade is not None and (only := _ONLY_CLASS.fullmatch(class_text)):
        number = _chinese_number(only["c"])
        if number is not None and 1 <= number <= MAX_CLASS:
            return grade, number
    for place in _both(class_text, year_began):
        if grade in (None, place[0]):
            return place
    if grade is not None and _both(class_text, year_began):
        raise Unreadable(_("The class does not belong to the grade in this row."))
    if grade is None and _ONLY_CLASS.fullmatch(class_text):
        raise Unreadable(_("The grade is missing: write the class as 三年级2班."))
    raise Unreadable(_("Write the class as 三年级2班; grades are 1 to 6."))


def _both(text: str, year_began: int) -> list[tuple[int, int]]:
    places = []
    for pattern in _BOTH:
        if found := pattern.fullmatch(text):
            grade, number = _chinese_number(found["g"]), _chinese_number(found["c"])
            # 十 or 302 without a mark between: two digits at least must say the class.
            if re.fullmatch(r"\d\d", text) or grade is None or number is None or not 1 <= number <= MAX_CLASS:
                continue
            places.append((grade, number))
    if found := _COHORT_BOTH.fullmatch(text):
        grade, number = year_began - int(found["y"]) + 1, _chinese_number(found["c"])
        if 1 <= grade <= 6 and number is not None and 1 <= number <= MAX_CLASS:
            places.append((grade, number))
    return places


def _grade(text: str, year_began: int) -> int | None:
    if not text:
        return None
    if found := _GRADE.fullmatch(text):
        return _chinese_number(found["g"])
    if (found := _COHORT.fullmatch(text)) and 1 <= (grade := year_began - int(found[1]) + 1) <= 6:
        return grade
    raise Unreadable(_("Write the class as 三年级2班; grades are 1 to 6."))


def telephone(cell: Cell) -> str:
    """A Chinese mobile or landline number, or one abroad with its +; nothing for an empty cell."""
    if isinstance(cell, str) and len(cell) == 11 and cell.isascii() and cell.isdigit() and cell[0] == "1" != cell[1]:
        return cell
    text = re.sub(r"[\s()\-—–‐]", "", text_of(cell))
    if not text:
        return ""
    text = re.sub(r"^(?:\+|00)?86(?=1\d{10}$)", "", text)
    if not re.fullmatch(r"1[3-9]\d{9}|0\d{9,11}|\d{7,8}|\+\d{7,15}", text):
        raise Unreadable(_("This is not one complete telephone number."))
    return text


_R = Guardianship.Relation
_RELATIONS = {
    **dict.fromkeys(("母亲", "妈妈", "母", "母子", "母女", "妈", "mother", "mom", "mum"), _R.MOTHER.value),
    **dict.fromkeys(("父亲", "爸爸", "父", "父子", "父女", "爸", "father", "dad"), _R.FATHER.value),
    **dict.fromkeys(
        (
            *("爷爷", "奶奶", "外公", "外婆", "姥爷", "姥姥", "祖父", "祖母", "外祖父", "外祖母", "祖父母", "外祖父母"),
            *("grandparent", "grandmother", "grandfather", "grandma", "grandpa"),
        ),
        _R.GRANDPARENT.value,
    ),
}


@functools.lru_cache(maxsize=16384)
def relation(cell: Cell) -> str:
    """Mother, father, grandparent; whatever else stands there is another guardian; nothing for an empty cell."""
    text = text_of(cell).lower()
    return _RELATIONS.get(text, _R.OTHER.value) if text else ""
