"""A page of guidance: what parents' articles, and later other readers' pages, are made of."""

import datetime

from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, PublishingPanel
from wagtail.models import Page, PageManager, PageViewRestriction
from wagtail.query import PageQuerySet
from wagtail.search import index

from content.blocks import GUIDANCE_BLOCKS
from content.blocks.headed import block_words
from content.enums import Years, years_filter
from content.fields import SteadyStreamField
from content.models.editing import GuidanceForm
from content.models.pictures import Picture
from content.models.serving import PublicPageMixin
from content.models.slugs import title_panel
from content.models.topics import Topic
from content.pictures.renditions import FOR_ARTICLES, with_renditions
from content.search.segment import index_words

CHARACTERS_A_MINUTE = 350
REVIEW_AFTER = datetime.timedelta(days=365)


def a_year_from_now() -> datetime.date:
    return timezone.localdate() + REVIEW_AFTER


_ON_A_CARD = (
    *("title", "slug", "url_path", "summary", "years", "reading_minutes", "topic__name", "topic__slug"),
    *("cover__title", "cover__file", "cover__description", "cover__width", "cover__height"),
)


class GuidanceQuerySet(PageQuerySet):
    def open_to_all(self) -> "GuidanceQuerySet":
        """Published and under no restriction: Wagtail's `public()` without its query for all restrictions there are."""
        own_path = models.ExpressionWrapper(models.OuterRef("path"), output_field=models.CharField())
        restrictions = PageViewRestriction.objects.annotate(below=own_path)
        return self.live().filter(~models.Exists(restrictions.filter(below__startswith=models.F("page__path"))))

    def for_readers(self) -> "GuidanceQuerySet":
        """Published, open to everyone, newest first."""
        return self.open_to_all().order_by("-first_published_at", "-pk")

    def about(self, *, topic: Topic | None = None, years: str = "") -> "GuidanceQuerySet":
        pages = self.filter(topic=topic) if topic else self
        return pages.filter(years__in=years_filter(years)) if years else pages

    def as_cards(self) -> "GuidanceQuerySet":
        """Only what a card shows, in one query."""
        return self.select_related("topic", "cover").only(*_ON_A_CARD)


GuidanceManager = PageManager.from_queryset(GuidanceQuerySet)


