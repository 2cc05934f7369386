"""The question banks in the editor's menu, under “Training”."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from training.models import Question, QuestionBank


class QuestionViewSet(SnippetViewSet):
    model = Question
    icon = "help"
    menu_label = _("Questions")
    list_display = ["__str__", "kind", "bank", BooleanColumn("active", label=_("In use"))]
    list_filter = ["bank", "kind", "active"]
    list_per_page = 50
    ordering = ["bank", "pk"]


class QuestionBankViewSet(SnippetViewSet):
    model = QuestionBank
    icon = "folder-open-inverse"
    menu_label = _("Question banks")
    list_display = ["name", Column("active_count", label=_("Questions in use"))]
    search_fields = ["name"]


class TrainingGroup(SnippetViewSetGroup):
    items = (QuestionViewSet, QuestionBankViewSet)
    menu_label = _("Training")
    menu_icon = "form"
    menu_order = 250
