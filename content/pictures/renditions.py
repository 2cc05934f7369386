"""Sizes in which pictures go out, and fetching those of many pictures in one query."""

import dataclasses
from collections.abc import Iterable

from django.db.models import Prefetch, prefetch_related_objects

from content.models.pictures import Picture, PictureRendition


@dataclasses.dataclass(frozen=True)
class Size:
    """How a picture stands on a page: a small and a large file, and how wide the page shows it."""

    specs: tuple[str, str]
    sizes: str


SIZES = {
    "card": Size(
        ("fill-360x203|format-webp|webpquality-74", "fill-720x405|format-webp|webpquality-74"),
        "(max-width: 640px) 92vw, 22rem",
    ),
    "wide": Size(
        ("fill-720x405|format-webp|webpquality-78", "fill-1344x756|format-webp|webpquality-78"),
        "(max-width: 720px) 92vw, 42rem",
    ),
    "body": Size(
        ("width-720|format-webp|webpquality-78", "width-1344|format-webp|webpquality-78"),
        "(max-width: 720px) 92vw, 42rem",
    ),
}
SHARE = "fill-600x600|format-jpeg|jpegquality-80"
"""Square: chats cut a card's picture to a square."""

FOR_CARDS = SIZES["card"].specs
FOR_COVERS = (*SIZES["card"].specs, *SIZES["wide"].specs, SHARE)
FOR_ARTICLES = (*FOR_COVERS, *SIZES["body"].specs)


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
