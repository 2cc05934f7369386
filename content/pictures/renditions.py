"""Sizes in which pictures go out, and fetching those of many pictures in one query."""

from collections.abc import Iterable

from django.db.models import Prefetch, prefetch_related_objects

from content.models.pictures import Picture, PictureRendition

CARD = "fill-640x360|format-webp|webpquality-78"
WIDE = "fill-1280x720|format-webp|webpquality-80"
SHARE = "fill-1200x630|format-jpeg|jpegquality-80"
BODY = "width-1280|format-webp|webpquality-80"


def with_renditions(pictures: Iterable[Picture | None], *specs: str) -> None:
    """Fetch the sizes that these pictures already have; those that lack one make it when it is first asked for."""
    wanted = list({id(picture): picture for picture in pictures if picture is not None}.values())
    if wanted:
        prefetch_related_objects(
            wanted,
            Prefetch(
                "renditions",
                queryset=PictureRendition.objects.filter(filter_spec__in=specs),
                to_attr="prefetched_renditions",
            ),
        )
