"""The upload form for pictures: what is no picture is refused in one clear sentence, the rest is made anew."""

from collections.abc import Callable

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _
from wagtail.images.forms import BaseImageForm

from content.pictures.cleaning import NotAPicture, PictureTooLarge, cleaned_picture

NOT_A_PICTURE = _(
    "This file is not a picture that we can show. Choose a JPG, PNG, WebP or GIF file, such as a photo from a phone."
)
TOO_LARGE = _("This picture has too many pixels. Make it smaller, for example 2000 pixels wide, and choose it again.")


def _refusing_the_unreadable(check: Callable[[File], None]) -> Callable[[File], None]:
    """Wagtail's check reads the header and lets the library's own errors through where that is cut off."""

    def checked(file: File) -> None:
        try:
            check(file)
        except (OSError, SyntaxError, ValueError) as error:
            raise ValidationError(NOT_A_PICTURE, code="not_a_picture") from error

    return checked


class PictureForm(BaseImageForm):
    """Used by Wagtail wherever a picture is added: the library, the chooser and the multiple upload."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            messages = self.fields["file"].error_messages
            for name in ("invalid", "invalid_image", "invalid_image_extension", "invalid_image_known_format"):
                messages[name] = NOT_A_PICTURE
            messages["file_too_many_pixels"] = TOO_LARGE
            field = self.fields["file"]
            field.check_image_pixel_size = _refusing_the_unreadable(field.check_image_pixel_size)
        if "description" in self.fields:
            field = self.fields["description"]
            # The multiple upload makes the picture first and asks for its words right after.
            field.required = not self.is_bound or self.add_prefix("description") in self.data
            field.label = _("What the picture shows")
            field.help_text = _("Read aloud to people who cannot see it: one sentence, without “a picture of”.")
            field.widget = forms.TextInput(attrs={"placeholder": "妈妈蹲下来，听孩子说话"})

    def clean_file(self):
        """The same picture, decoded and written again: no hidden second file, no place or device in its data."""
        file = self.cleaned_data["file"]
        if "file" not in self.changed_data or not file:
            return file
        try:
            return cleaned_picture(file, file.name)
        except PictureTooLarge as error:
            raise ValidationError(TOO_LARGE, code="too_large") from error
        except NotAPicture as error:
            raise ValidationError(NOT_A_PICTURE, code="not_a_picture") from error
