"""Running text with a heading."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from content.blocks.headed import PROSE, heading_block


class TextBlock(blocks.StructBlock):
    heading = heading_block()
    text = blocks.RichTextBlock(
        label=_("Text"), features=PROSE, help_text=_("Short paragraphs: two or three sentences each.")
    )

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        label_format = "{heading}"
        template = "content/blocks/text.html"
        description = _("A heading and a few paragraphs")
