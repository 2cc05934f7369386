"""What the training manager finds first in the admin: each course, who is late with it, and the ways to the next act."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component

from training.models import CoursePage, Question
from training.roster import completion_rows
from xinqiao.accounts.access import may, reach
from xinqiao.accounts.capabilities import Capability


@dataclasses.dataclass(frozen=True)
class Standing:
    """How far the colleagues are with one course today."""

    course: CoursePage
    people: int
    certified: int
    late: int


class TrainingPanel(Component):
    """For whoever may manage courses; nothing for others."""

    name = "training"
    order = 50
    template_name = "training/admin/home_panel.html"

    class Media:
        css: ClassVar = {"all": ["training/admin.css"]}

    def render_html(self, parent_context: Any = None) -> str:
        user = parent_context["request"].user
        return super().render_html(parent_context) if may(user, Capability.MANAGE_TRAINING) else ""

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        schools, today = reach(parent_context["request"].user, Capability.MANAGE_TRAINING).schools, timezone.localdate()
        standings = []
        for course in CoursePage.objects.live().order_by("path"):
            rows = completion_rows(course, schools, today)
            standings.append(
                Standing(
                    course=course,
                    people=len(rows),
                    certified=sum(row.is_certified for row in rows),
                    late=sum(row.is_late for row in rows),
                )
            )
        questions = Question.snippet_viewset
        return {
            "standings": standings,
            "drafts": CoursePage.objects.filter(live=False).order_by("path"),
            "completion": reverse("training:completion"),
            "assign": reverse("training:assign"),
            "questions": reverse(questions.get_url_name("list")),
            "new_question": reverse(questions.get_url_name("add")),
        }
