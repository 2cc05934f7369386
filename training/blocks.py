"""What a lesson is made of: short sections, each of text, cases, pictures, key points and questions to check oneself."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from content.blocks.pictures import PictureBlock

TEXT_FEATURES = ["h3", "bold", "italic", "ol", "ul", "link"]


class CaseBlock(blocks.StructBlock):
    """A short scene from school life. Nobody in it has a name."""

    text = blocks.TextBlock(label=_("What happened"), help_text=_("Two to five sentences. No names, no school."))

    class Meta:
        icon = "user"
        label = pgettext_lazy("training", "Case")
        template = "training/blocks/case.html"


class KeyPointsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), required=False, max_length=40)
    points = blocks.ListBlock(blocks.CharBlock(max_length=160), label=_("Points"), min_num=1, max_num=7)

    class Meta:
        icon = "list-ul"
        label = _("Key points")
        template = "training/blocks/key_points.html"


class SayBlock(blocks.StructBlock):
    """What one can say, and what is better left unsaid."""

    say = blocks.ListBlock(blocks.CharBlock(max_length=160), label=_("You can say"), min_num=1, max_num=6)
    rather_not = blocks.ListBlock(
        blocks.CharBlock(max_length=160), label=_("Better not"), min_num=0, max_num=6, required=False
    )

    class Meta:
        icon = "openquote"
        label = _("Words to use")
        template = "training/blocks/say.html"


class CheckOption(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Option"), max_length=160)
    correct = blocks.BooleanBlock(label=pgettext_lazy("training", "Right"), required=False)
    reason = blocks.CharBlock(label=_("Why"), max_length=240, help_text=_("Shown as soon as somebody chooses it."))

    class Meta:
        icon = "radio-full"


class CheckBlock(blocks.StructBlock):
    """A question to check oneself. Nothing of it is stored: it is for thinking, not for marks."""

    question = blocks.CharBlock(label=_("Question"), max_length=200)
    options = blocks.ListBlock(CheckOption(), label=_("Options"), min_num=2, max_num=6)

    class Meta:
        icon = "help"
        label = _("Check yourself")
        template = "training/blocks/check.html"

    def clean(self, value):
        cleaned = super().clean(value)
        if not any(option["correct"] for option in cleaned["options"]):
            raise StructBlockValidationError(
                block_errors={"options": ValidationError(_("Mark at least one option as right."))}
            )
        return cleaned

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context=parent_context)
        context["several"] = sum(bool(option["correct"]) for option in value["options"]) > 1
        return context


class SectionBody(blocks.StreamBlock):
    text = blocks.RichTextBlock(label=_("Text"), features=TEXT_FEATURES, template="training/blocks/text.html")
    case = CaseBlock()
    key_points = KeyPointsBlock()
    say = SayBlock()
    check = CheckBlock()
    picture = PictureBlock()


class SectionBlock(blocks.StructBlock):
    """One step on a phone: a minute or two of reading."""

    title = blocks.CharBlock(label=_("Heading"), max_length=60)
    body = SectionBody(label=_("Content"), min_num=1)

    class Meta:
        icon = "doc-full"
        label = _("Section")
        template = "training/blocks/section.html"


class SectionsBlock(blocks.StreamBlock):
    section = SectionBlock()

    class Meta:
        min_num = 1
        max_num = 12
