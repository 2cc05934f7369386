"""The picture's file field: whichever way a file comes in, what is stored was made anew from its pixels."""

from django.core.files.base import File
from wagtail.images.models import WagtailImageField, WagtailImageFieldFile

from content.pictures.cleaning import CleanedPicture, cleaned_picture


class CleanedImageFile(WagtailImageFieldFile):
    def save(self, name: str, content: File, save: bool = True) -> None:
        """Store the cleaned picture. The upload form has done it already, to be able to explain; others have not."""
        inner = getattr(content, "file", content)
        if not isinstance(content, CleanedPicture) and not isinstance(inner, CleanedPicture):
            content = cleaned_picture(content, name)
            name = content.name
        super().save(name, content, save=save)


class CleanedImageField(WagtailImageField):
    attr_class = CleanedImageFile
