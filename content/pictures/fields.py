"""The picture's file field: whichever way a file comes in, what is stored was made anew from its pixels."""

from django.core.files.base import File
from wagtail.images.models import WagtailImageField, WagtailImageFieldFile
from willow.image import UnrecognisedImageFormatError

from content.pictures.cleaning import CleanedPicture, NotAPicture, cleaned_picture


class CleanedImageFile(WagtailImageFieldFile):
    def get_image_dimensions(self) -> tuple[int, int]:
        """Asked already when the row is made in memory, before anything is stored."""
        try:
            return super().get_image_dimensions()
        except UnrecognisedImageFormatError as error:
            raise NotAPicture from error

    def save(self, name: str, content: File, save: bool = True) -> None:
        """Store the cleaned picture. The upload form has done it already, to be able to explain; others have not."""
        inner = getattr(content, "file", content)
        if not isinstance(content, CleanedPicture) and not isinstance(inner, CleanedPicture):
            content = cleaned_picture(content, name)
            name = content.name
        super().save(name, content, save=save)


class CleanedImageField(WagtailImageField):
    attr_class = CleanedImageFile
