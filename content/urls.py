"""Addresses of what is not a Wagtail page."""

from django.urls import path, register_converter

from content import media, views


class FileName:
    """One name without a folder."""

    regex = r"[\w.\-]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FileName, "file_name")

urlpatterns = [
    path("search/", views.search, name="search"),
    path("media/images/<file_name:name>", media.rendition, name="picture"),
    path("media/original_images/<file_name:name>", media.original, name="picture_original"),
]
