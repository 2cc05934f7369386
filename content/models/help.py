"""Help now: whom to call, what to do while waiting, and a plain word to the child, the parent and the teacher."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, PublishingPanel
from wagtail.models import Page

from content.blocks import StepsBlock
from content.blocks.headed import LINE, heading_block
from content.enums import Reader
from content.fields import SteadyStreamField
from content.models.serving import PublicPageMixin
from content.models.site import SiteWords
from content.models.slugs import title_panel


class NumberBlock(blocks.StructBlock):
    """A line that answers, with what it is good for."""

    number = blocks.RegexBlock(
        label=_("Number"),
        regex=r"^[0-9+\- ]{3,20}$",
        error_messages={"invalid": _("Digits, blanks and hyphens only.")},
    )
    name = blocks.CharBlock(label=_("Name"), max_length=30)
    when = blocks.CharBlock(
        label=_("When to call it"), max_length=80, help_text=_("One plain sentence. The first line is shown largest.")
    )

    class Meta:
        icon = "comment-add"
        label = _("Telephone number")
        label_format = "{number} {name}"


class ForReaderBlock(blocks.StructBlock):
    """A word to one kind of reader."""

    reader = blocks.ChoiceBlock(label=_("Reader"), choices=Reader.choices)
    heading = heading_block(required=True)
    steps = blocks.ListBlock(blocks.RichTextBlock(label=_("Step"), features=LINE), label=_("Steps"), min_num=1)
    say = blocks.ListBlock(
        blocks.CharBlock(label=_("Sentence"), max_length=120),
        label=_("Sentences that help"),
        required=False,
        default=[],
        help_text=_("As they are spoken, without quotation marks. May be left empty."),
    )

    class Meta:
        icon = "group"
        label = _("For one kind of reader")
        label_format = "{reader} {heading}"


class HelpNowPage(PublicPageMixin, Page):
    lead = models.CharField(_("First sentence"), max_length=160)
    numbers = SteadyStreamField([("number", NumberBlock())], verbose_name=_("Telephone numbers"), min_num=1)
    waiting = SteadyStreamField(
        [("steps", StepsBlock())], verbose_name=_("While help is on its way"), max_num=1, help_text=_("Five at most.")
    )
    readers = SteadyStreamField([("reader", ForReaderBlock())], verbose_name=_("For child, parent and teacher"))
    closing = models.CharField(
        _("Last sentence"), max_length=200, blank=True, help_text=_("Confidentiality in one plain sentence.")
    )

    max_count = 1
    parent_page_types = ["content.HomePage"]
    subpage_types: list[str] = []
    template = "content/help_now_page.html"
    content_panels = [
        title_panel(),
        FieldPanel("lead"),
        FieldPanel("numbers"),
        FieldPanel("waiting"),
        FieldPanel("readers"),
        FieldPanel("closing"),
    ]
    promote_panels = [FieldPanel("search_description")]
    settings_panels = [PublishingPanel()]

    class Meta:
        verbose_name = _("help-now page")
        verbose_name_plural = _("help-now pages")

    def get_context(self, request, *args, **kwargs) -> dict:
        return {**super().get_context(request, *args, **kwargs), "words": SiteWords.for_request(request)}
