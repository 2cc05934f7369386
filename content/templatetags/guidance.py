"""Tags for guidance pages: pictures from fetched sizes, dates as a month, the words of a question marked."""

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from content.models.pictures import Picture
from content.pictures import renditions

register = template.Library()

SIZES = {"card": renditions.CARD, "wide": renditions.WIDE, "body": renditions.BODY, "share": renditions.SHARE}


def _rendition(picture: Picture, size: str):
    spec = SIZES[size]
    for rendition in getattr(picture, "prefetched_renditions", ()):
        if rendition.filter_spec == spec:
            return rendition
    return picture.get_rendition(spec)


@register.simple_tag
def picture(image: Picture | None, size: str, *, alt: str | None = None, first: bool = False) -> SafeString | str:
    """An `<img>` with width and height, so that nothing jumps. All but the first on a page load when they are near."""
    if image is None:
        return ""
    made = _rendition(image, size)
    text = image.default_alt_text if alt is None else alt
    if first:
        return format_html(
            '<img src="{}" width="{}" height="{}" alt="{}" fetchpriority="high" decoding="async">',
            made.url, made.width, made.height, text,
        )  # fmt: skip
    return format_html(
        '<img src="{}" width="{}" height="{}" alt="{}" loading="lazy" decoding="async">',
        made.url, made.width, made.height, text,
    )  # fmt: skip


@register.simple_tag
def picture_address(image: Picture | None, size: str) -> str:
    """The full address, for cards in other people's chats."""
    if image is None:
        return ""
    url = _rendition(image, size).url
    return url if url.startswith("http") else f"{settings.BASE_URL}{url}"


@register.filter
def dialled(number: str) -> str:
    """A telephone number as a `tel:` link wants it."""
    return "".join(character for character in str(number) if character.isdigit() or character == "+")


@register.filter
def first_clause(text: str) -> str:
    """Up to and with the first comma: the first line of a large sentence."""
    head, comma, _rest = str(text).partition("，")
    return head + comma


@register.filter
def after_first_clause(text: str) -> str:
    return str(text).partition("，")[2]


@register.filter
def split_numbers(numbers: str) -> list[str]:
    """`"12356,120"` as a list, for the row of buttons that dial."""
    return numbers.split(",")
