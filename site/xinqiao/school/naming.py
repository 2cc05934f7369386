"""How a grade and a class are called: 三年级, 三（2）班."""

from django.utils.translation import gettext as _

_NUMERALS = "一二三四五六"


def class_name(grade: int, number: int | None = None) -> str:
    """The grade's name, or the class's where a number is given, in the language in use."""
    numeral = _NUMERALS[grade - 1]
    if number is None:
        return _("Grade %(numeral)s") % {"numeral": _grade_numeral(grade, numeral)}
    return _("Class %(numeral)s(%(number)s)") % {"numeral": _grade_numeral(grade, numeral), "number": number}


def _grade_numeral(grade: int, numeral: str) -> str:
    # The catalogue decides: Chinese keeps the numeral, English the figure.
    return numeral if _("grade-numeral-style") == "chinese" else str(grade)
