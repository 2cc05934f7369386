"""Pages to go on reading, chosen by hand."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class RelatedBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), default="接着读", max_length=40)
    pages = blocks.ListBlock(
        blocks.PageChooserBlock(label=_("Page"), page_type=["content.GuidancePage", "content.HelpNowPage"]),
        label=_("Pages"),
        min_num=1,
        max_num=4,
    )

    class Meta:
        icon = "link"
        label = _("Related pages")
        label_format = "{heading}"
        template = "content/blocks/related.html"
        description = _("Pages to go on reading")
        not_words = ("heading", "pages")
