"""A plain page: privacy, about, how the site is kept accessible."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, PublishingPanel
from wagtail.models import Page

from content.blocks import PLAIN_BLOCKS
from content.fields import SteadyStreamField
from content.models.serving import PublicPageMixin
from content.models.slugs import PinyinSlugForm, title_panel


class StandardPage(PublicPageMixin, Page):
    lead = models.CharField(_("First sentence"), max_length=160, blank=True)
    body = SteadyStreamField(PLAIN_BLOCKS, verbose_name=_("Text"))

    base_form_class = PinyinSlugForm
    parent_page_types = ["content.HomePage"]
    subpage_types: list[str] = []
    template = "content/standard_page.html"
    content_panels = [title_panel(), FieldPanel("lead"), FieldPanel("body")]
    promote_panels = [
        FieldPanel("slug", help_text=_("Leave it empty: it is made from the title. Keep it once published.")),
        FieldPanel("search_description"),
    ]
    settings_panels = [PublishingPanel()]

    class Meta:
        verbose_name = _("plain page")
        verbose_name_plural = _("plain pages")

    @property
    def sections(self) -> list[dict]:
        return [{"block": block, "anchor": f"s{number}"} for number, block in enumerate(self.body, start=1)]
