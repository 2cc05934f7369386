"""The home page: a question to type, three doors, and what parents read this week."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, PublishingPanel
from wagtail.models import Orderable, Page

from content.fields import SteadyStreamField
from content.models.guidance import GuidancePage
from content.models.serving import PublicPageMixin
from content.models.site import SiteWords
from content.models.slugs import title_panel
from content.pictures.renditions import FOR_CARDS, with_renditions

CARDS = 6


class DoorBlock(blocks.StructBlock):
    """One of the ways in, for one kind of person."""

    icon = blocks.ChoiceBlock(
        label=_("Sign"),
        choices=[
            ("book", _("Book")),
            ("cap", _("Cap")),
            ("heart", _("Heart")),
            ("people", _("People")),
            ("today", _("Calendar")),
        ],
        default="book",
    )
    title = blocks.CharBlock(label=_("Words on the door"), max_length=20)
    text = blocks.CharBlock(label=_("Text"), max_length=80)
    link = blocks.RegexBlock(
        label=_("Leads to"),
        regex=r"^/(?!/)[\w\-/?=&#]*$",
        error_messages={"invalid": _("An address on this site, beginning with a slash: /parents/")},
        help_text=_("An address on this site: /parents/, /training/, /workspace/"),
    )

    class Meta:
        icon = "link"
        label = _("Door")
        label_format = "{title}"


class HomePage(PublicPageMixin, Page):
    hero_title = models.CharField(
        _("Large sentence"),
        max_length=60,
        help_text=_("A comma may end the first line."),
        default="看见孩子的情绪，和他一起走过来",
    )
    hero_text = models.CharField(
        _("What this site offers"),
        max_length=160,
        default="给家长的文章与家长学校，给教师的识别与应对培训，给心理老师的工作台。由本校心理咨询室审核。",
    )
    quick_asks = SteadyStreamField(
        [("ask", blocks.CharBlock(label=_("Words"), max_length=16, icon="search"))],
        verbose_name=_("Quick questions"),
        blank=True,
        max_num=8,
        help_text=_("What parents ask most, in their words. Each is a search."),
    )
    doors = SteadyStreamField([("door", DoorBlock())], verbose_name=_("Doors"), blank=True, max_num=4)
    reading_title = models.CharField(_("Heading above the articles"), max_length=30, default="这周家长在读")

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    # Below it: every page type that names it as its parent, so that rooms above `content` bring their own.
    template = "content/home_page.html"
    content_panels = [
        title_panel(),
        MultiFieldPanel(
            [FieldPanel("hero_title"), FieldPanel("hero_text"), FieldPanel("quick_asks")], heading=_("Top")
        ),
        FieldPanel("doors"),
        MultiFieldPanel(
            [
                FieldPanel("reading_title"),
                InlinePanel(
                    "features",
                    label=_("article"),
                    heading=_("Articles shown first"),
                    help_text=_("Up to six; the newest fill the rest by themselves."),
                    max_num=CARDS,
                ),
            ],
            heading=_("What parents read"),
        ),
    ]
    promote_panels = [FieldPanel("seo_title"), FieldPanel("search_description")]
    settings_panels = [PublishingPanel()]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def reading(self) -> list[GuidancePage]:
        """The pages chosen by the editor, in that order, then the newest."""
        chosen = [feature.page_id for feature in self.features.all()]
        place = models.Case(
            *(models.When(pk=pk, then=position) for position, pk in enumerate(chosen)),
            default=len(chosen),
            output_field=models.IntegerField(),
        )
        pages = GuidancePage.objects.for_readers().annotate(place=place)
        return list(pages.order_by("place", "-first_published_at", "-pk").as_cards()[:CARDS])

    def get_context(self, request, *args, **kwargs) -> dict:
        reading = self.reading()
        with_renditions([page.cover for page in reading], *FOR_CARDS)
        return {
            **super().get_context(request, *args, **kwargs),
            "reading": reading,
            "words": SiteWords.for_request(request),
        }


class HomeFeature(Orderable):
    home = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="features")
    page = models.ForeignKey(GuidancePage, models.CASCADE, verbose_name=_("Article"), related_name="+")

    panels = [FieldPanel("page")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["home", "page"], name="one_feature_of_a_page")]
