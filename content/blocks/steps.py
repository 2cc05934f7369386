"""Lists: numbered steps to do, and signs to look for."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from content.blocks.headed import LINE, heading_block


class StepsBlock(blocks.StructBlock):
    heading = heading_block(default="这一周可以做的三件事")
    steps = blocks.ListBlock(
        blocks.RichTextBlock(label=_("Step"), features=LINE),
        label=_("Steps"),
        min_num=1,
        max_num=8,
        help_text=_("One thing to do in each step, small enough for a working day. Numbers come by themselves."),
    )

    class Meta:
        icon = "list-ol"
        label = _("Numbered steps")
        label_format = "{heading}"
        template = "content/blocks/steps.html"
        description = _("Things to do, one after the other")


class SignsBlock(blocks.StructBlock):
    heading = heading_block(default="可以留意这些变化")
    intro = blocks.CharBlock(
        label=_("Sentence before the list"),
        required=False,
        max_length=160,
        default="一两条不说明什么；好几条一起出现、持续两周以上，值得和老师谈一谈。",
        help_text=_("Say how many and for how long, so that nobody is frightened by a single sign."),
    )
    signs = blocks.ListBlock(
        blocks.CharBlock(label=_("Sign"), max_length=120),
        label=_("Signs"),
        min_num=1,
        max_num=10,
        help_text=_("What can be seen or heard, not what it might mean."),
    )

    class Meta:
        icon = "view"
        label = _("Signs to notice")
        label_format = "{heading}"
        template = "content/blocks/signs.html"
        description = _("What can be seen or heard in a child")
