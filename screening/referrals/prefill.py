"""First words of a referral letter: what the teacher saw, in the form's own observable words. No score, no story."""

from screening.cases.models import Case
from screening.instruments.answers import seen

_DONE = "学校已安排心理老师与孩子谈话，班主任在日常中多加陪伴，并已与监护人沟通。"
_ASKED = "请评估孩子目前的情况，并告诉监护人和学校：在校期间需要注意什么、怎样配合。"


def first_words(case: Case) -> dict[str, str]:
    """Texts for a new letter, to be changed by the counselor."""
    return {"observed": _observed(case), "done_so_far": _DONE, "asked": _ASKED}


def _observed(case: Case) -> str:
    response = case.assessment.response
    if response is None:
        return ""
    definition = response.class_pass.round.instrument_version.parsed
    marked = seen(definition, response.unpacked)
    lines = [
        f"{item.text}（{definition.options(item)[marked[item.code]].label}）"
        for item in definition.items
        if item.code in marked and item.domain != "events"
    ]
    return "最近两周，老师看到：" + "；".join(lines) + "。" if lines else ""
