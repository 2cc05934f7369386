"""What you can say: sentences that help beside those that hurt."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from content.blocks.headed import heading_block


def _sentences(label: str, help_text: str) -> blocks.ListBlock:
    return blocks.ListBlock(
        blocks.CharBlock(label=_("Sentence"), max_length=120),
        label=label,
        min_num=1,
        max_num=6,
        help_text=help_text,
    )


class SayBlock(blocks.StructBlock):
    heading = heading_block(default="怎么开口")
    better = _sentences(_("You can say"), _("A sentence in each line, as it is spoken, without quotation marks."))
    worse = _sentences(_("Better not"), _("Sentences that slip out easily; write them without blame."))

    class Meta:
        icon = "comment"
        label = _("What you can say")
        label_format = "{heading}"
        template = "content/blocks/say.html"
        description = _("Two columns: you can say, better not")
