"""A picture inside of a text."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock


class PictureBlock(blocks.StructBlock):
    picture = ImageBlock(
        label=_("Picture"),
        help_text=_("Say in “Alt text” what it shows, for people who cannot see it. No faces of children."),
    )
    caption = blocks.CharBlock(
        label=_("Caption"), required=False, max_length=120, help_text=_("Shown under the picture; may be left empty.")
    )

    class Meta:
        icon = "image"
        label = _("Picture")
        label_format = "{caption}"
        template = "content/blocks/picture.html"
        description = _("A picture with a caption")
