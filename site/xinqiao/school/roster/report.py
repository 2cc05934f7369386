"""What the dry run shows on its page: counts, and the first of each list, as JSON that is kept encrypted."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from xinqiao.school.naming import class_name
from xinqiao.school.roster.plan import Change, Plan

SHOWN = 200
_FIELDS = ("number", "name", "sex", "born_on", "class", "guardians")


def report_of(plan: Plan) -> str:
    """The plan in short."""
    return json.dumps(
        {
            "errors": [error.as_dict() for error in plan.errors[:SHOWN]],
            "error_count": len(plan.errors),
            "questions": [
                {
                    "key": each.key,
                    "row": each.row,
                    "value": each.value,
                    "message": each.message,
                    "choices": [list(choice) for choice in each.choices],
                    "answer": each.answer,
                }
                for each in plan.questions[:SHOWN]
            ],
            "question_count": len(plan.questions),
            "open_count": sum(not each.answer for each in plan.questions),
            "created": _people((child.number, child.name, class_name(*child.place)) for child in plan.created[:SHOWN]),
            "updated": [_change(change) for change in plan.updated[:SHOWN]],
            "left": _people((known.number, known.name, "") for known in plan.left[:SHOWN]),
            "classes": [class_name(*place) for place in plan.classes],
            "unused": plan.unused,
        },
        ensure_ascii=False,
    )


def refusal(sentence: str) -> str:
    """The report of a file that could not be read."""
    return json.dumps({"refused": sentence}, ensure_ascii=False)


def _people(people: Iterable[tuple[str, str, str]]) -> list[dict[str, str]]:
    return [{"number": number, "name": name, "class": place} for number, name, place in people]


def _change(change: Change) -> dict[str, Any]:
    return {
        "number": change.child.number,
        "name": change.child.name,
        "class": class_name(*change.child.place),
        "fields": [name for name in _FIELDS if name in change.fields],
    }


def field_words() -> dict[str, str]:
    """What changes, in words."""
    return {
        "number": _("school number"),
        "name": _("name"),
        "sex": _("sex"),
        "born_on": _("date of birth"),
        "class": _("class"),
        "guardians": _("guardians"),
    }
