"""What an editor finds first in the admin: the next thing to do, and the articles whose review is due."""

from typing import Any, ClassVar

from django.utils import timezone
from wagtail.admin.ui.components import Component

from content.models import HelpNowPage, HomePage
from parents.models import ArticlePage, ParentsIndexPage
from parents.viewsets import article_listing, review_due

SHOWN = 5


class WritingPanel(Component):
    """Stands first on the admin's home, for those who may write."""

    name = "writing"
    order = 50
    template_name = "parents/admin/writing.html"

    class Media:
        css: ClassVar = {"all": ["parents/admin.css"]}

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        request = parent_context["request"]
        index = ParentsIndexPage.objects.first()
        if index is None or not index.permissions_for_user(request.user).can_add_subpage():
            return {}
        due = review_due(ArticlePage.objects.all(), timezone.localdate())
        return {
            "index": index,
            "home": HomePage.objects.first(),
            "help": HelpNowPage.objects.first(),
            "due": list(due[:SHOWN]),
            "due_count": due.count(),
            "listing": article_listing.get_url_name("index"),
            "today": timezone.localdate(),
        }
