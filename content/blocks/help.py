"""When to get more help, with telephone numbers that a phone dials at a tap."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from content.blocks.headed import LINE, heading_block

HOTLINES = [
    ("12356", _("12356 psychological support hotline")),
    ("12355", _("12355 youth service line")),
    ("110", _("110 police")),
    ("120", _("120 ambulance")),
]


class HelpNowBlock(blocks.StructBlock):
    heading = heading_block(default="什么时候需要更多帮助", required=True)
    text = blocks.RichTextBlock(
        label=_("Text"),
        features=LINE,
        default="<p>两周没有好转，或孩子说过不想活、伤害自己的话：当天联系学校心理老师，或拨打 12356。"
        "有马上的危险，先陪在身边，并拨打 110 或 120。</p>",
        help_text=_("Say from when on, whom to ask, and the same day. Never describe ways of self-harm."),
    )
    numbers = blocks.MultipleChoiceBlock(
        label=_("Numbers to call"),
        choices=HOTLINES,
        default=["12356"],
        required=True,
        search_index=False,
        help_text=_("Shown as buttons that dial. 12356 belongs on every page about crisis."),
    )

    class Meta:
        icon = "warning"
        label = _("Help now")
        label_format = "{heading}"
        template = "content/blocks/help_now.html"
        description = _("When to get more help, with numbers to call")
