"""The parents' part of the site: one index, and articles below it."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, PublishingPanel
from wagtail.models import Page

from content.enums import Years
from content.models import GuidancePage, SiteWords, Topic
from content.models.serving import PublicPageMixin
from content.models.slugs import title_panel
from content.pictures.renditions import FOR_CARDS, with_renditions

CARDS_A_PAGE = 12
RATHER_LONGER = 2
"""So few left over stand on the page before, not on one of their own."""


class ParentsIndexPage(PublicPageMixin, Page):
    lead = models.CharField(_("First sentence"), max_length=160, blank=True)

    max_count = 1
    parent_page_types = ["content.HomePage"]
    subpage_types = ["parents.ArticlePage"]
    template = "parents/index_page.html"
    content_panels = [title_panel(), FieldPanel("lead")]
    promote_panels = [FieldPanel("search_description")]
    settings_panels = [PublishingPanel()]

    class Meta:
        verbose_name = _("parents' index")
        verbose_name_plural = _("parents' indexes")

    def get_context(self, request, *args, **kwargs) -> dict:
        """The chosen topic and years narrow the list; a choice that does not exist is none."""
        topics = list(Topic.objects.all())
        topic = next((t for t in topics if t.slug == request.GET.get("topic")), None)
        years = request.GET.get("grade", "")
        years = years if years in Years.values else ""
        articles = ArticlePage.objects.for_readers().child_of(self).about(topic=topic, years=years).as_cards()
        page_obj = Paginator(articles, CARDS_A_PAGE, orphans=RATHER_LONGER).get_page(request.GET.get("page"))
        with_renditions([article.cover for article in page_obj.object_list], *FOR_CARDS)
        return {
            **super().get_context(request, *args, **kwargs),
            "topic": topic,
            "years": years,
            "choices": _choices(topics, topic=topic, years=years),
            "page_obj": page_obj,
        }


def _choices(topics: list[Topic], *, topic: Topic | None, years: str) -> list[dict]:
    """The two rows of links above the list. Each link keeps what was chosen in the other row."""
    chosen = {"topic": topic.slug if topic else "", "grade": years}
    rows = (
        ("topic", _("What is it about?"), [(one.slug, one.name) for one in topics]),
        ("grade", _("Which grade?"), [(value, label) for value, label in Years.choices if value != Years.ALL]),
    )
    return [
        {
            "name": name,
            "label": label,
            "ways": [
                {"label": words, "chosen": value == chosen[name], "query": _query({**chosen, name: value})}
                for value, words in [("", _("All")), *ways]
            ],
        }
        for name, label, ways in rows
    ]


def _query(chosen: dict[str, str]) -> str:
    kept = {name: value for name, value in chosen.items() if value}
    return f"?{urlencode(kept)}" if kept else ""


class ArticlePage(GuidancePage):
    """An article for parents. Everything that it holds comes from the guidance base."""

    is_creatable = True
    parent_page_types = ["parents.ParentsIndexPage"]
    subpage_types: list[str] = []
    template = "parents/article_page.html"

    class Meta:
        verbose_name = _("article for parents")
        verbose_name_plural = _("articles for parents")

    def get_context(self, request, *args, **kwargs) -> dict:
        return {**super().get_context(request, *args, **kwargs), "words": SiteWords.for_request(request)}
