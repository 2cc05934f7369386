"""Other voices: a sentence to remember, and a made-up case that shows how it can go."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from content.blocks.headed import LINE, heading_block


class QuoteBlock(blocks.StructBlock):
    quote = blocks.TextBlock(label=_("Sentence"), max_length=200, rows=2)
    source = blocks.CharBlock(
        label=_("Where it is from"),
        required=False,
        max_length=80,
        help_text=_("A book, a rule or an office; no private persons."),
    )

    class Meta:
        icon = "openquote"
        label = _("Quote")
        label_format = "{quote}"
        template = "content/blocks/quote.html"
        description = _("A sentence to remember")


class CaseBlock(blocks.StructBlock):
    heading = heading_block(default="一个常见的情形")
    text = blocks.RichTextBlock(
        label=_("Text"),
        features=LINE,
        help_text=_("Made up, or changed so far that nobody can recognise a child. No names, no class."),
    )

    class Meta:
        icon = "user"
        label = _("A case")
        label_format = "{heading}"
        template = "content/blocks/case.html"
        description = _("A made-up situation and how it went on")