class GuidancePage(PublicPageMixin, Page):
    """Stored by itself, so that home and search list every kind of guidance without knowing the kinds."""

    summary = models.CharField(
        _("In two sentences"),
        max_length=140,
        help_text=_("What the reader will understand and be able to do. Shown on cards, in search and when shared."),
    )
    topic = models.ForeignKey(Topic, models.PROTECT, verbose_name=_("Topic"), related_name="pages")
    years = models.CharField(_("For which children"), max_length=8, choices=Years, default=Years.ALL)
    cover = models.ForeignKey(
        Picture,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("Cover picture"),
        related_name="+",
        help_text=_("Wide, calm, without children's faces. What it shows in words is kept with the picture."),
    )
    body = SteadyStreamField(
        GUIDANCE_BLOCKS,
        verbose_name=_("Text"),
        help_text=_("Begin with a text block. A page about danger needs a “Help now” block."),
    )
    sources = models.TextField(
        _("Sources"),
        blank=True,
        help_text=_("One a line: rules, guidelines or books that the text relies on, with their year."),
    )
    reviewed_by = models.CharField(
        _("Reviewed by"),
        max_length=40,
        default="心理咨询室",
        help_text=_("A room or an office, never a person's name."),
    )
    reviewed_on = models.DateField(_("Reviewed on"), default=timezone.localdate, help_text=_("Readers see the month."))
    review_due_on = models.DateField(
        _("Review again by"), default=a_year_from_now, help_text=_("After this day the page stands in the review list.")
    )
    reading_minutes = models.PositiveSmallIntegerField(default=1, editable=False)
    plain_text = models.TextField(blank=True, editable=False)

    objects = GuidanceManager()
    base_form_class = GuidanceForm
    is_creatable = False

    content_panels = [
        title_panel(placeholder=_("As a parent would ask, for example: 孩子说“不想上学”")),
        FieldPanel("summary"),
        FieldRowPanel([FieldPanel("topic"), FieldPanel("years")], heading=_("About and for whom")),
        FieldPanel("cover"),
        FieldPanel("body"),
        FieldPanel("sources"),
        MultiFieldPanel(
            [FieldPanel("reviewed_by"), FieldRowPanel([FieldPanel("reviewed_on"), FieldPanel("review_due_on")])],
            heading=_("Review"),
        ),
    ]
    promote_panels = [
        MultiFieldPanel(
            [
                FieldPanel("slug", help_text=_("Leave it empty: it is made from the title. Keep it once published.")),
                FieldPanel("seo_title"),
                FieldPanel("search_description"),
            ],
            heading=_("Address and sharing"),
        )
    ]
    settings_panels = [PublishingPanel()]
    search_fields = [
        *Page.search_fields,
        index.SearchField("search_title", boost=10),
        index.SearchField("search_topic", boost=7),
        index.SearchField("search_summary", boost=4),
        index.SearchField("search_text"),
        index.FilterField("topic"),
        index.FilterField("years"),
    ]

    class Meta:
        verbose_name = _("guidance page")
        verbose_name_plural = _("guidance pages")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(review_due_on__gt=models.F("reviewed_on")),
                name="guidance_review_comes_after_the_last",
            )
        ]

    def save(self, *args, **kwargs) -> None:
        self.read_through()
        super().save(*args, **kwargs)

    def read_through(self) -> None:
        """Bring what is derived from the body up to date: its plain text and how long it takes to read."""
        self.plain_text = " ".join(word for word in block_words(self.body) if word)
        self.reading_minutes = max(1, round(len(self.plain_text) / CHARACTERS_A_MINUTE))

    # -- for the index -------------------------------------------------------------------------------------------------
    def search_title(self) -> str:
        return index_words(self.title)

    def search_topic(self) -> str:
        return index_words(self.topic.name)

    def search_summary(self) -> str:
        return index_words(self.summary)

    def search_text(self) -> str:
        return index_words(self.plain_text)

    # -- for the page --------------------------------------------------------------------------------------------------
    @cached_property
    def sections(self) -> list[dict]:
        """The body's blocks, each with the anchor that the table of contents points to."""
        found = []
        for number, block in enumerate(self.body, start=1):
            heading = block.value.get("heading", "") if block.block_type not in {"quote", "related"} else ""
            found.append({"block": block, "anchor": f"s{number}", "heading": heading})
        return found

    @property
    def contents(self) -> list[dict]:
        return [section for section in self.sections if section["heading"]]

    @property
    def source_lines(self) -> list[str]:
        return [line.strip() for line in self.sources.splitlines() if line.strip()]

    @property
    def updated_on(self) -> datetime.date:
        """The day that readers are told: the last review."""
        return self.reviewed_on

    def see_also(self, count: int = 3) -> list["GuidancePage"]:
        """Others of the same topic first, then for the same years, the newest first."""
        return self._with_neighbours(count)[1]

    def _with_neighbours(self, count: int = 3) -> tuple["GuidancePage | None", list["GuidancePage"]]:
        """This page as a card, when readers see it, and those to read on: one query for both."""
        near = models.Case(
            models.When(pk=self.pk, then=0),
            models.When(topic=self.topic_id, then=1),
            models.When(years=self.years, then=2),
            default=3,
        )
        pages = GuidancePage.objects.for_readers().annotate(near=near).order_by("near", "-first_published_at", "-pk")
        found = list(pages.as_cards()[: count + 1])
        own = found.pop(0) if found and found[0].pk == self.pk else None
        return own, found[:count]

    def get_context(self, request, *args, **kwargs) -> dict:
        context = super().get_context(request, *args, **kwargs)
        own, see_also = self._with_neighbours()
        if own is not None and (own.topic_id, own.cover_id) == (self.topic_id, self.cover_id):
            self.topic, self.cover = own.topic, own.cover
        inside = [block.value["picture"] for block in self.body if block.block_type == "picture"]
        with_renditions([self.cover, *inside, *(page.cover for page in see_also)], *FOR_ARTICLES)
        return {**context, "see_also": see_also}

    def serve_preview(self, request, mode_name):
        self.read_through()
        return super().serve_preview(request, mode_name)
