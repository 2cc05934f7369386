"""Addresses of the registry for the school; a guardian's own lie below /family/."""

from django.urls import path, register_converter

from xinqiao.consents.kinds import KINDS
from xinqiao.consents.views import asking, child, class_page, overview, texts


class KindName:
    """The key of a kind."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)


register_converter(KindName, "consent_kind")

app_name = "consents"

_CLASS = "<consent_kind:kind>/classes/<int:class_id>/"
_CHILD = "children/<int:student_id>/"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("<consent_kind:kind>/ask/", asking.ask_page, name="ask"),
    path("<consent_kind:kind>/answers.xlsx", class_page.export_all, name="export"),
    path(_CLASS, class_page.class_page, name="class_page"),
    path(_CLASS + "paper/", class_page.paper, name="paper"),
    path(_CLASS + "answers.xlsx", class_page.export_class, name="export_class"),
    path("askings/<uuid:asking_id>/remind/", asking.remind_all, name="remind"),
    path("askings/<uuid:asking_id>/due/", asking.due_day, name="due_day"),
    path(_CHILD, child.child, name="child"),
    path(_CHILD + "<consent_kind:kind>/ask/", child.ask_one, name="ask_one"),
    path(_CHILD + "<consent_kind:kind>/answer/", child.answer, name="answer"),
    path(_CHILD + "<consent_kind:kind>/safety/", child.safety, name="safety"),
    path("texts/", texts.texts, name="texts"),
    path("texts/<consent_kind:kind>/", texts.text, name="text"),
    path("rules/", texts.rules, name="rules"),
]
