"""The list of articles in the admin: by topic, by age, and those whose review is due."""

import datetime
from typing import ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet

from parents.models import ArticlePage

DUE_SOON = datetime.timedelta(days=30)


def review_due(articles: QuerySet[ArticlePage], today: datetime.date) -> QuerySet[ArticlePage]:
    """Published articles that must be read through again within a month, or should have been."""
    return articles.live().filter(review_due_on__lte=today + DUE_SOON).order_by("review_due_on", "pk")


class ArticleFilters(WagtailFilterSet):
    review = django_filters.ChoiceFilter(
        label=_("Review"), method="by_review", choices=[("due", _("Due within a month, or late"))], empty_label=_("All")
    )

    class Meta:
        model = ArticlePage
        fields: ClassVar = ["topic", "years", "live"]

    def by_review(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return review_due(queryset, timezone.localdate()) if value == "due" else queryset


class ArticleIndexView(IndexView):
    def annotate_queryset(self, pages: QuerySet) -> QuerySet:
        return super().annotate_queryset(pages).prefetch_related("topic")


class ArticleListing(PageListingViewSet):
    model = ArticlePage
    icon = "doc-full"
    menu_label = _("Articles")
    menu_order = 110
    add_to_admin_menu = True
    index_view_class = ArticleIndexView
    filterset_class = ArticleFilters
    columns: ClassVar = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label=_("Title of the page"), sort_key="title", classname="title"),
        Column("topic", label=_("Topic"), sort_key="topic__position"),
        Column("years", label=_("For which children"), accessor="get_years_display", sort_key="years"),
        DateColumn("latest_revision_created_at", label=_("Last changed"), sort_key="latest_revision_created_at"),
        Column("review_due_on", label=_("Review again by"), sort_key="review_due_on"),
        PageStatusColumn("status", label=_("Status"), sort_key="live"),
    ]


article_listing = ArticleListing("articles")
